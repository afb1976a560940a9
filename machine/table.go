package machine

// Sizes that several families share.
const (
	tiny      = "nano micro small medium large xlarge 2xlarge"
	fifth     = "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge metal"
	sixth     = "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge metal"
	seventh   = "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge"
	arm       = "medium large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge metal"
	armEighth = "medium large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge metal-24xl metal-48xl"
	flex      = "large xlarge 2xlarge 4xlarge 8xlarge"

	to16 = "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge"
	to24 = to16 + " 24xlarge"
	to32 = to24 + " 32xlarge"
	to48 = to24 + " 48xlarge"
)

// EC2 are the machine types, after the EC2 documentation of instance types
// (November 2026). Families for machine learning, graphics and high memory are
// left out.
var EC2 = Service{Noun: "machine type", Example: "t4g.small", families: []family{
	{name: "t4g", sizes: tiny}, {name: "m8g", sizes: armEighth}, {name: "c8g", sizes: armEighth}, {name: "r8g", sizes: armEighth},
	{name: "m7g", sizes: arm}, {name: "m7gd", sizes: arm}, {name: "c7g", sizes: arm}, {name: "c7gd", sizes: arm}, {name: "c7gn", sizes: arm},
	{name: "r7g", sizes: arm}, {name: "r7gd", sizes: arm}, {name: "m6g", sizes: arm}, {name: "m6gd", sizes: arm},
	{name: "c6g", sizes: arm}, {name: "c6gd", sizes: arm}, {name: "c6gn", sizes: "medium large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge"},
	{name: "r6g", sizes: arm}, {name: "r6gd", sizes: arm}, {name: "x2gd", sizes: arm},
	{name: "i4g", sizes: "large xlarge 2xlarge 4xlarge 8xlarge 16xlarge"}, {name: "im4gn", sizes: "large xlarge 2xlarge 4xlarge 8xlarge 16xlarge"},
	{name: "t2", sizes: tiny}, {name: "t3", sizes: tiny}, {name: "t3a", sizes: tiny},
	{name: "m5", sizes: fifth}, {name: "m5a", sizes: to24}, {name: "m5d", sizes: fifth}, {name: "m5n", sizes: fifth},
	{name: "m6i", sizes: sixth}, {name: "m6id", sizes: sixth}, {name: "m6a", sizes: sixth + " 48xlarge"},
	{name: "m7i", sizes: seventh}, {name: "m7a", sizes: "medium " + seventh}, {name: "m7i-flex", sizes: flex},
	{name: "c5", sizes: "large xlarge 2xlarge 4xlarge 9xlarge 12xlarge 18xlarge 24xlarge metal"}, {name: "c5a", sizes: to24},
	{name: "c5n", sizes: "large xlarge 2xlarge 4xlarge 9xlarge 18xlarge metal"},
	{name: "c5d", sizes: "large xlarge 2xlarge 4xlarge 9xlarge 12xlarge 18xlarge 24xlarge metal"},
	{name: "c6i", sizes: sixth}, {name: "c6a", sizes: sixth + " 48xlarge"}, {name: "c7i", sizes: seventh}, {name: "c7a", sizes: "medium " + seventh},
	{name: "c7i-flex", sizes: flex}, {name: "r5", sizes: fifth}, {name: "r5a", sizes: to24}, {name: "r6i", sizes: sixth},
	{name: "r6a", sizes: sixth + " 48xlarge"}, {name: "r7i", sizes: seventh}, {name: "r7a", sizes: "medium " + seventh},
	{name: "i3", sizes: "large xlarge 2xlarge 4xlarge 8xlarge 16xlarge metal"}, {name: "i4i", sizes: sixth},
}}

// fewer are the machine types with fewer vCPUs than their size says elsewhere.
var fewer = map[string]int{"t2.nano": 1, "t2.micro": 1, "t2.small": 1}

// metalVCPUs are the vCPUs of whole machines, by family, where the size does not
// say. Source: the EC2 documentation of instance types.
var metalVCPUs = map[string]int{
	"m8g": 192, "c8g": 192, "r8g": 192, "m7g": 64, "m7gd": 64, "c7g": 64, "c7gd": 64, "c7gn": 64, "r7g": 64, "r7gd": 64,
	"m6g": 64, "m6gd": 64, "c6g": 64, "c6gd": 64, "r6g": 64, "r6gd": 64, "x2gd": 64,
	"m5": 96, "m5d": 96, "m5n": 96, "c5": 96, "c5d": 96, "c5n": 72, "r5": 96, "i3": 72,
	"m6i": 128, "m6id": 128, "c6i": 128, "r6i": 128, "i4i": 128, "m6a": 192, "c6a": 192, "r6a": 192,
}

// otherEngines is why a class that RDS has is none of rung's.
const otherEngines = "RDS does not run PostgreSQL on it beside a standby"

// RDS are the instance classes for PostgreSQL, after the RDS user guide, "DB
// instance class types" (November 2026).
var RDS = Service{Noun: "database instance class", Example: "db.m7g.large", prefix: "db.", families: []family{
	{name: "t4g", sizes: "micro small medium large xlarge 2xlarge"}, {name: "t3", sizes: "micro small medium large xlarge 2xlarge"},
	{name: "m8g", sizes: to48}, {name: "r8g", sizes: to48}, {name: "m7g", sizes: to16}, {name: "r7g", sizes: to16},
	{name: "m6g", sizes: to16}, {name: "m6gd", sizes: to16}, {name: "r6g", sizes: to16}, {name: "r6gd", sizes: to16}, {name: "x2g", sizes: to16},
	{name: "m7i", sizes: to48}, {name: "r7i", sizes: to48}, {name: "m6i", sizes: to32}, {name: "m6id", sizes: to32},
	{name: "r6i", sizes: to32}, {name: "r6id", sizes: to32}, {name: "m5", sizes: to24}, {name: "r5", sizes: to24}, {name: "r5b", sizes: to24},
	{name: "m5d", sizes: to24, unfit: otherEngines}, {name: "r5d", sizes: to24, unfit: otherEngines},
	{name: "t2", sizes: "micro small medium large xlarge 2xlarge", unfit: "it is too old for PostgreSQL's current versions"},
}}

// burstableGiB is the memory of the burstable database classes, and perCPUGiB
// that of the others for each vCPU, by the first letter of the family.
// Source: the RDS user guide's table of DB instance classes.
var (
	burstableGiB = map[string]float64{"micro": 1, "small": 2, "medium": 4, "large": 8, "xlarge": 16, "2xlarge": 32}
	perCPUGiB    = map[byte]float64{'c': 2, 'm': 4, 'r': 8, 'x': 16}
)

const (
	olderCache   = "it is of an earlier generation"
	tieredCache  = "it keeps a part of the data on disk, which rung's cache does not"
	cacheToFifth = "large xlarge 2xlarge 4xlarge 12xlarge 24xlarge"
)

// ElastiCache are the node types, after the ElastiCache user guide, "Supported
// node types" (November 2026).
var ElastiCache = Service{Noun: "cache node type", Example: "cache.t4g.small", prefix: "cache.", families: []family{
	{name: "t4g", sizes: "micro small medium"}, {name: "t3", sizes: "micro small medium"},
	{name: "m8g", sizes: to16}, {name: "r8g", sizes: to16}, {name: "m7g", sizes: to16}, {name: "r7g", sizes: to16},
	{name: "m6g", sizes: to16}, {name: "r6g", sizes: to16}, {name: "c7gn", sizes: to16},
	{name: "m5", sizes: cacheToFifth}, {name: "r5", sizes: cacheToFifth},
	{name: "r6gd", sizes: "xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge", unfit: tieredCache},
	{name: "t2", sizes: "micro small medium", unfit: olderCache},
	{name: "m4", sizes: "large xlarge 2xlarge 4xlarge 10xlarge", unfit: olderCache},
	{name: "r4", sizes: "large xlarge 2xlarge 4xlarge 8xlarge 16xlarge", unfit: olderCache},
}}

const (
	ownDisks   = "it has disks of its own, and the search engine's are EBS volumes"
	olderNodes = "it is of an earlier generation"
	to12       = "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge"
)

// OpenSearch are the node types, after the OpenSearch developer guide, "Supported
// instance types" (November 2026).
var OpenSearch = Service{Noun: "type of search node", Example: "m7g.large.search", suffix: ".search",
	families: []family{
		{name: "t3", sizes: "small medium"}, {name: "m8g", sizes: "medium " + to16}, {name: "r8g", sizes: "medium " + to16}, {name: "c8g", sizes: "medium " + to16},
		{name: "m7g", sizes: "medium " + to16}, {name: "r7g", sizes: "medium " + to16}, {name: "c7g", sizes: "medium " + to16},
		{name: "m6g", sizes: to12}, {name: "r6g", sizes: to12}, {name: "c6g", sizes: to12},
		{name: "m7i", sizes: to16}, {name: "r7i", sizes: to16}, {name: "c7i", sizes: to16},
		{name: "m5", sizes: "large xlarge 2xlarge 4xlarge 12xlarge"}, {name: "r5", sizes: "large xlarge 2xlarge 4xlarge 12xlarge"},
		{name: "c5", sizes: "large xlarge 2xlarge 4xlarge 9xlarge 18xlarge"},
		{name: "or1", sizes: "medium " + to16}, {name: "or2", sizes: "medium " + to16}, {name: "om2", sizes: to16},
		{name: "i3", sizes: "large xlarge 2xlarge 4xlarge 8xlarge 16xlarge", unfit: ownDisks}, {name: "i4g", sizes: to16, unfit: ownDisks},
		{name: "i4i", sizes: to32, unfit: ownDisks}, {name: "im4gn", sizes: "large xlarge 2xlarge 4xlarge 8xlarge 16xlarge", unfit: ownDisks},
		{name: "r6gd", sizes: to16, unfit: ownDisks}, {name: "r7gd", sizes: "medium " + to16, unfit: ownDisks}, {name: "r8gd", sizes: "medium " + to16, unfit: ownDisks},
		{name: "t2", sizes: "micro small medium", unfit: "it cannot encrypt its disk"},
		{name: "m4", sizes: "large xlarge 2xlarge 4xlarge 10xlarge", unfit: olderNodes}, {name: "r4", sizes: "large xlarge 2xlarge 4xlarge 8xlarge 16xlarge", unfit: olderNodes},
		{name: "c4", sizes: "large xlarge 2xlarge 4xlarge 8xlarge", unfit: olderNodes},
	}}

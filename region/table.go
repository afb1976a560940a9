package region

// The areas by which CloudFront bills, as its price list words them.
const (
	america      = "US, Mexico, Canada"
	europe       = "Europe, Israel"
	japan        = "Japan"
	india        = "India"
	australia    = "Australia, New Zealand"
	asia         = "Hong Kong, Philippines, Singapore, South Korea, Taiwan, Thailand"
	southAmerica = "South America"
	africa       = "South Africa, Kenya, Middle East"
)

// table follows AWS's documentation of regions and zones, November 2026. The
// columns are those of Region, in its order.
var table = []Region{
	{"us-east-1", "use1", "abcdef", "abcd", america, "us-east-1", "127311923021", "ENAM"},
	{"us-east-2", "use2", "abc", "abc", america, "us-east-2", "033677994240", "ENAM"},
	{"us-west-1", "usw1", "ac", "", america, "us-west-2", "027434742980", "WNAM"},
	{"us-west-2", "usw2", "abcd", "abcd", america, "us-west-2", "797873946194", "WNAM"},
	{"eu-west-1", "euw1", "abc", "abc", europe, "eu-west-1", "156460612806", "WEU"},
	{"eu-west-2", "euw2", "abc", "abc", europe, "eu-west-2", "652711504416", "WEU"},
	{"eu-west-3", "euw3", "abc", "abc", europe, "eu-west-2", "009996457667", "WEU"},
	{"eu-central-1", "euc1", "abc", "abc", europe, "eu-central-1", "054676820928", "WEU"},
	{"eu-central-2", "euc2", "abc", "", europe, "", "", "WEU"},
	{"eu-north-1", "eun1", "abc", "abc", europe, "eu-west-2", "897822967062", "WEU"},
	{"eu-south-1", "eus1", "abc", "", europe, "eu-central-1", "635631232127", "WEU"},
	{"eu-south-2", "eus2", "abc", "", europe, "", "", "WEU"},
	{"ap-northeast-1", "apne1", "acd", "acd", japan, "ap-northeast-1", "582318560864", "NEAS"},
	{"ap-northeast-2", "apne2", "abcd", "abcd", asia, "ap-northeast-2", "600734575887", "NEAS"},
	{"ap-northeast-3", "apne3", "abc", "", japan, "", "383597477331", "NEAS"},
	{"ap-southeast-1", "apse1", "abc", "abc", asia, "ap-southeast-1", "114774131450", "SEAS"},
	{"ap-southeast-2", "apse2", "abc", "abc", australia, "ap-southeast-2", "783225319266", "OC"},
	{"ap-southeast-3", "apse3", "abc", "", asia, "", "589379963580", "SEAS"},
	{"ap-southeast-4", "apse4", "abc", "", australia, "", "", "OC"},
	{"ap-southeast-5", "apse5", "abc", "", asia, "", "", "SEAS"},
	{"ap-southeast-7", "apse7", "abc", "", asia, "", "", "SEAS"},
	{"ap-south-1", "aps1", "abc", "abc", india, "ap-south-1", "718504428378", "SAS"},
	{"ap-south-2", "aps2", "abc", "", india, "", "", "SAS"},
	{"ap-east-1", "ape1", "abc", "", asia, "ap-southeast-1", "754344448648", "NEAS"},
	{"ca-central-1", "cac1", "abd", "abd", america, "us-east-1", "985666609251", "ENAM"},
	{"ca-west-1", "caw1", "abc", "", america, "", "", "WNAM"},
	{"mx-central-1", "mxc1", "abc", "", america, "", "", "WNAM"},
	{"sa-east-1", "sae1", "abc", "abc", southAmerica, "sa-east-1", "507241528517", "SSAM"},
	{"me-south-1", "mes1", "abc", "", africa, "ap-south-1", "076674570225", "ME"},
	{"me-central-1", "mec1", "abc", "", africa, "", "", "ME"},
	{"il-central-1", "ilc1", "abc", "", europe, "", "", "ME"},
	{"af-south-1", "afs1", "abc", "", africa, "eu-west-1", "098369216593", "SAF"},
}

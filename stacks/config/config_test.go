package config

import (
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/rung-dev/rung/stacks/ladder"
)

func TestDefaultsAreCompleteOnEveryBuiltStage(t *testing.T) {
	for n := ladder.First; n <= Built; n++ {
		c, err := Parse(map[string]string{"stage": strconv.Itoa(int(n))})
		require.NoError(t, err)
		assert.Equal(t, n, c.Stage)
		assert.Equal(t, "us-east-1", c.Home())
		stage, err := ladder.Get(n)
		require.NoError(t, err)
		assert.Equal(t, int64(stage.Band.High), c.Budget.IntPart(), "the budget is the seed band's upper end")
		assert.Len(t, c.ZoneNames("us-east-1"), c.Zones)
	}
}

func TestDefaultsFollowTheStage(t *testing.T) {
	one, err := Parse(map[string]string{"stage": "1"})
	require.NoError(t, err)
	assert.Equal(t, NoCDN, one.CDN)
	assert.Equal(t, NoNAT, one.NAT)
	assert.True(t, one.HasServer())
	three, err := Parse(map[string]string{"stage": "3"})
	require.NoError(t, err)
	assert.Equal(t, CloudFront, three.CDN)
	assert.Equal(t, NATPerZone, three.NAT)
	assert.False(t, three.HasServer(), "a stack that starts on stage 3 has no server")
}

func TestParseReadsNestedKeys(t *testing.T) {
	want := func(c Config) {
		assert.Equal(t, 3, c.Database.Replicas)
		assert.Equal(t, []string{"c7g.medium", "m7g.medium", "c6g.medium", "m6g.medium"}, c.Web.InstanceTypes)
		assert.Equal(t, map[string]int{"c7g.medium": 2}, c.ReservedInstances)
	}
	dotted, err := Parse(map[string]string{"stage": "3", "database.replicas": "3", "reservedInstances": "c7g.medium=2",
		"web.instanceTypes": "c7g.medium, m7g.medium,c6g.medium,m6g.medium"})
	require.NoError(t, err)
	want(dotted)
	objects, err := Parse(map[string]string{"stage": "3", "database": `{"replicas":3}`,
		"reservedInstances": `{"c7g.medium":2}`,
		"web":               `{"instanceTypes":["c7g.medium","m7g.medium","c6g.medium","m6g.medium"]}`})
	require.NoError(t, err)
	want(objects)
}

func TestProblems(t *testing.T) {
	tests := map[string]struct {
		give map[string]string
		want []string // parts of the message, one problem each
	}{
		"no stage":                 {nil, []string{"rung:stage: required"}},
		"stage 0":                  {set("stage", "0"), []string{`rung:stage: got "0", want a whole number from 1 to 6`}},
		"stage 7":                  {set("stage", "7"), []string{`got "7", want a whole number from 1 to 6`}},
		"stage in words":           {set("stage", "three"), []string{`got "three", want a whole number from 1 to 6`}},
		"a near miss":              {set("stage", "3", "database.replica", "1"), []string{"did you mean rung:database.replicas?"}},
		"a nested near miss":       {set("stage", "3", "database", `{"replica":1}`), []string{"did you mean rung:database.replicas?"}},
		"weights below stage 4":    {set("stage", "3", "services.weights", "users=10"), []string{"stage 3 has no services"}},
		"weights while moving":     {set("stage", "4", "services.weights", "users=10", "handover", "pending"), []string{"one move at a time"}},
		"a weight over 100":        {set("stage", "4", "services.weights", "users=101"), []string{"users=101: want percents by service"}},
		"a service that is none":   {set("stage", "4", "services.weights", `{"mail":1}`), []string{"mail: want percents by service, users=10 say, of users, posts, search"}},
		"weights that are none":    {set("stage", "4", "services.weights", "users=some"), []string{"want percents by service"}},
		"services of one machine":  {set("stage", "4", "services.min", "1"), []string{"at least 2 machines of each service"}},
		"search that cannot agree": {set("stage", "4", "search.instances", "2", "search.masters", "0"), []string{"two data nodes cannot agree"}},
		"uneven search":            {set("stage", "4", "search.instances", "3", "search.masters", "4"), []string{"want an even number", "want 3, 5, or 0"}},
		"search on t2":             {set("stage", "4", "search.instanceType", "t2.small.search"), []string{"cannot encrypt"}},
		"a forgotten parent":       {set("stage", "3", "spotShare", "10"), []string{"did you mean rung:web.spotShare?"}},
		"nothing near":             {set("stage", "3", "wallpaper", "blue"), []string{"`rung config` lists every key"}},
		"too many zones":           {set("stage", "3", "zones", "4", "regions", "eu-west-1"), []string{`rung:zones: got "4", eu-west-1 has 3 availability zones`, `rung:web.min: got "2", 4 zones need`}},
		"spot share over 100":      {set("stage", "3", "web.spotShare", "120"), []string{`rung:web.spotShare: got "120", want a whole number from 0 to 100`}},
		"readers, no backups": {set("stage", "3", "database.replicas", "2", "database.backupDays", "0"),
			[]string{`rung:database.replicas: got "2", AWS makes replicas only of a database with backups`, `rung:database.backupDays: got "0"`}},
		"not a domain":         {set("stage", "2", "domain", "https://example.com/"), []string{`rung:domain: got "https://example.com/", want a domain`}},
		"an address as domain": {set("stage", "2", "domain", "10.0.0.1"), []string{"want a domain"}},
		"Cloudflare and a zone of Route 53's": {set("stage", "2", "cdn", "cloudflare", "domain", "example.com",
			"cloudflareZone", strings.Repeat("0a", 16), "hostedZone", "Z0123456789ABCDEFGHIJ"),
			[]string{"rung:hostedZone: got \"Z0123456789ABCDEFGHIJ\", only of use where Route 53 has the domain"}},
		"Cloudflare without zone":      {set("stage", "2", "cdn", "cloudflare", "domain", "example.com"), []string{"rung:cloudflareZone: required with rung:cdn cloudflare"}},
		"a region unknown":             {set("stage", "1", "regions", "mars-north-1"), []string{`"mars-north-1" is unknown`}},
		"the same region twice":        {set("stage", "1", "regions", "us-east-1,us-east-1"), []string{`"us-east-1" stands twice`}},
		"unknown and twice":            {set("stage", "5", "regions", "us-east-1,mars-north-1,us-east-1"), []string{`"us-east-1" stands twice; "mars-north-1" is unknown`}},
		"too many zones of a region":   {set("stage", "5", "zones", "4"), []string{"eu-west-1 has 3 availability zones: want 1 to 3"}},
		"too many replicas":            {set("stage", "5", "database.replicas", "15"), []string{"AWS allows 0 to 14"}},
		"too many of a cache":          {set("stage", "5", "cache.replicas", "6"), []string{`rung:cache.replicas: got "6", want a whole number from 0 to 5`}},
		"money in words":               {set("stage", "1", "budget", "plenty"), []string{`rung:budget: got "plenty", want an amount of USD`}},
		"an Intel machine":             {set("stage", "1", "server.instanceType", "t3.small"), []string{"want a Graviton"}},
		"a few spot types":             {set("stage", "3", "web.instanceTypes", "c7g.medium"), []string{"spot needs at least 4 types"}},
		"spot of a fixed size":         {set("stage", "3", "web.min", "2", "web.max", "2", "web.instanceTypes", "c7g.medium"), []string{"spot needs at least 4 types"}},
		"shards without cluster mode":  {set("stage", "3", "cache.shards", "2", "cache.clusterMode", "compatible"), []string{"several shards need rung:cache.clusterMode enabled"}},
		"a version to be":              {set("stage", "3", "database.version", "15"), []string{"want one of 16, 17"}},
		"max below min":                {set("stage", "3", "web.min", "8"), []string{`rung:web.max: got "6", want at least rung:web.min, which is 8`}},
		"a schedule of four fields":    {set("stage", "3", "web.schedules", `[{"name":"morning","recurrence":"0 8 * *","min":4}]`), []string{"want a cron expression of five fields"}},
		"a schedule above the maximum": {set("stage", "3", "web.schedules", `[{"name":"morning","recurrence":"0 8 * * 1-5","min":40}]`), []string{"at most rung:web.max, which is 6"}},
		"maintenance without a door":   {set("stage", "2", "maintenance", "true"), []string{`rung:maintenance: got "true", stage 2 has no load balancer`}},
		"flow logs without a bucket":   {set("stage", "1", "flowLogs", "true"), []string{`rung:flowLogs: got "true", stage 1 has no bucket of logs`}},
		"an empty value":               {set("stage", "1", "alertEmail", ""), []string{"rung:alertEmail: empty"}},
		"a second region too early":    {set("stage", "3", "regions", "us-east-1,eu-west-1"), []string{"stage 3 has one region"}},
		"shards too early":             {set("stage", "3", "database.shards", "2"), []string{"stage 3 keeps everything in one database"}},
		"a range of the plan":          {set("stage", "1", "network.ranges", "us-east-1=10.4.0.0/16"), []string{`us-east-1 has "10.4.0.0/16"`}},
		"a range of nowhere":           {set("stage", "1", "network.ranges", "mars-north-1=10.64.0.0/16"), []string{`"mars-north-1" is unknown`}},
		"a range that is too narrow":   {set("stage", "1", "network.ranges", "us-east-1=10.64.0.0/25"), []string{`us-east-1 has "10.64.0.0/25": want ranges by region, eu-west-1=10.64.0.0/16 say: private, of /16 to /24`}},
		"a range that is too wide":     {set("stage", "1", "network.ranges", "us-east-1=10.64.0.0/15"), []string{`us-east-1 has "10.64.0.0/15"`}},
		"a range within another":       {set("stage", "1", "network.ranges", "us-east-1=10.64.0.0/16,eu-west-1=10.64.16.0/20"), []string{"eu-west-1 and us-east-1 overlap"}},
		"a range with few slots":       {set("stage", "3", "zones", "3", "web.min", "3", "network.ranges", "us-east-1=10.64.0.0/24"), []string{"us-east-1=10.64.0.0/24 has room for 2 zones in each tier and rung:zones is 3"}},
		"a range with few addresses":   {set("stage", "5", "network.ranges", "us-east-1=10.64.0.0/24"), []string{"us-east-1=10.64.0.0/24 has addresses for 38 machines in 2 zones, and there may be 116: want fewer, or a wider range"}},
		"a range for few stores":       {set("stage", "5", "database.shards", "10", "network.ranges", "eu-west-1=10.64.0.0/23", "services.max", "4", "web.max", "4", "workers.max", "8"), []string{"38 databases, caches and search nodes in 2 zones"}},
		"ranges that overlap":          {set("stage", "1", "network.ranges", "us-east-1=10.64.0.0/16,eu-west-1=10.64.0.0/16"), []string{"eu-west-1 and us-east-1 overlap"}},
		"a write region elsewhere":     {set("stage", "3", "database.writeRegion", "eu-west-2"), []string{`rung:database.writeRegion: got "eu-west-2", want one of rung:regions, which are us-east-1`}},
		"more users' replicas than there may be": {set("stage", "5", "regions", "us-east-1,eu-west-1", "usersDatabase.replicas", "15"),
			[]string{`rung:usersDatabase.replicas: got "15", with 1 further regions, each of which is a copy too, AWS allows 0 to 14`}},
		"users' replicas beyond any source":    {set("stage", "4", "usersDatabase.replicas", "16"), []string{"want a whole number from 0 to 15"}},
		"backups copied on one region's stage": {set("stage", "4", "database.backupRegion", "eu-west-1"), []string{"stage 4 has one region"}},
		"backups copied elsewhere":             {set("stage", "5", "database.backupRegion", "eu-west-2"), []string{"want one of rung:regions, which are us-east-1, eu-west-1, or none"}},
		"home held": {set("stage", "5", "traffic.held", "us-east-1"),
			[]string{`rung:traffic.held: got "us-east-1", want some of rung:regions but home, which are eu-west-1`}},
		"the standby held": {set("stage", "5", "traffic.held", "eu-west-1", "traffic.routing", "failover"),
			[]string{"the other region stands by"}},
		"backups copied to where they are": {set("stage", "5", "database.backupRegion", "eu-west-1", "database.writeRegion", "eu-west-1"), []string{"the databases that take writes are there"}},
		"days of no copies":                {set("stage", "5", "database.backupRegion", "none", "database.backupCopyDays", "14"), []string{"no backups are copied"}},
		"more copies than a region takes":  {set("stage", "5", "database.shards", "20"), []string{"AWS keeps copied backups of 20 databases in a region, and the shards and those of services are 21"}},
		"all at once": {set("stage", "9", "nat", "lots", "cdn", "akamai", "colour", "red"),
			[]string{"rung:stage", "rung:nat", "rung:cdn", "rung:colour"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := Parse(tt.give)
			var ps Problems
			require.ErrorAs(t, err, &ps)
			assert.Len(t, ps, len(tt.want), err.Error())
			for _, part := range tt.want {
				assert.Contains(t, err.Error(), part)
			}
		})
	}
}

// What is dear to compute with, to compare or to print is refused first.
func TestBombsAreRefused(t *testing.T) {
	long := strings.Repeat("a,", 1<<20)
	for name, tt := range map[string]struct{ key, value, want string }{
		"an exponent":           {"budget", "1e1000000000", "rung:budget: got \"1e1000000000\""},
		"a negative exponent":   {"budget", "1e-1000000000", "rung:budget"},
		"an endless exponent":   {"budget", "1e" + strings.Repeat("9", 1000), "rung:budget"},
		"a million digits":      {"budget", strings.Repeat("9", 1<<20), "rung:budget"},
		"infinity":              {"web.spotShare", "+Inf", "rung:web.spotShare"},
		"a number of all sizes": {"users", strings.Repeat("9", 400), "rung:users"},
		"a share of all sizes":  {"workers.secondsPerJob", "1e400", "rung:workers.secondsPerJob"},
		"a long list":           {"confirmDataLoss", long, "characters: want at most"},
		"an unknown long key":   {strings.Repeat("x", 60_000), "1", "unknown key"},
		"a deep object":         {"policy", strings.Repeat(`{"a":`, 12_000) + "1" + strings.Repeat("}", 12_000), "characters: want at most"},
		"a deep list":           {"database", `{"a":` + strings.Repeat("[", 30_000) + strings.Repeat("]", 30_000) + "}", "rung:database"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse(map[string]string{"stage": "3", tt.key: tt.value})
			require.ErrorContains(t, err, tt.want)
			assert.Less(t, len(err.Error()), 2000, "the message is for people")
		})
	}
}

func TestKeysAreDocumented(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range Keys() {
		assert.False(t, seen[k.Name], "%s stands twice", k.Name)
		seen[k.Name] = true
		assert.NotEmpty(t, k.Meaning, k.Name)
		assert.NotEmpty(t, k.Allowed, k.Name)
		assert.NotEmpty(t, k.DefaultText(), k.Name)
	}
}

// Whatever is put in, Parse answers with a configuration or with problems
// that name the key; it never panics.
func TestParseNeverPanics(t *testing.T) {
	keys := Keys()
	rapid.Check(t, func(t *rapid.T) {
		raw := map[string]string{"stage": rapid.SampledFrom([]string{"1", "2", "3", "x", ""}).Draw(t, "stage")}
		for range rapid.IntRange(0, 5).Draw(t, "n") {
			k := rapid.SampledFrom(keys).Draw(t, "key").Name
			raw[k] = rapid.OneOf(rapid.String(), rapid.StringMatching(`[\[{]?[a-z0-9.=,"]*[\]}]?`)).Draw(t, "value")
		}
		_, err := Parse(raw)
		if err != nil && !strings.Contains(err.Error(), Namespace+":") {
			t.Fatalf("a problem without a key: %v", err)
		}
	})
}

func set(pairs ...string) map[string]string {
	m := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i]] = pairs[i+1]
	}
	return m
}

package preflight_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/preflight"
	"github.com/rung-dev/rung/resource"
	"github.com/rung-dev/rung/resource/token"
)

// today is a day on which AWS supports what the plans of these tests run.
var today = time.Date(2026, 11, 29, 0, 0, 0, 0, time.UTC)

var ips = preflight.Place{Key: "ec2.elastic-ips", Region: "eu-west-1"}

func TestQuotasAgainstNeeds(t *testing.T) {
	eips := func(n int) []resource.Resource {
		var list []resource.Resource
		for i := range n {
			list = append(list, thing(token.EC2Eip, fmt.Sprint("ip", i), props{}))
		}
		return list
	}
	mine := thing(token.EC2Eip, "ip0", props{"id": "eipalloc-mine"})
	for name, tt := range map[string]struct {
		stack preflight.Stack
		held  []preflight.Held
		want  preflight.Level
		do    string
	}{
		"room":              {preflight.Stack{Planned: eips(5)}, nil, preflight.Well, ""},
		"one too many":      {preflight.Stack{Planned: eips(6)}, nil, preflight.Stops, "raised to 6"},
		"others hold it":    {preflight.Stack{Planned: eips(5)}, []preflight.Held{{ID: "x", Amount: 2}}, preflight.Stops, "raised to 7"},
		"its own by its id": {preflight.Stack{Planned: eips(5), Standing: []resource.Resource{mine}}, []preflight.Held{{ID: "eipalloc-mine", Amount: 1}}, preflight.Well, ""},
		"its own by its tag": {
			preflight.Stack{Name: "dev", Planned: eips(5)}, []preflight.Held{{ID: "x", Stack: "dev", Amount: 1}}, preflight.Well,
			"",
		},
		"another stack's": {
			preflight.Stack{Name: "dev", Planned: eips(5)}, []preflight.Held{{ID: "x", Stack: "prod", Amount: 1}},
			preflight.Stops, "raised to 6",
		},
	} {
		t.Run(name, func(t *testing.T) {
			a := preflight.Account{Limits: map[preflight.Place]int{ips: 5},
				Held: map[preflight.Place][]preflight.Held{ips: tt.held}}
			found := preflight.Check(preflight.NeedOf(tt.stack), a, today)
			require.Len(t, found, 1)
			assert.Equal(t, tt.want, found[0].Level, found[0].Text)
			assert.Contains(t, found[0].Do, tt.do)
			assert.Equal(t, "https://eu-west-1.console.aws.amazon.com/servicequotas/home/services/ec2/quotas/L-0263D0A3",
				found[0].Link)
			assert.Equal(t, tt.want == preflight.Stops, preflight.Stopping(found))
		})
	}
}

func TestGrowthOnlyWarns(t *testing.T) {
	place := preflight.Place{Key: preflight.OnDemand, Region: "eu-west-1"}
	need := preflight.NeedOf(preflight.Stack{Planned: []resource.Resource{fleet("web", 2, 10, 10, 100, "c7g.large")}})
	at := func(limit int) preflight.Finding {
		found := preflight.Check(need, preflight.Account{Limits: map[preflight.Place]int{place: limit}}, today)
		require.Len(t, found, 1)
		return found[0]
	}
	assert.Equal(t, preflight.Stops, at(3).Level)
	assert.Equal(t, preflight.Warns, at(4).Level)
	assert.Contains(t, at(4).Do, "raised to 20")
	assert.Contains(t, at(4).Text, "what others hold is not known")
	assert.Equal(t, preflight.Well, at(20).Level)
}

func TestEveryKindOfFinding(t *testing.T) {
	plan := linked(
		thing(token.EC2Subnet, "s0", props{"availabilityZone": "eu-west-1a"}),
		thing(token.EC2Subnet, "s1", props{"availabilityZone": "eu-west-1b"}),
		thing(token.RDSInstance, "db",
			props{"engine": "postgres", "engineVersion": "16.8", "instanceClass": "db.m7g.large", "identifier": "dev-db"}),
		fleet("web", 1, 2, 0, 0, "c7g.large", "c6g.large"),
	)
	need := preflight.NeedOf(preflight.Stack{Name: "dev", Account: "111111111111", Planned: plan, Domain: "example.com",
		Servers: []string{"ns-1.awsdns.org"}})
	good := func() preflight.Account {
		return preflight.Account{
			ID:    "111111111111",
			Zones: map[string][]preflight.Zone{"eu-west-1": {{"eu-west-1a", "euw1-az2"}, {"eu-west-1b", "euw1-az1"}}},
			Offered: map[preflight.Type][]string{
				{"ec2", "eu-west-1", "", "c7g.large"}: {"eu-west-1a"}, {"ec2", "eu-west-1", "", "c6g.large"}: {"eu-west-1b"},
				{"rds", "eu-west-1", "postgres", "db.m7g.large"}: {"eu-west-1a", "eu-west-1b"},
			},
			Versions: map[preflight.Engine][]string{{"rds", "eu-west-1", "postgres"}: {"16.8", "17.4"}},
			Answers:  []string{"NS-1.awsdns.org."},
		}
	}
	for _, f := range preflight.Check(need, good(), today) {
		assert.Equal(t, preflight.Well, f.Level, f.Text)
	}
	assert.Len(t, preflight.Check(need, good(), today), 7,
		"account, zones, two offers, a version and its end, the delegation")
	for name, tt := range map[string]struct {
		spoil func(*preflight.Account)
		level preflight.Level
		key   string
		text  string
	}{
		"another account": {func(a *preflight.Account) { a.ID = "222222222222" }, preflight.Stops, "account", "the credentials are those of 222222222222"},
		"a zone that is not the account's": {func(a *preflight.Account) { a.Zones["eu-west-1"] = a.Zones["eu-west-1"][:1] }, preflight.Stops, "zones",
			"cannot use eu-west-1b, only eu-west-1a"},
		"no type of several": {func(a *preflight.Account) { a.Offered[preflight.Type{"ec2", "eu-west-1", "", "c6g.large"}] = nil }, preflight.Stops, "ec2.offers",
			"there is none in eu-west-1b"},
		"a class in no zone": {func(a *preflight.Account) {
			a.Offered[preflight.Type{"rds", "eu-west-1", "postgres", "db.m7g.large"}] = nil
		}, preflight.Stops, "rds.offers",
			"there is none in eu-west-1a, eu-west-1b"},
		"a version that ended": {func(a *preflight.Account) {
			a.Versions[preflight.Engine{"rds", "eu-west-1", "postgres"}] = []string{"16.10", "17.4"}
		}, preflight.Stops,
			"rds.versions", "AWS has 16.10, 17.4"},
		"a name that is taken": {func(a *preflight.Account) {
			a.Held = map[preflight.Place][]preflight.Held{{Key: preflight.Databases,
				Region: "eu-west-1"}: {{ID: "dev-db", Amount: 1}}}
		}, preflight.Stops, "names", "dev-db is taken"},
		"a domain that leads elsewhere": {func(a *preflight.Account) { a.Answers = []string{"ns.parking.example"} }, preflight.Warns, "delegation", "does not lead"},
		"a question refused": {func(a *preflight.Account) {
			a.Unasked = []preflight.Unasked{{What: "zones", Permission: "ec2:DescribeAvailabilityZones"}}
		}, preflight.Notes,
			"unknown", "could not be asked"},
	} {
		t.Run(name, func(t *testing.T) {
			a := good()
			tt.spoil(&a)
			found := preflight.Check(need, a, today)
			assert.Equal(t, tt.level, found[0].Level, "the worst comes first")
			assert.Equal(t, tt.key, found[0].Key)
			assert.Contains(t, found[0].Text, tt.text)
			assert.NotEmpty(t, found[0].Do)
		})
	}
}

// What nobody knows is told by whoever could not find it out, and stops nothing.
func TestAnAccountOfWhichNothingIsKnownStopsNothing(t *testing.T) {
	need := preflight.NeedOf(preflight.Stack{Planned: []resource.Resource{fleet("web", 1, 2, 0, 0, "c7g.large")},
		Domain: "example.com"})
	assert.Empty(t, preflight.Check(need, preflight.Account{}, today))
}

package domain

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/lab/cloud"
	"github.com/rung-dev/rung/lab/names"
	"github.com/rung-dev/rung/lab/site"
	"github.com/rung-dev/rung/lab/unit"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

func here(privileged bool) site.Site {
	return site.Site{Dir: "/lab", Privileged: privileged,
		Address: func(machine string, _ ...int) (string, error) { return "127.9.9.9", nil }}
}

var hosts = []unit.Host{{Name: "alb.elb.amazonaws.com", Address: "127.1.0.1"},
	{Name: "plain.elb.amazonaws.com", Address: "127.1.0.2"}, {Name: "d1.cloudfront.net", Address: "127.1.0.3"},
	{Name: "3.4.5.6", Address: "127.1.0.4:8080"}}

// The address of a domain is one, whatever it leads to.
func TestWaysLeadToWhatTheNameSays(t *testing.T) {
	entry := func(typ, id string, p sim.Props) *sim.Entry {
		return &sim.Entry{Type: typ, ID: id, Name: id, Region: "us-east-1", Properties: p}
	}
	c := cloud.Of([]*sim.Entry{
		entry(token.LBLoadBalancer, "a", sim.Props{"arn": "a", "dnsName": "Alb.elb.amazonaws.com"}),
		entry(token.LBListener, "a80", sim.Props{"loadBalancerArn": "a", "protocol": "HTTP", "port": 80.0}),
		entry(token.LBListener, "a443", sim.Props{"loadBalancerArn": "a", "protocol": "HTTPS", "port": 443.0}),
		entry(token.LBLoadBalancer, "p", sim.Props{"arn": "p", "dnsName": "plain.elb.amazonaws.com"}),
		entry(token.LBListener, "p80", sim.Props{"loadBalancerArn": "p", "protocol": "HTTP", "port": 80.0}),
	})
	for target, want := range map[string]Way{
		"alb.elb.amazonaws.com":   {To: "127.1.0.1:443", TLS: true}, // port 80 sends to the name
		"plain.elb.amazonaws.com": {To: "127.1.0.2:80"},
		"d1.cloudfront.net":       {To: "127.1.0.3:80"},
		"3.4.5.6":                 {To: "127.1.0.4:8080"}, // a single server
	} {
		ways, err := Ways(c, here(true), hosts, []names.Site{{Name: "example.com", Target: target}})
		require.NoError(t, err)
		want.Name, want.Listen = "example.com", "127.9.9.9:80"
		assert.Equal(t, []Way{want}, ways, target)
	}
	ways, err := Ways(c, here(false), hosts, []names.Site{{Name: "example.com", Target: "alb.elb.amazonaws.com"}})
	require.NoError(t, err)
	assert.Equal(t, "127.1.0.1:8443", ways[0].To)
	assert.Equal(t, "http://127.9.9.9:8080", URL(ways[0].Listen))
	ways, err = Ways(c, here(true), hosts, []names.Site{{Name: "example.com"}, {Name: "example.org", Target: "elsewhere"}})
	require.NoError(t, err)
	assert.Empty(t, ways, "a name that leads nowhere has no address")
}

func TestARelayKeepsRunningWhereItsNameLeadsElsewhere(t *testing.T) {
	before, err := Relays([]Way{{Name: "example.com", Listen: "127.9.9.9:80", To: "127.1.0.1:443", TLS: true}}, here(true),
		"/bin/rung")
	require.NoError(t, err)
	after, err := Relays([]Way{{Name: "example.com", Listen: "127.9.9.9:80", To: "127.1.0.3:80"}}, here(true), "/bin/rung")
	require.NoError(t, err)
	require.Len(t, after.Units, 1)
	assert.Equal(t, before.Units[0].Starting(), after.Units[0].Starting())
	assert.NotEqual(t, before.Units[0].Loaded(), after.Units[0].Loaded())
	assert.Equal(t, []string{"/bin/rung", "lab", Word, "/lab/data/domain-example.com/way.json"}, after.Units[0].Program)
	assert.Equal(t, "/lab/data/domain-example.com", after.Keep[0].Dir, "it goes with the domain")
}

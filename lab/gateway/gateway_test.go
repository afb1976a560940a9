package gateway

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/lab/cloud"
	"github.com/rung-dev/rung/lab/site"
	"github.com/rung-dev/rung/lab/unit"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

type m = map[string]any

// example is an API with a route of each kind, before a balancer and before a URL.
func example(more ...*sim.Entry) cloud.Cloud {
	entry := func(token, id string, p sim.Props) *sim.Entry {
		return &sim.Entry{Type: token, ID: id, Name: id, Region: "us-east-1", Properties: p}
	}
	all := []*sim.Entry{
		entry(token.APIGatewayV2Api, "api1", sim.Props{"protocolType": "HTTP",
			"apiEndpoint": "https://api1.execute-api.amazonaws.com"}),
		entry(token.APIGatewayV2Stage, "$default", sim.Props{"apiId": "api1", "name": "$default",
			"defaultRouteSettings": m{"throttlingRateLimit": 100.0, "throttlingBurstLimit": 50.0},
			"routeSettings":        []any{m{"routeKey": "GET /search", "throttlingRateLimit": 0.5, "throttlingBurstLimit": 1.0}}}),
		entry(token.APIGatewayV2Integration, "i1", sim.Props{"apiId": "api1", "integrationUri": "listener",
			"timeoutMilliseconds": 5000.0,
			"requestParameters":   m{"overwrite:header.X-Origin-Verify": "it's 100%", "remove:header.X-Secret": "''"}}),
		entry(token.APIGatewayV2Integration, "i2", sim.Props{"apiId": "api1",
			"integrationUri": "https://other.example.com/x"}),
		entry(token.LBListener, "l", sim.Props{"arn": "listener", "loadBalancerArn": "lb", "port": 80.0, "protocol": "HTTP"}),
		entry(token.LBLoadBalancer, "lb", sim.Props{"arn": "lb", "dnsName": "inner.elb.amazonaws.com"}),
		entry(token.APIGatewayV2DomainName, "api.example.com", sim.Props{"domainName": "api.example.com"}),
		entry(token.APIGatewayV2ApiMapping, "map", sim.Props{"apiId": "api1", "domainName": "api.example.com"}),
	}
	for key, target := range map[string]string{"$default": "i1", "ANY /users/{id}": "i1", "GET /users/{id}": "i1",
		"ANY /users/{proxy+}": "i1", "ANY /users/me": "i1", "GET /search": "i2"} {
		all = append(all, entry(token.APIGatewayV2Route, key, sim.Props{"apiId": "api1", "routeKey": key,
			"target": "integrations/" + target}))
	}
	return cloud.Of(append(all, more...))
}

func at() site.Site {
	return site.Site{Dir: "/lab", Privileged: true,
		Address: func(string, ...int) (string, error) { return "127.16.0.1", nil }}
}

func configOf(t *testing.T, c cloud.Cloud) string {
	t.Helper()
	names := unit.Translator([]unit.Host{{Name: "inner.elb.amazonaws.com", Address: "127.16.0.2"},
		{Name: "other.example.com", Address: "127.16.0.3"}})
	part, err := APIs(c, at(), names)
	require.NoError(t, err)
	require.Len(t, part.Units, 1)
	return part.Units[0].Files[0].Content
}

func TestTheRouteThatFitsBestIsTriedFirst(t *testing.T) {
	var keys []string
	for _, r := range routesOf(example(), cloud.Resource{ID: "api1"}) {
		keys = append(keys, r.key)
	}
	assert.Equal(t, []string{"ANY /users/me", "GET /search", "GET /users/{id}", "ANY /users/{id}", "ANY /users/{proxy+}",
		"$default"}, keys)
}

func TestWhatHAProxyIsTold(t *testing.T) {
	text := configOf(t, example())
	for _, want := range []string{
		"bind 127.16.0.1:80\n", "bind 127.16.0.1:443 ssl crt server.pem",
		"int(2) if !{ var(txn.route) -m found } { method GET } { path -m reg '^/search$' }\n",
		"int(4) if !{ var(txn.route) -m found } { path -m reg '^/users/[^/]+$' }\n",
		"int(5) if !{ var(txn.route) -m found } { path -m reg '^/users/.+$' }\n",
		"int(6) if !{ var(txn.route) -m found }\n",
		`set-header X-Origin-Verify 'it'\''s 100%%' if { var(txn.route) -m int 6 }`,
		"del-header X-Secret if { var(txn.route) -m int 6 }",
		"{ var(txn.route) -m int 6 } { sc0_gpc0_rate ge 150 }", "{ var(txn.route) -m int 6 } { sc1_gpc0_rate ge 1050 }",
		"{ var(txn.route) -m int 2 } { sc0_gpc0_rate ge 1 }", "{ var(txn.route) -m int 2 } { sc1_gpc0_rate ge 6 }",
		"backend to-i1\n  timeout server 5000ms\n  server balancer 127.16.0.2:80\n",
		"backend to-i2\n  server balancer 127.16.0.3:443 ssl verify none\n",
	} {
		assert.Contains(t, text, want)
	}
}

func TestAnAPIHasAllItsNames(t *testing.T) {
	hosts, err := Places(example(), at())
	require.NoError(t, err)
	assert.Contains(t, hosts, unit.Host{Name: "https://api.example.com", Address: "http://127.16.0.1"})
	assert.Contains(t, hosts, unit.Host{Name: "api1.execute-api.amazonaws.com", Address: "127.16.0.1"})
}

func TestWhatNothingStandsInForIsSaid(t *testing.T) {
	c := example(&sim.Entry{Type: token.APIGatewayV2Api, ID: "socket", Name: "chat",
		Properties: sim.Props{"protocolType": "WEBSOCKET"}})
	part, err := APIs(c, at(), strings.NewReplacer())
	require.NoError(t, err)
	assert.Contains(t, part.Notes, unit.Note{About: "chat", Text: "the lab has no API of the protocol WEBSOCKET",
		Missing: true})
	assert.Contains(t, part.Units[0].Files[0].Content, "server balancer 127.16.0.1:9", "nobody is there")
}

package balancer

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/rung-dev/rung/lab/cloud"
	"github.com/rung-dev/rung/lab/site"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// example is a balancer with a rule of each kind.
func example() cloud.Cloud {
	entry := func(token, id string, p sim.Props) *sim.Entry {
		return &sim.Entry{Type: token, ID: id, Name: id, Region: "us-east-1", Properties: p}
	}
	rule := func(priority int, conditions, actions []any) *sim.Entry {
		return entry(token.LBListenerRule, "rule"+string(rune('0'+priority)), sim.Props{"listenerArn": "l",
			"priority": float64(priority), "conditions": conditions, "actions": actions})
	}
	type m = map[string]any
	return cloud.Of([]*sim.Entry{
		entry(token.LBLoadBalancer, "lb", sim.Props{"arn": "lb", "name": "rung-1", "dnsName": "rung-1.elb.amazonaws.com",
			"idleTimeout": 60.0}),
		entry(token.LBListener, "l", sim.Props{"arn": "l", "loadBalancerArn": "lb", "port": 80.0, "protocol": "HTTP",
			"defaultActions": []any{m{"type": "fixed-response", "fixedResponse": m{"statusCode": "403", "contentType": "text/plain", "messageBody": "it's forbidden"}}}}),
		rule(2, []any{m{"pathPattern": m{"values": []any{"/api/*", "/x?"}}}},
			[]any{m{"type": "forward", "forward": m{"targetGroups": []any{
				m{"arn": "a/tg-a/1", "weight": 90.0}, m{"arn": "a/tg-b/1", "weight": 10.0}, m{"arn": "a/tg-c/1", "weight": 0.0}}}}}),
		rule(1, []any{m{"httpHeader": m{"httpHeaderName": "X-Origin-Verify", "values": []any{"s3cret"}}},
			m{"hostHeader": m{"values": []any{"*.example.com"}}}}, []any{m{"type": "redirect", "redirect": m{"protocol": "HTTPS", "statusCode": "HTTP_301"}}}),
		entry(token.LBTargetGroup, "a", sim.Props{"arn": "a/tg-a/1", "port": 8080.0, "protocol": "HTTP",
			"loadBalancingAlgorithmType": "least_outstanding_requests",
			"healthCheck":                m{"protocol": "HTTP", "path": "/health", "matcher": "200,300-399", "interval": 10.0, "healthyThreshold": 2.0, "unhealthyThreshold": 3.0}}),
		entry(token.LBTargetGroup, "b", sim.Props{"arn": "a/tg-b/1", "port": 8080.0, "protocol": "HTTP"}),
	})
}

func TestRulesAreTriedByPriority(t *testing.T) {
	at := site.Site{Dir: "/lab", Privileged: true, Address: func(string, ...int) (string, error) {
		return "127.16.0.1",
			nil
	}}
	part, err := Balancers(example(), at, map[string][]Target{"a/tg-a/1": {{ID: "i-1", Address: "127.16.0.2"},
		{ID: "i-2", Address: "127.16.0.3", Draining: true}}})
	assert.NoError(t, err)
	text := part.Units[0].Files[0].Content
	for _, want := range []string{
		"bind 127.16.0.1:80\n",
		`int(1) if !{ var(txn.rule) -m found } { req.fhdr(X-Origin-Verify) -m reg '^s3cret$' } { req.hdr(host),field(1,:) -m reg '(?i)^.*\.example\.com$' }`,
		`int(2) if !{ var(txn.rule) -m found } { path -m reg '^/api/.*$' '^/x.$' }`,
		"int(3) if !{ var(txn.rule) -m found }\n",
		"use_backend tg-tg-a if { var(txn.rule) -m int 2 } { var(txn.pick) -m int lt 900 }",
		"use_backend tg-tg-b if { var(txn.rule) -m int 2 } { var(txn.pick) -m int lt 1000 }",
		`return status 403 content-type 'text/plain' string "it's forbidden" if { var(txn.rule) -m int 3 }`,
		"http-request redirect location https://",
		"balance leastconn", "http-check expect rstatus '^(200|[3-3][0-9][0-9])$'",
		"server i-1 127.16.0.2:8080 check inter 10s fastinter 1s downinter 1s rise 2 fall 3 observe layer4 error-limit 1 " +
			"on-error mark-down\n",
		"server i-2 127.16.0.3:8080 check inter 10s fastinter 1s downinter 1s rise 2 fall 3 observe layer4 error-limit 1 " +
			"on-error mark-down weight 0\n",
	} {
		assert.Contains(t, text, want)
	}
	assert.NotContains(t, text, "tg-tg-c", "a weight of nothing forwards nothing")
}

func TestStatusesOfAMatcher(t *testing.T) {
	for give, want := range map[string]string{"200": "^(200)$", "200,202": "^(200|202)$",
		"200-299": "^([2-2][0-9][0-9])$"} {
		assert.Equal(t, want, statuses(give))
	}
}

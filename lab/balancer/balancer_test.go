package balancer

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

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
		"option allbackups\n  server open-i-1 127.16.0.2:8080 backup\n",
	} {
		assert.Contains(t, text, want)
	}
	assert.NotContains(t, text, "server open-i-2", "who drains gets nothing, whatever the checks say")
	assert.NotContains(t, text, "tg-tg-c", "a weight of nothing forwards nothing")
}

func TestStatusesOfAMatcher(t *testing.T) {
	for give, want := range map[string]string{"200": "^(200)$", "200,202": "^(200|202)$",
		"200-299": "^([2-2][0-9][0-9])$"} {
		assert.Equal(t, want, statuses(give))
	}
}

// Who fails every check is asked all the same where nobody passes them, and nobody is
// asked who fails while another passes.
func TestAGroupWithoutAHealthyMachineFailsOpen(t *testing.T) {
	program := haproxy(t)
	var well atomic.Int32 // the machine that passes; none at first
	var targets []Target
	for n := range 2 {
		machine := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/health" && int(well.Load()) != n+1 {
				w.WriteHeader(http.StatusServiceUnavailable)
			}
			fmt.Fprint(w, n+1) //nolint:errcheck // a test's answer
		}))
		t.Cleanup(machine.Close)
		at := machine.Listener.Addr().(*net.TCPAddr)
		targets = append(targets, Target{ID: fmt.Sprintf("i-%d", n+1), Address: at.IP.String(), Port: at.Port})
	}
	dir := t.TempDir()
	url := balance(t, program, dir, targets)
	ask := func() string {
		answer, err := http.Get(url) //nolint:gosec,noctx // the test's own
		if err != nil {
			return err.Error()
		}
		defer answer.Body.Close()
		text, _ := io.ReadAll(answer.Body)
		return answer.Status + " " + string(text)
	}
	down := func() int { s, _ := StatisticsOf(dir); return len(s.Down) }
	require.Eventually(t, func() bool { return down() == 2 }, time.Minute, 100*time.Millisecond)
	assert.Contains(t, ask(), "200 OK")
	well.Store(2)
	require.Eventually(t, func() bool { return down() == 1 }, time.Minute, 100*time.Millisecond)
	for range 4 {
		assert.Equal(t, "200 OK 2", ask())
	}
}

// haproxy is the program of this machine.
func haproxy(t *testing.T) string {
	t.Helper()
	for _, path := range []string{"/usr/sbin/haproxy", "/usr/local/sbin/haproxy"} {
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	t.Skip("there is no HAProxy here; scripts/install-test-tools.sh installs it")
	return ""
}

// balance starts HAProxy before a group of machines, and is its address.
func balance(t *testing.T, program, dir string, targets []Target) string {
	t.Helper()
	free, err := net.Listen("tcp", "127.77.4.1:0")
	require.NoError(t, err)
	port := free.Addr().(*net.TCPAddr).Port
	free.Close()
	entry := func(token string, p sim.Props) *sim.Entry {
		return &sim.Entry{Type: token, ID: p.Str("arn"), Name: "it", Region: "us-east-1", Properties: p}
	}
	all := cloud.Of([]*sim.Entry{
		entry(token.LBLoadBalancer, sim.Props{"arn": "lb", "name": "it", "dnsName": "it.elb.amazonaws.com"}),
		entry(token.LBListener, sim.Props{"arn": "l", "loadBalancerArn": "lb", "port": float64(port), "protocol": "HTTP",
			"defaultActions": []any{map[string]any{"type": "forward", "targetGroupArn": "a/tg/1"}}}),
		entry(token.LBTargetGroup, sim.Props{"arn": "a/tg/1", "name": "tg", "port": 80.0, "protocol": "HTTP",
			"healthCheck": map[string]any{"protocol": "HTTP", "path": "/health", "interval": 1.0, "unhealthyThreshold": 1.0}}),
	})
	at := site.Site{Dir: dir, Privileged: true, Address: func(string, ...int) (string, error) { return "127.77.4.1", nil }}
	part, err := Balancers(all, at, map[string][]Target{"a/tg/1": targets})
	require.NoError(t, err)
	config := filepath.Join(dir, "haproxy.cfg")
	require.NoError(t, os.WriteFile(config, []byte(part.Units[0].Files[0].Content), 0o600))
	run := exec.Command(program, "-W", "-db", "-f", config)
	run.Dir = dir
	require.NoError(t, run.Start())
	t.Cleanup(func() { run.Process.Kill(); run.Wait() }) //nolint:errcheck // it is over
	return fmt.Sprintf("http://127.77.4.1:%d/", port)
}

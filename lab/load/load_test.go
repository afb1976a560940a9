package load

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/apptest"
	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/lab/dns"
)

func TestMain(m *testing.M) { apptest.Main(m) }

// The real app under load for some seconds: nothing fails, nothing is lost, and
// every figure is there.
func TestTheAppUnderLoad(t *testing.T) {
	cluster, name := apptest.Database(t)
	env := apptest.ClusterEnv(t, cluster, name, apptest.NewRedis(t))
	env[contract.EnvRateIP], env[contract.EnvRateUser] = "600", "1200" // the app's own limits
	app := apptest.StartProgram(t, env, "all")
	var told atomic.Int64
	plan := Plan{Target: "http://" + app.Address, Rate: 40, From: -1, Duration: 6 * time.Second, People: 6, Posts: 30,
		Seed:    7,
		Metrics: []string{"http://" + app.Internal + contract.MetricsPath}, Jobs: time.Second,
		Primary: cluster.Primary.URL(name), Progress: func(Second) { told.Add(1) }}
	for _, r := range cluster.Replicas {
		plan.Replicas = append(plan.Replicas, r.URL(name))
	}
	got, err := Run(t.Context(), plan)
	require.NoError(t, err)
	assert.Empty(t, got.Errors)
	assert.Equal(t, 240, got.Planned)
	assert.Equal(t, got.Planned, got.Sent)
	assert.Empty(t, got.LeftOut)
	assert.Positive(t, got.Writes.Acknowledged)
	assert.Zero(t, got.Writes.Lost+got.Writes.Unread, "%v", got.Writes.Examples)
	assert.Empty(t, got.Unobserved)
	assert.Len(t, got.Databases, 3)
	for _, d := range got.Databases {
		assert.Positive(t, d.PerSecond, d.Name)
	}
	share, ok := got.CacheHitShare()
	assert.True(t, ok)
	assert.Positive(t, share)
	require.NotNil(t, got.Queue)
	assert.Zero(t, got.Queue.Failed)
	assert.Positive(t, got.Queue.AnswerP50)
	assert.Positive(t, told.Load())
	assert.LessOrEqual(t, got.Latency.P50, got.Latency.P95)
	assert.LessOrEqual(t, got.Latency.P99, got.Latency.Max)
	sum := 0
	for _, s := range got.Timeline {
		sum += s.Sent
	}
	assert.Equal(t, got.Sent, sum)
}

// A target that stands still for a second shows that second in all that was due
// in it, not only in what was under way when it began.
func TestNoRequestWaitsToBeSent(t *testing.T) {
	began := time.Now()
	target := fakeSite(t, func(http.ResponseWriter, *http.Request) {
		if since := time.Since(began); since > time.Second && since < 2*time.Second {
			time.Sleep(2*time.Second - since)
		}
	})
	began = time.Now()
	c := attack(t, Plan{Target: target, Rate: 50, From: 50, Duration: 3 * time.Second})
	slow := 0
	for _, s := range c.all {
		if s.latency > 200*time.Millisecond {
			slow++
		}
	}
	assert.Greater(t, slow, 20, "of the 50 that were due in the second")
	assert.Len(t, c.all, 150)
}

// attack sends a plan at a site that is ready.
func attack(t *testing.T, p Plan) *collector {
	t.Helper()
	p = p.withDefaults()
	p.Jobs = -1
	via, err := newClients(t.Context(), p)
	require.NoError(t, err)
	t.Cleanup(via.close)
	s := &site{target: p.Target, people: []person{{name: "a"}, {name: "b"}}, posts: []string{"1", "2", "3"},
		leftOut: []string{kindPicture, kindAsset}}
	return send(t.Context(), p, s, via)
}

// fakeSite answers everything with an empty object, after do.
func fakeSite(t *testing.T, do http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		do(w, r)
		io.WriteString(w, "{}")
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// Whoever interrupts a load gets what was measured, and waits for no answer.
func TestInterruptedLoads(t *testing.T) {
	over := make(chan struct{})
	target := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-over }))
	t.Cleanup(target.Close)
	t.Cleanup(func() { close(over) })
	ctx, cancel := context.WithCancel(t.Context())
	p := Plan{Target: target.URL, Rate: 20, Duration: time.Hour, From: 20, Timeout: time.Hour, Jobs: -1,
		Began: cancel}.withDefaults()
	via, err := newClients(t.Context(), p)
	require.NoError(t, err)
	t.Cleanup(via.close)
	s := &site{target: p.Target, people: []person{{name: "a"}, {name: "b"}}, posts: []string{"1", "2"}}
	s.writes.note([]byte(`{"id":"1","title":"a"}`))
	c := send(ctx, p, s, via)
	assert.Less(t, len(c.all), int(c.pace.Total()))
	after, end := afterwards(ctx)
	defer end()
	assert.Equal(t, Writes{Acknowledged: 1, Unread: 1}, s.writes.verify(after, p.Target, via.client, readPatience),
		"counted, and no failure")
}

// What was acknowledged and is not there, or otherwise, is found.
func TestLostWritesAreFound(t *testing.T) {
	posts := map[string]string{"kept": `{"id":"kept","title":"a","body":"b"}`, "changed": `{"id":"changed","title":"a","body":"x"}`}
	target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, ok := posts[strings.TrimPrefix(r.URL.Path, "/api/posts/")]
		if !ok {
			http.NotFound(w, r)
			return
		}
		io.WriteString(w, text)
	}))
	t.Cleanup(target.Close)
	w := &writes{}
	for _, text := range []string{posts["kept"], `{"id":"changed","title":"a","body":"b"}`, `{"id":"gone","title":"a"}`, "nonsense"} {
		w.note([]byte(text))
	}
	got := w.verify(t.Context(), target.URL, http.DefaultClient, time.Millisecond)
	assert.Equal(t, []int{4, 3, 0}, []int{got.Acknowledged, got.Lost, got.Unread})
	assert.Len(t, got.Examples, 3)
}

// A target whose name only the lab knows is found, and asked from many addresses.
func TestTargetsByName(t *testing.T) {
	var from sync.Map
	site := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		host, _, _ := net.SplitHostPort(r.RemoteAddr)
		from.Store(host, true)
	}))
	t.Cleanup(site.Close)
	names, err := dns.Start(dns.Options{Listen: "127.0.0.1:0", Table: dns.Table{Records: map[string]dns.Record{
		"www.example.com": {Addresses: []netip.Addr{netip.MustParseAddr("127.0.0.1")}}}}})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, names.Close()) })
	_, port, err := net.SplitHostPort(strings.TrimPrefix(site.URL, "http://"))
	require.NoError(t, err)
	via, err := newClients(t.Context(), Plan{Target: "http://www.example.com:" + port, Names: names.Address(), Rate: 100,
		Timeout: 30 * time.Second})
	require.NoError(t, err)
	t.Cleanup(via.close)
	for range 20 {
		resp, err := via.client.Get("http://www.example.com:" + port)
		require.NoError(t, err)
		resp.Body.Close()
	}
	n := 0
	from.Range(func(any, any) bool { n++; return true })
	if runtime.GOOS == "linux" {
		assert.Equal(t, 20, n, "each request has an address of its own")
	}
	assert.False(t, onThisMachine(t.Context(), "http://192.0.2.1", net.DefaultResolver), "nobody is flooded")
}

func TestPlansAreChecked(t *testing.T) {
	good := Plan{Target: "http://127.0.0.1:8080", Rate: 100, Duration: time.Minute}
	assert.NoError(t, good.Check())
	for want, change := range map[string]func(*Plan){
		"Target":            func(p *Plan) { p.Target = "127.0.0.1:8080" },
		"Rate":              func(p *Plan) { p.Rate = 0 },
		"From":              func(p *Plan) { p.From = 1e9 },
		"Duration":          func(p *Plan) { p.Duration = 2 * time.Hour },
		"People":            func(p *Plan) { p.People = 1 },
		"Posts":             func(p *Plan) { p.Posts = 1 },
		"ReadShare":         func(p *Plan) { p.Profile = Profile{ReadShare: 2, Skew: 2} },
		"Skew":              func(p *Plan) { p.Profile = Profile{ReadShare: 1, Skew: 1} },
		"LogIns":            func(p *Plan) { p.Profile = Profile{Skew: 2, LogIns: 2} },
		"Rate and Duration": func(p *Plan) { p.Rate, p.Duration = 5000, time.Hour },
	} {
		p := good
		change(&p)
		assert.ErrorContains(t, p.Check(), want)
	}
	for _, rate := range []float64{1, 700, MaxRate} {
		longest := good
		longest.Rate, longest.Duration = rate, Longest(rate)
		assert.NoError(t, longest.Check())
	}
	_, err := Run(t.Context(), Plan{})
	assert.ErrorContains(t, err, "plan the load")
	_, err = Run(t.Context(), Plan{Target: "http://127.0.0.1:1", Rate: 1, Duration: time.Second})
	assert.ErrorContains(t, err, "prepare http://127.0.0.1:1")
}

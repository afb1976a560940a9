package tests

import (
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// small are the settings by which stages of several regions fit two processors: two
// regions, and one machine in each zone where the plan has two.
var small = []string{"--set", "web.min=2", "--set", "services.min=2", "--set", "regions=us-east-1,eu-west-1"}

// Stages 5 and 6 serve: home by the CDN, each region's services by its API gateway. In
// stage 6 functions run at the edge, and a Lambda@Edge before the origins.
func TestRegions(t *testing.T) {
	if os.Getenv("RUNG_LAB") == "" {
		t.Skip("minutes; make lab runs it")
	}
	for _, stage := range []string{"5", "6"} {
		t.Run("stage "+stage, func(t *testing.T) {
			u := newUser(t)
			u.must(append([]string{"up", stage, "--cloud", "lab"}, small...)...)
			s := u.status()
			require.True(t, s.Settled)
			url := s.door("cdn")
			require.NotEmpty(t, url)
			assert.True(t, serves(url), "the site")
			assert.NotZero(t, s.first("the ways between regions"))
			for _, what := range []string{"HAProxy for loadbalancer-alb", "HAProxy for loadbalancer-euw1-alb"} {
				assert.NotZero(t, s.first(what), what)
			}
			for _, door := range []string{"gateway-api", "gateway-euw1-api"} {
				assert.True(t, serves(s.door(door)+"/api/posts"), door)
			}
			if stage == "6" {
				assert.NotZero(t, s.first("the edge's functions of"))
				assert.NotZero(t, s.first("the Lambda@Edge of"))
			}
			load := begin(url, 20)
			time.Sleep(10 * time.Second)
			asked, failures := load.end()
			assert.Empty(t, failures, "of %d", asked)
			if stage == "5" {
				u.withoutARegion()
			}
			u.destroy()
		})
	}
}

// withoutARegion cuts the second region off under load: no acknowledged write is lost, and
// it is whole again once its network is.
func (u user) withoutARegion() {
	u.t.Helper()
	d := u.drill(append(quick("break", "region", "--how", "cut"), "--after", "1m")...)
	f := d.Failures[0]
	u.t.Logf("a region cut off: %d of %d failed, for %v; noticed after %v, whole after %v; writes: %+v; %s; faulted: %v",
		f.Failed, f.Sent, time.Duration(f.FailedFor), time.Duration(f.Detect), time.Duration(f.Recover), f.Writes, f.Why,
		f.Faulted)
	assert.Greater(u.t, len(f.Faulted), 3)
	assert.NotZero(u.t, f.Writes.Acknowledged)
	assert.Zero(u.t, f.Writes.Lost+f.Writes.Unread)
	u.eventually("all is well again", func() bool { return u.status().Settled })
}

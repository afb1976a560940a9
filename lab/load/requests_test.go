package load

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	vegeta "github.com/tsenart/vegeta/v12/lib"
)

func TestKindsAreTold(t *testing.T) {
	s := &site{target: "http://site", people: []person{{"load-a", "t"}, {"load-b", "u"}}, posts: []string{"id1", "id2"},
		picture: "/uploads/pictures/x.png", asset: "/static/app.1234.css"}
	q := newRequests(Plan{}.withDefaults(), s)
	for _, all := range [][]share{reads, writing, {{kindLogIn, 1}}} {
		for _, one := range all {
			var target vegeta.Target
			q.fill(&target, one.kind)
			assert.Equal(t, one.kind, kindOf(target.Method, target.URL), target.URL)
		}
	}
}

// The shares are those of the profile, and the same seed sends the same.
func TestSharesAndSeeds(t *testing.T) {
	s := &site{target: "http://site", people: []person{{"load-a", "t"}, {"load-b", "u"}}, posts: []string{"1", "2", "3",
		"4", "5"},
		leftOut: []string{kindHome, kindPage, kindPicture, kindAsset}}
	sequence := func(seed uint64) (kinds map[string]int, urls string) {
		kinds = map[string]int{}
		q := newRequests(Plan{Seed: seed, Profile: DefaultProfile()}, s)
		for range 5000 {
			var target vegeta.Target
			require.NoError(t, q.next(&target))
			path := strings.TrimPrefix(target.URL, "http://site")
			kinds[kindOf(target.Method, path)]++
			urls += path + "\n"
		}
		return kinds, urls
	}
	kinds, one := sequence(1)
	_, again := sequence(1)
	_, other := sequence(2)
	assert.Equal(t, one, again)
	assert.NotEqual(t, one, other)
	writes := kinds[kindPublish] + kinds[kindFollow] + kinds[kindLogIn]
	assert.InDelta(t, 500, writes, 100)
	assert.Zero(t, kinds[kindHome]+kinds[kindPage]+kinds[kindPicture]+kinds[kindAsset])
	assert.Greater(t, strings.Count(one, "/api/posts/1\n"), strings.Count(one, "/api/posts/5\n"), "few are read often")
}

func TestFailuresHaveNames(t *testing.T) {
	for want, give := range map[string]struct {
		code    int
		message string
	}{
		"":                                        {200, ""},
		"503: service unavailable":                {503, "503 Service Unavailable"},
		"429: too many requests of one client":    {429, "429"},
		"connection refused":                      {0, `Get "http://x": dial tcp 127.0.0.1:1: connect: connection refused`},
		"no answer in time":                       {0, "context deadline exceeded (Client.Timeout exceeded while awaiting headers)"},
		"connection closed without an answer":     {0, `Get "http://x": EOF`},
		"no connection":                           {0, "something else"},
		"no address or port left on this machine": {0, "dial tcp: bind: cannot assign requested address"},
	} {
		assert.Equal(t, want, failureOf(give.code, give.message))
	}
}

func TestCachesAreRead(t *testing.T) {
	for want, headers := range map[cacheMark][]http.Header{
		marksHit:  {{"X-Cache": {"Hit from cloudfront"}}, {"X-Cache": {"RefreshHit from cloudfront"}}, {"Cf-Cache-Status": {"HIT"}}, {"X-Cache-Status": {"STALE"}}},
		marksMiss: {{"X-Cache": {"Miss from cloudfront"}}, {"Cf-Cache-Status": {"DYNAMIC"}}, {"X-Cache": {"MISS"}}},
		noMark:    {{}, {"Age": {"5"}}},
	} {
		for _, h := range headers {
			assert.Equal(t, want, markOf(h), "%v", h)
		}
	}
}

func TestPercentiles(t *testing.T) {
	var all []sent
	for i := 1; i <= 1000; i++ {
		all = append(all, sent{latency: time.Duration(i) * time.Millisecond})
	}
	assert.Equal(t, Latency{P50: 500, P95: 950, P99: 990, P999: 999, Max: 1000}, latencyOf(all))
	assert.Equal(t, Latency{}, latencyOf(nil))
	assert.Equal(t, Latency{P50: 1, P95: 1, P99: 1, P999: 1, Max: 1}, latencyOf(all[:1]))
}

package tests

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// small are the settings by which stages of several regions fit two processors: one
// machine in each zone where the plan has two.
var small = []string{"--set", "web.min=2", "--set", "services.min=2"}

// Stages 5 and 6 serve: home by the CDN, and each other region by the ways between them.
func TestRegions(t *testing.T) {
	if os.Getenv("RUNG_LAB") == "" {
		t.Skip("minutes; make lab runs it")
	}
	for stage, regions := range map[string][]string{"5": {"us-east-1", "eu-west-1"},
		"6": {"us-east-1", "eu-west-1", "ap-southeast-1"}} {
		t.Run("stage "+stage, func(t *testing.T) {
			u := newUser(t)
			u.must(append([]string{"up", stage, "--cloud", "lab"}, small...)...)
			s := u.status()
			require.True(t, s.Settled)
			url := s.door("cdn")
			require.NotEmpty(t, url)
			assert.True(t, serves(url), "the site")
			assert.NotZero(t, s.first("the ways between regions"))
			balancers := 0
			for _, v := range s.Servers {
				if strings.HasPrefix(v.What, "HAProxy for loadbalancer") {
					balancers++
				}
			}
			assert.Equal(t, len(regions), balancers)
			load := begin(url, 20)
			time.Sleep(10 * time.Second)
			asked, failures := load.end()
			assert.Empty(t, failures, "of %d", asked)
			u.destroy()
		})
	}
}

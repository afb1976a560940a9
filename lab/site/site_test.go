package site

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestTheNearestVersionStandsIn(t *testing.T) {
	p := Programs{Postgres: map[int]string{14: "/14", 15: "/15", 17: "/17"}}
	for want, got := range map[int]int{13: 14, 14: 14, 15: 15, 16: 17, 17: 17, 18: 17} {
		major, dir := p.Server(want)
		assert.Equal(t, got, major, "for %d", want)
		assert.Equal(t, p.Postgres[got], dir)
	}
}

func TestWhatIsMissingIsNamedAtOnce(t *testing.T) {
	all := Programs{Postgres: map[int]string{15: "/15"}, Redis: "r", Nginx: "n", HAProxy: "h"}
	assert.NoError(t, all.Missing(3))
	none := Programs{}
	assert.EqualError(t, none.Missing(3), "the lab runs stage 3 on real servers, and these are not installed: "+
		"postgresql, "+
		"redis-server, nginx, haproxy; on Debian or Ubuntu: sudo apt-get install postgresql redis-server nginx haproxy")
	assert.NotContains(t, none.Missing(1).Error(), "haproxy", "stage 1 has no balancer")
}

func TestPublicPorts(t *testing.T) {
	assert.Equal(t, 80, Site{Privileged: true}.Public(80))
	assert.Equal(t, 8080, Site{}.Public(80))
	assert.Equal(t, 8443, Site{}.Public(443))
	assert.Equal(t, 5432, Site{}.Public(5432))
}

package tests

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/resource/token"
)

// types counts the resources of the offline cloud by type.
func (u *user) types() map[string]int {
	count := map[string]int{}
	for _, r := range u.cloud().Resources {
		count[r.Type]++
	}
	return count
}

// A new domain's certificates wait for a registrar that cannot know the zone yet:
// the zone comes first, with its name servers, and the rest once it is delegated.
func TestANewDomainWaitsForItsRegistrar(t *testing.T) {
	t.Parallel()
	u := newUser(t, "dnsTtlSeconds=1")
	u.does("up", "1")
	stood := u.types()
	set := []string{"up", "2", "--set", "domain=example.com"}

	assert.Contains(t, u.rung(append([]string{"preview"}, set[1:]...)...).all(), "makes the zone first")
	for range 2 { // the second time the zone stands
		stopped := u.rung(set...)
		require.Equal(t, 1, stopped.code, stopped.all())
		assert.Contains(t, stopped.err, "name servers")
		assert.Equal(t, 4, strings.Count(stopped.err, "awsdns"), stopped.err)
		assert.Contains(t, stopped.err, "domainDelegated=true")
		now := u.types()
		assert.Equal(t, 1, now[token.Route53Zone])
		assert.Zero(t, now[token.ACMCertificate])
		delete(now, token.Route53Zone)
		assert.Equal(t, stood, now, "the server stays as it was")
	}
	u.does(append(set, "--set", "domainDelegated=true")...)
	assert.Positive(t, u.types()[token.ACMCertificate])
	u.settled("2")
	u.consistent()
}

// A stack that does not stand yet has the zone alone, until the domain is marked.
func TestANewStackBeginsWithTheZone(t *testing.T) {
	t.Parallel()
	u := newUser(t, "dnsTtlSeconds=1", "domain=example.com")
	stopped := u.rung("up", "2")
	require.Equal(t, 1, stopped.code, stopped.all())
	assert.Equal(t, map[string]int{token.Route53Zone: 1}, u.types())
}

package aws

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/access"
	"github.com/rung-dev/rung/operate"
	"github.com/rung-dev/rung/resource/token"
)

// within demands that all that was asked is in the policies that `rung access` prints for a
// command. cmd/rung holds the commands of a stack in one region against theirs.
func within(t *testing.T, c *cloud, command string, n access.Need) {
	t.Helper()
	rights, err := access.For(n)
	require.NoError(t, err)
	allowed := map[string]bool{}
	for _, one := range rights.Only([]string{command}).Days {
		for _, d := range one.Policies {
			for _, s := range d.Policy.Statement {
				for _, action := range s.Action {
					allowed[action] = true
				}
			}
		}
	}
	require.NotEmpty(t, allowed)
	for what := range c.asked {
		action := strings.Replace(strings.Replace(what, " ", ":", 1), "monitoring:", "cloudwatch:", 1)
		assert.True(t, allowed[action], "rung %s asks %s, which its policy does not allow", command, action)
	}
}

func TestAFailoverAsksWhatItsPolicyAllows(t *testing.T) {
	c := lostHome("!DBInstanceNotFound")
	d := driver(t, c)
	copies, err := d.Copies(t.Context(), twoRegions(), ireland)
	require.NoError(t, err)
	require.NoError(t, d.Promote(t.Context(), copies[0], func(string) {}))
	within(t, c, "failover", access.Need{Stack: "dev", Regions: []string{"us-east-1", ireland}})
}

func TestARestoreOfAClusterAsksWhatItsPolicyAllows(t *testing.T) {
	c := clustered([]string{"creating", "available"}, []string{"creating", "available"})
	_, err := driver(t, c).Restore(t.Context(), auroraStack(), operate.Restoring{Of: aurora, Name: "new"},
		func(string) {})
	require.NoError(t, err)
	within(t, c, "restore", access.Need{Stack: "dev", Regions: []string{ireland},
		Things: []access.Thing{{Type: token.RDSCluster, Name: "db"}}})
}

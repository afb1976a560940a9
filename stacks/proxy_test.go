package stacks

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/record/recordtest"
	"github.com/rung-dev/rung/resource/token"
)

// template is the launch template of a fleet: what its machines read.
func template(t *testing.T, rec *record.Recording, fleet string) record.Resource {
	t.Helper()
	return recordtest.Named(t, rec, token.EC2LaunchTemplate, fleet+"-template")
}

// RDS puts no proxy before a copy, so the proxy stands where the writes are,
// and all cells write through it.
func TestTheProxyStandsWhereTheWritesAre(t *testing.T) {
	for name, tt := range map[string]struct {
		region, proxy, from, range_ string
		writers                     []string
	}{
		"at home":   {"us-east-1", "database-proxy", "euw1", "10.4.64.0/18", []string{"web", "posts-service", "workers"}},
		"elsewhere": {"eu-west-1", "database-proxy-euw1", "use1", "10.0.64.0/18", []string{"web-euw1", "posts-service-euw1", "workers-euw1"}},
	} {
		t.Run(name, func(t *testing.T) {
			rec := built(t, 5, "regions", two, "database.proxy", "always", "database.writeRegion", tt.region)
			proxy := recordtest.Only(t, rec, token.RDSProxy)
			assert.Equal(t, tt.proxy+"-proxy", proxy.Name)
			assert.Equal(t, tt.region, proxy.Region)
			target := recordtest.Only(t, rec, token.RDSProxyTarget)
			primary := recordtest.Named(t, rec, token.RDSInstance, "database-primary")
			assert.Equal(t, primary.Output("identifier"), target.Value("dbInstanceIdentifier"))
			assert.False(t, primary.Has("replicateSourceDb"))

			admitted := recordtest.Named(t, rec, token.VPCSecurityGroupIngressRule, tt.proxy+"-from-range-"+tt.from)
			assert.Equal(t, tt.range_, admitted.String("cidrIpv4"))
			for _, w := range tt.writers {
				recordtest.Named(t, rec, token.VPCSecurityGroupIngressRule, tt.proxy+"-from-"+w)
			}
			for _, fleet := range []string{"web", "web-euw1", "posts-service", "posts-service-euw1", "workers", "workers-euw1"} {
				assert.Contains(t, template(t, rec, fleet).Dependencies,
					recordtest.Named(t, rec, token.RDSProxyTarget, tt.proxy+"-target").URN, fleet)
			}
			assert.NotContains(t, template(t, rec, "users-service").Dependencies, proxy.URN,
				"users have a database of their own")
		})
	}
}

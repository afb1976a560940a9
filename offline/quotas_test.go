package offline

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/sim"
)

func TestQuotasOfTheEnvironmentComeFirst(t *testing.T) {
	file := filepath.Join(t.TempDir(), "cloud.json")
	require.NoError(t, sim.OpenStore(file).Change(func(c *sim.Cloud) error {
		c.Quotas["vpc.vpcs"], c.Quotas["ec2.elastic-ips"] = 7, 8
		return nil
	}))
	quotas, err := Quotas(file, " ec2.elastic-ips = 2, ec2.on-demand-vcpus=5,")
	require.NoError(t, err)
	assert.Equal(t, 2, quotas["ec2.elastic-ips"], "the environment's")
	assert.Equal(t, 7, quotas["vpc.vpcs"], "the file's")
	assert.Equal(t, 40, quotas["rds.instances"], "AWS's default")
	assert.Equal(t, 5, quotas["vpc.nat-gateways-per-zone"], "AWS's default within a zone")
	assert.Equal(t, 60, quotas["vpc.rules-per-security-group"], "AWS's default within a group")
	assert.Equal(t, 5, quotas["ec2.on-demand-vcpus"], "one that nothing else counts")
	assert.NotContains(t, quotas, "ec2.spot-vcpus")
}

func TestWrongQuotasAreAllNamed(t *testing.T) {
	_, err := ParseQuotas("a=1,b,c=x,=2,d=-1")
	for _, want := range []string{`got "b"`, `got "c=x"`, `got "=2"`, `got "d=-1"`, "want KEY=NUMBER"} {
		assert.ErrorContains(t, err, want)
	}
}

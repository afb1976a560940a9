package offline_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline"
	"github.com/rung-dev/rung/offline/aws"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/offline/simtest"
	"github.com/rung-dev/rung/resource/token"
)

const other = "210987654321"

// The file says whose account it is, and a provider that allows only another one
// is refused, as AWS's is.
func TestAccountOfAStateFile(t *testing.T) {
	pkg, err := aws.Package()
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "cloud.json")
	c := simtest.Open(t, pkg, path, sim.Props{"region": "us-east-1", "allowedAccountIds": sim.List(aws.AccountID)}, "")
	c.Settled(token.SQSQueue, "jobs", sim.Props{"name": "jobs"})
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Contains(t, string(text), `"account": "`+aws.AccountID+`"`)

	require.NoError(t, os.WriteFile(path, []byte(`{"version": 1, "account": "`+other+`"}`), 0o600))
	account, err := offline.Account(path)
	require.NoError(t, err)
	assert.Equal(t, other, account)
	for allowed, refused := range map[string]bool{aws.AccountID: true, other: false} {
		p, err := offline.New("aws", path, "")
		require.NoError(t, err)
		_, err = p.Configure(t.Context(), plugin.ConfigureRequest{
			Inputs: sim.Props{"region": "us-east-1", "allowedAccountIds": sim.List(allowed)}.ToPulumi(nil),
		})
		assert.Equal(t, refused, err != nil, allowed)
		if refused {
			assert.ErrorContains(t, err, "AWS account ID not allowed: "+other)
		}
	}

	require.NoError(t, os.WriteFile(path, []byte(`{"version": 1, "account": "mine"}`), 0o600))
	_, err = offline.Account(path)
	assert.ErrorContains(t, err, `account "mine", want the 12 digits`)
}

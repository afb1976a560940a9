package offline

import (
	"path/filepath"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// As with the real provider, AWS_REGION says where a program without a region goes, and
// is kept as the provider's input; what the program says itself goes before it.
func TestTheRegionMayComeFromTheEnvironment(t *testing.T) {
	for name, tt := range map[string]struct {
		env, in map[string]string
		want    string
	}{
		"a variable": {env: map[string]string{"AWS_REGION": "eu-west-1"}, want: "eu-west-1"},
		"the older":  {env: map[string]string{"AWS_DEFAULT_REGION": "eu-west-1"}, want: "eu-west-1"},
		"both":       {env: map[string]string{"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "x"}, want: "eu-west-1"},
		"the program": {env: map[string]string{"AWS_REGION": "x"}, in: map[string]string{"region": "eu-west-1"},
			want: "eu-west-1"},
		"neither": {},
	} {
		t.Run(name, func(t *testing.T) {
			env := map[string]string{StateEnv: filepath.Join(t.TempDir(), "cloud.json")}
			for key, value := range tt.env {
				env[key] = value
			}
			p, err := configured("aws", func(name string) string { return env[name] })
			require.NoError(t, err)
			in := resource.PropertyMap{}
			for key, value := range tt.in {
				in[resource.PropertyKey(key)] = resource.NewProperty(value)
			}
			checked, err := p.CheckConfig(t.Context(), plugin.CheckConfigRequest{News: in})
			require.NoError(t, err)
			_, err = p.Configure(t.Context(), plugin.ConfigureRequest{Inputs: in})
			if tt.want == "" {
				require.ErrorContains(t, err, "AWS_REGION")
				assert.NotEmpty(t, checked.Failures)
				return
			}
			require.NoError(t, err)
			assert.Empty(t, checked.Failures)
			assert.Equal(t, tt.want, checked.Properties["region"].StringValue())
		})
	}
}

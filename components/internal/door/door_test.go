package door

import (
	"errors"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/record/recordtest"
	"github.com/rung-dev/rung/resource/token"
)

func TestCheck(t *testing.T) {
	web := part.Client{Name: "web", SecurityGroupID: pulumi.String("sg-1")}
	tests := map[string]struct {
		give []part.Client
		want []string
	}{
		"nobody":     {},
		"one":        {give: []part.Client{web}},
		"twice":      {give: []part.Client{web, web}, want: []string{`Clients[1].Name: "web" stands twice`}},
		"incomplete": {give: []part.Client{{}}, want: []string{"Clients[0].Name: required", "Clients[0].SecurityGroupID: required"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			errs := Check(tt.give)
			require.Len(t, errs, len(tt.want))
			for _, want := range tt.want {
				require.ErrorContains(t, errors.Join(errs...), want)
			}
		})
	}
}

func TestZones(t *testing.T) {
	assert.Equal(t, []string{"b", "a"}, Zones([]part.Subnet{{Zone: "b"}, {Zone: "a"}, {Zone: "b"}}))
	assert.Empty(t, Zones(nil))
}

func TestCheckRange(t *testing.T) {
	for name, tt := range map[string]struct {
		give part.Range
		want string
	}{
		"private subnets": {give: part.Range{Name: "euw1", CIDR: "10.4.64.0/18"}},
		"a whole network": {give: part.Range{Name: "euw1", CIDR: "10.4.0.0/16"}},
		"nameless":        {give: part.Range{CIDR: "10.4.0.0/16"}, want: "Name: required"},
		"too wide":        {give: part.Range{Name: "euw1", CIDR: "10.0.0.0/8"}, want: `CIDR of euw1: got "10.0.0.0/8"`},
		"the world":       {give: part.Range{Name: "euw1", CIDR: "0.0.0.0/0"}, want: "want a private IPv4 range"},
		"public":          {give: part.Range{Name: "euw1", CIDR: "52.0.0.0/16"}, want: "want a private IPv4 range"},
		"not its start":   {give: part.Range{Name: "euw1", CIDR: "10.4.1.0/18"}, want: "want a private IPv4 range"},
		"no range":        {give: part.Range{Name: "euw1", CIDR: "10.4"}, want: "want a private IPv4 range"},
	} {
		t.Run(name, func(t *testing.T) {
			err := checkRange(tt.give)
			if tt.want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, tt.want)
		})
	}
}

func TestAdmitRangeOpensOnePortToAddresses(t *testing.T) {
	rec := recordtest.Run(t, func(ctx *pulumi.Context) error {
		root, err := rootOf(ctx)
		if err != nil {
			return err
		}
		group := pulumi.String("sg-1").ToStringOutput()
		return At(ctx, group, root, "cache", part.Common{}, Door{What: "cache", Port: 6379}).
			AdmitRange(part.Range{Name: "euw1", CIDR: "10.4.64.0/18"})
	})
	rule := recordtest.Only(t, rec, token.VPCSecurityGroupIngressRule)
	assert.Equal(t, "cache-from-range-euw1", rule.Name)
	assert.Equal(t, "10.4.64.0/18", rule.String("cidrIpv4"))
	assert.InDelta(t, 6379, rule.Number("fromPort"), 0)
	assert.InDelta(t, 6379, rule.Number("toPort"), 0)
}

// rootOf is a parent for what is tested.
func rootOf(ctx *pulumi.Context) (pulumi.Resource, error) {
	root := &struct{ pulumi.ResourceState }{}
	return root, ctx.RegisterComponentResource("test:index:Root", "root", root)
}

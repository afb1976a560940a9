package door

import (
	"errors"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/components/part"
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

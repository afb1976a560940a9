package part

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

	"github.com/rung-dev/rung/guard"
	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/record/recordtest"
	"github.com/rung-dev/rung/resource/token"
)

// stored makes a component that holds one bucket.
func stored(t *testing.T, c func(*pulumi.Context) (Common, error), extra ...map[string]string) record.Resource {
	t.Helper()
	rec := recordtest.Run(t, func(ctx *pulumi.Context) error {
		common, err := c(ctx)
		if err != nil {
			return err
		}
		var parent pulumi.ResourceState
		if err := ctx.RegisterComponentResource("rung:components:Test", "store", &parent); err != nil {
			return err
		}
		var r pulumi.CustomResourceState
		return ctx.RegisterResource(token.S3BucketV2, "store-bucket",
			pulumi.Map{"tags": common.TagsFor(ctx, "store", extra...)}, &r,
			common.Data(&parent, "store-bucket")...)
	})
	return recordtest.Only(t, rec, token.S3BucketV2)
}

func TestTags(t *testing.T) {
	tests := map[string]struct {
		common Common
		extra  []map[string]string
		want   map[string]any
	}{
		"of the zero value": {want: map[string]any{TagStack: "dev", TagComponent: "store"}},
		"common ones are added": {
			common: Common{Tags: map[string]string{TagStage: "3", "team": "shop"}},
			want:   map[string]any{TagStack: "dev", TagComponent: "store", TagStage: "3", "team": "shop"},
		},
		"extra ones win": {
			common: Common{Tags: map[string]string{"Name": "common"}}, extra: []map[string]string{Named("mine")},
			want: map[string]any{TagStack: "dev", TagComponent: "store", "Name": "mine"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := stored(t, func(*pulumi.Context) (Common, error) { return tt.common, nil }, tt.extra...)
			assert.Equal(t, tt.want, r.Inputs["tags"])
		})
	}
}

func TestDataIsProtectedUntilItsVeryNameIsConfirmed(t *testing.T) {
	for name, tt := range map[string]struct {
		confirmed []string
		protect   bool
	}{
		"nobody confirmed": {protect: true},
		"another one":      {confirmed: []string{"store"}, protect: true},
		"this one":         {confirmed: []string{"store-bucket"}},
	} {
		t.Run(name, func(t *testing.T) {
			r := stored(t, func(ctx *pulumi.Context) (Common, error) {
				g, err := guard.New(ctx, tt.confirmed)
				return Common{Guard: g}, err
			})
			assert.Equal(t, tt.protect, r.Protect)
			assert.NotEmpty(t, r.Hooks["beforeDelete"], "the hook stays: it reads the confirmation itself")
			assert.Equal(t, "store", r.Component)
		})
	}
}

func TestTheZeroValueProtects(t *testing.T) {
	r := stored(t, func(*pulumi.Context) (Common, error) { return Common{}, nil })
	assert.True(t, r.Protect)
}

func TestNobodyIsNotifiedByDefault(t *testing.T) {
	assert.Empty(t, Common{}.AlertActions())
	assert.Len(t, Common{Alerts: pulumi.String("arn:aws:sns:us-east-1:123456789012:alerts")}.AlertActions(), 1)
}

func TestIDsKeepTheOrder(t *testing.T) {
	subnets := []Subnet{{ID: pulumi.String("subnet-b").ToStringOutput()}, {ID: pulumi.String("subnet-a").ToStringOutput()}}
	rec := recordtest.Run(t, func(ctx *pulumi.Context) error {
		var r pulumi.CustomResourceState
		return ctx.RegisterResource(token.RDSSubnetGroup, "group", pulumi.Map{"subnetIds": IDs(subnets)}, &r)
	})
	assert.Equal(t, []any{"subnet-b", "subnet-a"},
		recordtest.Only(t, rec, token.RDSSubnetGroup).Inputs["subnetIds"])
}

package capacity

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/record/recordtest"
	"github.com/rung-dev/rung/resource/token"
)

func TestTokenIsFrozen(t *testing.T) { assert.Equal(t, "rung:components:Capacity", Token) }

func base() Args {
	return Args{InstanceType: "m7g.large", Zones: []string{"us-east-1a", "us-east-1b", "us-east-1c"}, Instances: 7,
		Partitions: 7}
}

func run(t *testing.T, args Args) (*record.Recording, *Capacity) {
	t.Helper()
	var made *Capacity
	rec := recordtest.Run(t, func(ctx *pulumi.Context) (err error) {
		made, err = New(ctx, "capacity", args)
		return err
	})
	return rec, made
}

func TestValidate(t *testing.T) {
	for name, tt := range map[string]struct {
		give Args
		want []string
	}{
		"both":             {give: base()},
		"nothing":          {},
		"only a group":     {give: Args{Partitions: 2}},
		"no type or zones": {give: Args{Instances: 2}, want: []string{"InstanceType: got", "Zones: required"}},
		"an empty zone":    {give: Args{InstanceType: "m7g.large", Zones: base().Zones, Instances: 2}, want: []string{"at least one in each of the 3 zones"}},
		"all at once": {give: Args{InstanceType: "large", Zones: []string{"us-east-1", "us-east-1a", "us-east-1a"}, Instances: -1, Partitions: 8},
			want: []string{`InstanceType: got "large"`, "Zones[0]", "Zones[2]", "Instances: got -1", "Partitions: got 8"}},
	} {
		t.Run(name, func(t *testing.T) {
			err := tt.give.validate()
			if tt.want == nil {
				require.NoError(t, err)
			}
			for _, part := range tt.want {
				assert.ErrorContains(t, err, part)
			}
		})
	}
}

func TestSharesAreEvenAndComplete(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		zones := rapid.IntRange(1, 6).Draw(t, "zones")
		n := rapid.IntRange(zones, 1000).Draw(t, "instances")
		sum := 0
		for _, s := range shares(n, zones) {
			sum += s
			assert.InDelta(t, float64(n)/float64(zones), s, 1)
		}
		assert.Equal(t, n, sum)
	})
}

func TestReservesInEachZone(t *testing.T) {
	rec, c := run(t, base())
	counts := map[string]float64{}
	for _, r := range rec.All(token.EC2CapacityReservation) {
		counts[r.String("availabilityZone")] = r.Number("instanceCount")
		assert.Equal(t, "open", r.Value("instanceMatchCriteria"))
	}
	assert.Equal(t, map[string]float64{"us-east-1a": 3, "us-east-1b": 2, "us-east-1c": 2}, counts)
	recordtest.Named(t, rec, token.CloudWatchMetricAlarm, "capacity-a-unused")
	group := recordtest.Only(t, rec, token.EC2PlacementGroup)
	assert.Equal(t, "partition", group.Value("strategy"))
	assert.NotNil(t, c.PlacementGroup)
}

func TestAFurtherZoneOnlyAdds(t *testing.T) {
	two := base()
	two.Zones, two.Instances = two.Zones[:2], 4
	before, _ := run(t, two)
	three := base()
	three.Instances = 6
	after, _ := run(t, three)
	for _, r := range before.All(token.EC2CapacityReservation) {
		same := recordtest.Named(t, after, token.EC2CapacityReservation, r.Name)
		assert.Equal(t, r.Inputs, same.Inputs)
	}
}

func TestNothingIsHeldByDefault(t *testing.T) {
	rec, c := run(t, Args{})
	recordtest.None(t, rec, token.EC2CapacityReservation)
	assert.Nil(t, c.PlacementGroup)
}

func TestBadArgsCreateNothing(t *testing.T) {
	rec, err := record.Run(func(ctx *pulumi.Context) error {
		_, err := New(ctx, "capacity", Args{Instances: 1})
		return err
	})
	require.ErrorContains(t, err, "capacity capacity: InstanceType")
	assert.Empty(t, rec.All(Token))
}

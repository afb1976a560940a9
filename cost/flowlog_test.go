package cost_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/resource/token"
)

// 109,500,000 requests × 480 bytes = 52.56 GB, × 0.5 = 26.28, of half to twice as many; two
// logs share it.
func TestFlowLogsFollowTheTraffic(t *testing.T) {
	checkCases(t, map[string]lineCase{
		"one": {resources: []cost.Resource{res("", token.EC2FlowLog, "x", m{})}, opts: cost.Options{Traffic: profile()},
			want: map[string]want{"flow logs taken in": {"13.14", "26.28", "52.56"}}},
		"one of two": {resources: []cost.Resource{res("", token.EC2FlowLog, "x", m{}), res("", token.EC2FlowLog, "y", m{})}, opts: cost.Options{Traffic: profile()},
			want: map[string]want{"flow logs taken in": {"6.57", "13.14", "26.28"}}},
	})
	assert.Len(t, estimate(t, cost.Options{}, res("", token.EC2FlowLog, "x", m{})).UsageBased, 1)
}

// In a preview the volume of a snapshot has no id yet: what it is made from tells.
func TestASnapshotInAPreviewIsOfItsVolume(t *testing.T) {
	volume := res("", token.EBSVolume, "data", m{"size": 200.0, "type": "gp3"})
	snapshot := res("", token.EBSSnapshot, "x", m{"volumeId": cost.Unknown{}})
	snapshot.Dependencies = map[string][]string{"volumeId": {volume.URN}}
	e := estimate(t, cost.Options{}, volume, snapshot)
	checkLines(t, e, "x", map[string]want{"snapshot": {"0.00", "10.00", "10.00"}}) // 200 × 0.05
}

func TestDiscounts(t *testing.T) {
	catalogue, err := cost.Load()
	assert.NoError(t, err)
	d, err := catalogue.Discounts([]string{"10%", "ec2=25%"})
	assert.NoError(t, err)
	e := cost.NewEstimator(catalogue, cost.Options{}).Discounted(d).Estimate([]cost.Resource{
		res("", token.EC2Instance, "x", m{"instanceType": "m5.large", "associatePublicIpAddress": false,
			"rootBlockDevice": m{"volumeSize": 100.0, "volumeType": "gp3"}})})
	checkLines(t, e, "x", map[string]want{
		"instance hours, m5.large": flat("52.56"), // 730 × 0.096 × 0.75
		"root volume, gp3":         flat("7.20"),  // 100 × 0.08 × 0.9
	})
	for _, l := range e.Lines {
		assert.Contains(t, l.Note, "less your discount of")
	}
	for _, wrong := range []string{"12", "-1%", "101%", "Nothing=3%", "EC2=", "1e999999%"} {
		_, err := catalogue.Discounts([]string{wrong})
		assert.Error(t, err, wrong)
	}
}

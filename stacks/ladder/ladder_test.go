package ladder

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestStagesClimb(t *testing.T) {
	stages := Stages()
	require.Len(t, stages, int(Last))
	for i, s := range stages {
		assert.Equal(t, Number(i+1), s.Number)
		for _, text := range []string{s.Name, s.Adds, s.Until, s.Breaks} {
			assert.NotEmpty(t, text, s.Name)
		}
		if i == 0 {
			continue
		}
		below := stages[i-1]
		assert.Greater(t, s.Users, below.Users, s.Name)
		assert.Greater(t, s.PeakRequestsPerSecond, below.PeakRequestsPerSecond, s.Name)
		if s.Band.Known() {
			assert.GreaterOrEqual(t, s.Band.Low, below.Band.High, "bands do not overlap")
		}
	}
}

func TestParse(t *testing.T) {
	tests := map[string]struct {
		give string
		want Number
		err  string
	}{
		"first":    {give: "1", want: 1},
		"last":     {give: "6", want: 6},
		"zero":     {give: "0", err: `unknown stage "0", want a number from 1 to 6`},
		"seven":    {give: "7", err: "want a number from 1 to 6"},
		"in words": {give: "three", err: `unknown stage "three"`},
		"nothing":  {give: "", err: `unknown stage ""`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := Parse(tt.give)
			if tt.err != "" {
				require.ErrorContains(t, err, tt.err)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, tt.want, got)
		})
	}
}

// The toolkit's example: 100,000 users a day, 3 MB each, are 9 TB a month.
func TestTrafficAgreesWithTheToolkit(t *testing.T) {
	traffic := profile(100_000, 1_000)
	traffic.DailyActiveShare = 1
	assert.InDelta(t, 9.1e12, traffic.BytesPerMonth(), 0.1e12)
}

func TestTrafficDerives(t *testing.T) {
	stage, err := Get(3)
	require.NoError(t, err)
	traffic := stage.For(0, 0)
	assert.Equal(t, 100_000, traffic.Users)
	assert.InDelta(t, 20_000, traffic.ActiveUsers(), 1)
	assert.Less(t, traffic.AverageRequestsPerSecond(), traffic.PeakRequestsPerSecond)
	assert.InDelta(t, 0.245, traffic.MissRatio(), 0.001, "7 of 10 requests are files, 95 % of them hits; 30 % of the rest")
	assert.Equal(t, 50, stage.For(50, 0).Users, "the user's own number wins")
	half := stage.AtUsers(50_000)
	assert.Equal(t, 50_000, half.Users)
	assert.InDelta(t, 500, half.PeakRequestsPerSecond, 0.001)
	assert.Equal(t, 100_000, half.MostUsers)
}

func TestBandReadsLikeMoney(t *testing.T) {
	assert.Equal(t, "$10,000–50,000", Band{10_000, 50_000}.String())
	assert.Equal(t, "not given", Band{}.String())
}

package figure_test

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/outside/figure"
)

func TestParseTakesNumbers(t *testing.T) {
	for give, want := range map[string]string{
		"0": "0", "450": "450", "99.50": "99.5", "-3": "-3", "+7": "7", ".5": "0.5", "5.": "5",
		"0.0000000008": "0.0000000008", "1e3": "1000", "2.5E-7": "0.00000025", "0e999999": "0",
		strings.Repeat("9", 30): strings.Repeat("9", 30),
	} {
		got, err := figure.Parse(give)
		require.NoError(t, err, give)
		assert.Equal(t, want, got.String(), give)
	}
}

func TestParseRefusesWhatNobodyMeans(t *testing.T) {
	for give, want := range map[string]error{
		"": figure.ErrNone, "x": figure.ErrNone, "1_000": figure.ErrNone, "0x10": figure.ErrNone, "Inf": figure.ErrNone,
		"NaN": figure.ErrNone, "1e": figure.ErrNone, "1 ": figure.ErrNone, "1.2.3": figure.ErrNone, "٣": figure.ErrNone,
		"1e1000000000": figure.ErrSize, "1e-1000000000": figure.ErrSize, "-1E+999999999999999999999": figure.ErrSize,
		"1e31": figure.ErrSize, strings.Repeat("9", 31): figure.ErrSize, "0." + strings.Repeat("3", 200): figure.ErrSize,
		strings.Repeat("7", 50_000_000): figure.ErrSize,
	} {
		_, err := figure.Parse(give)
		assert.ErrorIs(t, err, want, "%.40q", give)
	}
}

func TestFloatsAreBounded(t *testing.T) {
	d, err := figure.FromFloat(0.25)
	require.NoError(t, err)
	assert.Equal(t, "0.25", d.String())
	for _, f := range []float64{math.Inf(1), math.Inf(-1), math.NaN(), 1e300, -1e31, 1e-300} {
		_, err := figure.FromFloat(f)
		assert.Error(t, err, "%v", f)
	}
}

func TestAbsurdIsANumberBeyondAllBounds(t *testing.T) {
	for _, v := range []any{"1e1000000000", 1e300, math.Inf(1)} {
		assert.True(t, figure.Absurd(v), "%v", v)
	}
	for _, v := range []any{"t4g.small", "", "12", 12.5, true, nil, "04da6b54-80e4-46f7-96ec-b56ff0331ba9"} {
		assert.False(t, figure.Absurd(v), "%v", v)
	}
}

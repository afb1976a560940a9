package sim_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/sim"
)

func TestFaultsStrike(t *testing.T) {
	for name, tt := range map[string]struct {
		faults string
		fails  []bool // of three creates
		code   string
	}{
		"first":       {"create toy*Box fail=Broken", []bool{true, false, false}, "Broken"},
		"second":      {"create toy:index/box:Box nth=2 fail=Broken", []bool{false, true, false}, "Broken"},
		"every":       {"create * nth=every fail=Broken", []bool{true, true, true}, "Broken"},
		"by name":     {"create toy*Box name=b2 fail=Broken", []bool{false, false, true}, "Broken"},
		"by pattern":  {"create toy*Box name=b[01] nth=every fail=Broken", []bool{true, true, false}, "Broken"},
		"throttle":    {"create toy*Box throttle", []bool{true, false, false}, "RequestLimitExceeded"},
		"other type":  {"create toy*Label fail=Broken", []bool{false, false, false}, ""},
		"other verb":  {"update toy*Box fail=Broken; delete toy*Box fail=Broken", []bool{false, false, false}, ""},
		"two of them": {"create toy*Box fail=One; create toy*Box nth=3 fail=Two", []bool{true, false, true}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			c := at(t, filepath.Join(t.TempDir(), "cloud.json"), "north", tt.faults)
			for i, fails := range tt.fails {
				_, err := c.Create(box, "b"+string(rune('0'+i)), sim.Props{"size": 1.0})
				if !fails {
					require.NoError(t, err)
					continue
				}
				require.ErrorContains(t, err, "api error "+tt.code)
				require.ErrorContains(t, err, "RUNG_OFFLINE_FAULTS")
			}
		})
	}
}

func TestFaultsStrikeEachResourceOnce(t *testing.T) {
	c := at(t, filepath.Join(t.TempDir(), "cloud.json"), "north", "create toy*Box nth=each fail=Broken")
	for _, name := range []string{"a", "b"} {
		_, err := c.Create(box, name, sim.Props{"size": 1.0})
		require.ErrorContains(t, err, "Broken")
	}
	c.Must(box, "b", sim.Props{"size": 1.0})
	c.Must(box, "a", sim.Props{"size": 1.0})
}

func TestFaultsOutliveTheProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cloud.json")
	const fault = "create toy*Box nth=2 fail=Broken"
	at(t, path, "north", fault).Must(box, "a", sim.Props{"size": 1.0})
	again := at(t, path, "north", fault) // another process of the same run
	_, err := again.Create(box, "b", sim.Props{"size": 1.0})
	require.ErrorContains(t, err, "Broken")
	again.Must(box, "b", sim.Props{"size": 1.0})
}

func TestFaultsOnUpdateAndDelete(t *testing.T) {
	c := at(t, filepath.Join(t.TempDir(), "cloud.json"), "north",
		"update toy*Box fail=NoUpdate; delete toy*Box fail=NoDelete")
	in := sim.Props{"size": 1.0}
	r := c.Must(box, "b", in)
	_, err := c.Update(r, sim.Props{"size": 2.0})
	require.ErrorContains(t, err, "NoUpdate")
	same, err := c.Read(r)
	require.NoError(t, err)
	assert.EqualValues(t, 1, same.Get("size"), "a failed update changes nothing")
	require.ErrorContains(t, c.Delete(r), "NoDelete")
	require.NoError(t, c.Delete(r))
}

func TestBadFaultsAreAllReported(t *testing.T) {
	_, err := sim.ParseFaults("make toy fail=X; create toy; create toy fail=X nth=0; create toy crash=maybe; create toy " +
		"fail=X colour=red; create * throttle")
	require.Error(t, err)
	for _, want := range []string{"want create, update or delete", "want: create|update|delete", "nth=0", "crash=maybe",
		`unknown word "colour=red"`} {
		assert.ErrorContains(t, err, want)
	}
	assert.NotContains(t, err.Error(), "create * throttle")
	none, err := sim.ParseFaults(" ; ")
	require.NoError(t, err)
	assert.Empty(t, none)
}

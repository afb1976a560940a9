package stacks_test

import (
	"flag"
	"fmt"
	"os"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// sliceVariable asks for a part of the draws of make nightly, which take hours:
// RUNG_SLICE=3/30 is the third of thirty. A slice draws the same every time, and no two
// of them draw alike, so that all of them are as good as one long run.
const sliceVariable = "RUNG_SLICE"

// often sets how many times this test's properties are drawn: another number in
// make nightly, a part of that for a slice. What -rapid.checks says goes before.
func often(t *testing.T, checks, nightly string) {
	seed := ""
	if text := os.Getenv(sliceVariable); text != "" {
		var err error
		checks, seed, err = sliced(nightly, text)
		require.NoError(t, err)
	} else if os.Getenv("RUNG_SWEEP") != "" {
		checks = nightly
	}
	setFlag(t, "rapid.checks", checks)
	setFlag(t, "rapid.seed", seed)
}

// setFlag sets a flag for one test, unless the command line has set it.
func setFlag(t *testing.T, name, value string) {
	f := flag.Lookup(name)
	if before := f.Value.String(); value != "" && before == f.DefValue {
		require.NoError(t, f.Value.Set(value))
		t.Cleanup(func() { require.NoError(t, f.Value.Set(before)) })
	}
}

// seedsApart is how far the seeds of slices lie from one another: rapid's n-th draw has the
// first seed and n(n+1)/2 more.
const seedsApart = 1_000_000_000

// sliced are the number of draws of a slice and its seed.
func sliced(of, text string) (checks, seed string, err error) {
	var part, parts int
	all, err := strconv.Atoi(of)
	if err != nil {
		return "", "", err
	}
	if _, err := fmt.Sscanf(text, "%d/%d", &part, &parts); err != nil || part < 1 || part > parts {
		return "", "", fmt.Errorf("%s: got %q, want a slice such as 3/30, the third of thirty", sliceVariable, text)
	}
	return strconv.Itoa((all + parts - 1) / parts), strconv.Itoa(part * seedsApart), nil
}

func TestSliced(t *testing.T) {
	checks, seed, err := sliced("3000", "3/30")
	require.NoError(t, err)
	assert.Equal(t, []string{"100", "3000000000"}, []string{checks, seed})
	checks, _, err = sliced("1000", "1/3")
	require.NoError(t, err)
	assert.Equal(t, "334", checks, "none is left out")
	for _, bad := range []string{"", "3", "0/3", "4/3", "a/b", "-1/2", "1/0"} {
		_, _, err := sliced("3000", bad)
		assert.ErrorContains(t, err, "want a slice such as 3/30", bad)
	}
}

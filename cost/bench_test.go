package cost_test

import (
	"fmt"
	"io/fs"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/stacks/ladder"
)

// many repeats the resources of stage 3 until there are n, each copy under
// component names of its own.
func many(n int) []cost.Resource {
	var out []cost.Resource
	for copyNo := 0; len(out) < n; copyNo++ {
		for _, r := range append(fleet(), cdn()...) {
			r.URN = fmt.Sprintf("%s-%d", r.URN, copyNo)
			r.Name = fmt.Sprintf("%s-%d", r.Name, copyNo)
			r.Component = fmt.Sprintf("%s-%d", r.Component, copyNo)
			out = append(out, r)
		}
	}
	return out[:n]
}

func BenchmarkEstimate(b *testing.B) {
	c, err := cost.Load()
	require.NoError(b, err)
	stage, err := ladder.Get(3)
	require.NoError(b, err)
	e := cost.NewEstimator(c, cost.Options{Traffic: stage.Traffic})
	for _, n := range []int{100, 10_000} {
		resources := many(n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				e.Estimate(resources)
			}
		})
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := cost.Load(); err != nil {
			b.Fatal(err)
		}
	}
}

// All prices are embedded as they are: the binary grows by their size, which is to stay
// below 15 MB.
func TestPricesFitTheBinary(t *testing.T) {
	var size int64
	require.NoError(t, fs.WalkDir(os.DirFS("prices"), ".", func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		size += info.Size()
		return err
	}))
	assert.Positive(t, size)
	assert.Less(t, size, int64(15<<20))
}

package sim_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/rung-dev/rung/offline/sim"
)

// Providers of several regions write one file by turns: each reads what the other
// wrote. The figure is for one create into a cloud of as many resources.
func BenchmarkCreateByTurns(b *testing.B) {
	for _, n := range []int{100, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			path := filepath.Join(b.TempDir(), "cloud.json")
			one, two := at(b, path, "north", ""), at(b, path, "south", "")
			for i := range n {
				_, err := one.Create(world, fmt.Sprint("w", i), sim.Props{"name": fmt.Sprint("w", i)})
				require.NoError(b, err)
			}
			i := 0
			for b.Loop() {
				who := one
				if i%2 == 0 {
					who = two
				}
				_, err := who.Create(world, fmt.Sprint("x", i), sim.Props{"name": fmt.Sprint("x", i)})
				require.NoError(b, err)
				i++
			}
		})
	}
}

// The engine asks for many creates at once; n are made by one provider, 16 at a time.
func BenchmarkCreateAtOnce(b *testing.B) {
	for _, n := range []int{200, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				p := at(b, filepath.Join(b.TempDir(), "cloud.json"), "north", "")
				var g errgroup.Group
				g.SetLimit(16)
				for i := range n {
					g.Go(func() error {
						_, err := p.Create(world, fmt.Sprint("w", i), sim.Props{"name": fmt.Sprint("w", i)})
						return err
					})
				}
				require.NoError(b, g.Wait())
			}
		})
	}
}

package tests

import (
	"fmt"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/stacks/config"
)

// The figures of these benchmarks stand in README.md. Each is a command as a user
// starts it, process and engine included.

// What the issue asks for: under a second.
func BenchmarkCostOfRung3(b *testing.B) {
	u := newUser(b)
	for b.Loop() {
		u.does("cost", "3")
	}
}

// What the issue asks for: under 15 seconds.
func BenchmarkDiffOfRungs2And3(b *testing.B) {
	u := careful(b)
	for b.Loop() {
		u.does("diff", "2", "3")
	}
}

// What the issue asks for: under 5 seconds.
func BenchmarkPreviewOfRung3(b *testing.B) {
	u := careful(b)
	for b.Loop() {
		u.does("preview", "3")
	}
}

// What the issue asks for: under 30 seconds. Each up is a new stack.
func BenchmarkUpOfRung3(b *testing.B) {
	for b.Loop() {
		careful(b).does("up", "3")
	}
}

// A stack that stands already: the second up, which finds nothing to do.
func BenchmarkSecondUpOfRung3(b *testing.B) {
	u := careful(b)
	u.does("up", "3")
	for b.Loop() {
		u.does("up", "3")
	}
}

// The preview of a stack that stands already.
func BenchmarkPreviewOfAStandingStack(b *testing.B) {
	u := careful(b)
	u.does("up", "3")
	for b.Loop() {
		u.does("preview", "3")
	}
}

// A refresh of a whole rung 3.
func BenchmarkRefreshOfRung3(b *testing.B) {
	u := careful(b)
	u.does("up", "3")
	for b.Loop() {
		u.does("refresh")
	}
}

// How the highest rung grows with its regions: the time of a preview and of an
// up, and the most memory that one process of it took.
func BenchmarkRegions(b *testing.B) {
	for _, verb := range []string{"preview", "up"} {
		for _, n := range []int{1, 2, 4, 8} {
			settings := []string{"regions=" + strings.Join(config.Regions()[:n], ","), "budget=1000000"}
			b.Run(fmt.Sprintf("%s/%d", verb, n), func(b *testing.B) {
				var most int64
				for b.Loop() {
					u := careful(b, settings...)
					cmd := u.command(verb, fmt.Sprint(config.Built))
					text, err := cmd.CombinedOutput()
					require.NoError(b, err, string(text))
					most = max(most, cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss)
				}
				b.ReportMetric(float64(most)/1024, "MiB") // Linux counts in KiB
			})
		}
	}
}

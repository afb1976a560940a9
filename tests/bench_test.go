package tests

import (
	"bytes"
	"fmt"
	"strings"
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
	u := newUser(b)
	for b.Loop() {
		u.does("diff", "2", "3")
	}
}

// What the issue asks for: under 5 seconds.
func BenchmarkPreviewOfRung3(b *testing.B) {
	u := newUser(b)
	for b.Loop() {
		u.does("preview", "3")
	}
}

// What the issue asks for: under 30 seconds. Each up is a new stack.
func BenchmarkUpOfRung3(b *testing.B) {
	for b.Loop() {
		newUser(b).does("up", "3")
	}
}

// A stack that stands already: the second up, which finds nothing to do.
func BenchmarkSecondUpOfRung3(b *testing.B) {
	u := newUser(b)
	u.does("up", "3")
	for b.Loop() {
		u.does("up", "3")
	}
}

// The preview of a stack that stands already.
func BenchmarkPreviewOfAStandingStack(b *testing.B) {
	u := newUser(b)
	u.does("up", "3")
	for b.Loop() {
		u.does("preview", "3")
	}
}

// A refresh of a whole stage 3.
func BenchmarkRefreshOfRung3(b *testing.B) {
	u := newUser(b)
	u.does("up", "3")
	for b.Loop() {
		u.does("refresh")
	}
}

// How the highest stage grows with its regions: the time of a preview and of an
// up, and the most memory that all processes of it took together.
func BenchmarkRegions(b *testing.B) {
	for _, verb := range []string{"preview", "up"} {
		for _, n := range []int{1, 2, 4, 8} {
			b.Run(fmt.Sprintf("%s/%d", verb, n), func(b *testing.B) {
				highest(b, verb, "regions="+strings.Join(config.Regions()[:n], ","))
			})
		}
	}
}

// What the issue asks for, with three regions and twelve shards: a preview under
// 15 seconds, an up under 120, under 1 GB.
func BenchmarkTwelveShards(b *testing.B) {
	for _, verb := range []string{"preview", "up"} {
		b.Run(verb, func(b *testing.B) {
			highest(b, verb, "regions="+strings.Join(config.Regions()[:3], ","), "database.shards=12")
		})
	}
}

// highest runs a verb of the highest stage, each time on a new stack.
func highest(b *testing.B, verb string, settings ...string) {
	var most, made int
	for b.Loop() {
		u := newUser(b, append(settings, "budget=1000000")...)
		cmd := u.command(verb, fmt.Sprint(config.Built), "--format", "json")
		var out, errs bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &errs
		require.NoError(b, cmd.Start())
		peak := watchMemory(cmd.Process.Pid)
		require.NoError(b, cmd.Wait(), errs.String())
		most, made = max(most, <-peak), decode(b, out.String()).Resources.Create
	}
	b.ReportMetric(float64(most)/1024, "MiB")
	b.ReportMetric(float64(made), "resources")
}

package tests

import (
	"bytes"
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/stacks/config"
)

// The figures of these benchmarks stand in README.md. Each is a command as a user
// starts it, process and engine included.

// What the issue asks for: under a second.
func BenchmarkCostOfStage3(b *testing.B) {
	u := newUser(b)
	for b.Loop() {
		u.does("cost", "3")
	}
}

// What the issue asks for: under 15 seconds.
func BenchmarkDiffOfStages2And3(b *testing.B) {
	u := newUser(b)
	for b.Loop() {
		u.does("diff", "2", "3")
	}
}

// What the issue asks for: under 5 seconds.
func BenchmarkPreviewOfStage3(b *testing.B) {
	u := newUser(b)
	for b.Loop() {
		u.does("preview", "3")
	}
}

// What the issue asks for: under 30 seconds. Each up is a new stack.
func BenchmarkUpOfStage3(b *testing.B) {
	for b.Loop() {
		newUser(b).does("up", "3")
	}
}

// A stack that stands already: the second up, which finds nothing to do.
func BenchmarkSecondUpOfStage3(b *testing.B) {
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
func BenchmarkRefreshOfStage3(b *testing.B) {
	u := newUser(b)
	u.does("up", "3")
	for b.Loop() {
		u.does("refresh")
	}
}

// What rung adds to Pulumi's engine, in processor time and as ratios of one run.
// The bare engine runs as many resources as stage 3 has, all of them trivial.
func BenchmarkRatios(b *testing.B) {
	least := map[string]time.Duration{}
	for b.Loop() {
		u, bare := newUser(b), b.TempDir()
		n := len(undisturbed(b, 3).Resources)
		for _, run := range []struct {
			name string
			cmd  *exec.Cmd
		}{
			{"bare preview", runBare(bare, "preview", n)},
			{"preview", u.command("preview", "3", "--no-policies")},
			{"preview with policies", u.command("preview", "3")},
			{"bare up", runBare(bare, "up", n)},
			{"up", u.command("up", "3")},
			{"standing preview", u.command("preview", "3")},
			{"second up", u.command("up", "3")},
		} {
			took := busy(b, run.cmd)
			if before, known := least[run.name]; !known || took < before {
				least[run.name] = took
			}
		}
	}
	ratio := func(name string, a time.Duration, of ...time.Duration) {
		var sum time.Duration
		for _, d := range of {
			sum += d
		}
		b.ReportMetric(a.Seconds()/sum.Seconds(), name)
	}
	ratio("preview/bare", least["preview"], least["bare preview"])
	ratio("policies/bare", least["preview with policies"], least["bare preview"])
	ratio("up/bare", least["up"], least["bare preview"], least["bare up"])
	ratio("again/preview", least["second up"], least["standing preview"])
	for name, d := range least {
		b.Logf("%-22s %.2f s", name, d.Seconds())
	}
}

// busy is the processor time of a command that must succeed, plugins included.
func busy(b *testing.B, cmd *exec.Cmd) time.Duration {
	b.Helper()
	r := finish(b, cmd)
	require.Equal(b, done, r.code, r.all())
	return cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
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

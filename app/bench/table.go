package main

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"
)

// row is one claim and what came of it.
type row struct {
	tool, claim, measured string
	// got is how large the effect was and want how large it is claimed to be,
	// in the same unit: times faster, or parts of one. Zero want means that
	// the claim has no figure.
	got, want float64
	// less says that got must not exceed want, as a latency must not.
	less bool
	// cost says that more than want is worse than claimed.
	cost bool
	// why is the reason, where the claim does not reproduce, and what is
	// worth knowing where it does.
	why string
}

// near is how much of a claimed effect must come out to call it reproduced.
const near = 0.8

func (r row) verdict() string {
	switch {
	case r.want == 0:
		return "–"
	case r.cost && r.got > r.want/near:
		return "costs more"
	case r.less && r.got <= r.want, !r.less && r.got >= r.want*near:
		return "yes"
	case !r.less && r.got > 1+(r.want-1)*0.25 && r.want > 1:
		return "in part"
	default:
		return "no"
	}
}

func render(rows []row) string {
	var b strings.Builder
	b.WriteString("| tool | the ladder says | measured | reproduces | note |\n|---|---|---|---|---|\n")
	for _, r := range rows {
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", r.tool, r.claim, r.measured, r.verdict(), r.why)
	}
	return b.String()
}

// of are the rows about one tool.
func of(rows []row, tool string) []row {
	return slices.DeleteFunc(slices.Clone(rows), func(r row) bool { return r.tool != tool })
}

func millis(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// ms is a duration as it is read best.
func ms(d time.Duration) string {
	v := millis(d)
	switch {
	case v < 0.1:
		return fmt.Sprintf("%.1f µs", v*1000)
	case v >= 100:
		return fmt.Sprintf("%.0f ms", v)
	case v >= 10:
		return fmt.Sprintf("%.1f ms", v)
	default:
		return fmt.Sprintf("%.2f ms", v)
	}
}

func ratio(a, b time.Duration) float64 { return float64(a) / float64(max(b, 1)) }

// machine says where and when the figures are from. Before is the load average
// at the beginning: what else the machine had to do.
func machine(begin time.Time, before string) string {
	return fmt.Sprintf("%s, %s/%s, %d processors, load average %s before and %s at the end (which counts the servers of "+
		"the run), %.0f s in all.",
		begin.UTC().Format("2006-01-02 15:04 UTC"), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(),
		before, loadAverage(), time.Since(begin).Seconds())
}

// loadAverage is the one of the last minute.
func loadAverage() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	one, _, _ := strings.Cut(string(text), " ")
	return one
}

// marks are the two lines between which a command puts what it has measured.
type marks struct{ begin, end string }

func markers(command string) marks {
	return marks{"<!-- figures: written by " + command + " -->", "<!-- end of figures -->"}
}

// figures is where the ladder's figures stand.
var figures = markers("go run ./app/bench -write")

func writeReadme(path string, at marks, where, table string) error {
	old, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("write the figures: run this in the root of the repository: %w", err)
	}
	text, err := at.replace(old, "One run on this machine: "+where+"\n\n"+table)
	if err != nil {
		return fmt.Errorf("write the figures into %s: %w", path, err)
	}
	return os.WriteFile(path, text, 0o644) //nolint:gosec // documentation
}

func (m marks) replace(old []byte, text string) ([]byte, error) {
	before, rest, ok := bytes.Cut(old, []byte(m.begin))
	_, after, closed := bytes.Cut(rest, []byte(m.end))
	if !ok || !closed {
		return nil, fmt.Errorf("want the lines %q and %q", m.begin, m.end)
	}
	return fmt.Appendf(nil, "%s%s\n\n%s\n%s%s", before, m.begin, text, m.end, after), nil
}

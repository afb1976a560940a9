package tests

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"time"
)

// spentVariable asks for a table of the processor time that the commands of each
// test took, plugins included, the dearest first; tests/README.md says where it goes.
const spentVariable = "RUNG_TEST_COST"

// spent is processor time by test, without the names of parts.
var spent = struct {
	sync.Mutex
	by map[string]time.Duration
}{by: map[string]time.Duration{}}

// spends adds what a command took, when it has been waited for.
func spends(test string, cmd *exec.Cmd) {
	if cmd.ProcessState == nil {
		return
	}
	name, _, _ := strings.Cut(test, "/")
	spent.Lock()
	defer spent.Unlock()
	spent.by[name] += cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
}

func writeSpent(w io.Writer) {
	if os.Getenv(spentVariable) == "" {
		return
	}
	var all time.Duration
	for _, name := range slices.SortedFunc(maps.Keys(spent.by), func(a, b string) int {
		return cmp.Compare(spent.by[b], spent.by[a])
	}) {
		all += spent.by[name]
		fmt.Fprintf(w, "%7.1f s  %s\n", spent.by[name].Seconds(), name)
	}
	fmt.Fprintf(w, "%7.1f s  together\n", all.Seconds())
}

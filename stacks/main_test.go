package stacks_test

import (
	"flag"
	"os"
	"runtime/debug"
	"testing"
)

// TestMain draws the same configurations on every run, so that a run fails for
// what was changed and not by chance. Look for new ones with another seed:
// go test ./stacks -rapid.seed=7 -rapid.checks=1000.
func TestMain(m *testing.M) {
	flag.Parse()
	debug.SetGCPercent(400) // much is made, and little of it lives
	if seed := flag.Lookup("rapid.seed"); seed.Value.String() == "0" {
		if err := seed.Value.Set("20261122"); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

// Command rung provisions a web system on AWS and carries it up the
// scalability ladder. Before each step it shows which resources change, what
// the month will cost and that no data is lost.
//
// Without an account it works on the offline cloud, a simulation in one file;
// nothing there costs money. With --cloud aws it works on the user's account.
// It refuses to lose data that nobody confirmed may go, to go over the budget,
// and to start with a wrong configuration; the exit code says which.
//
// Under the name rung-policies it serves the policy pack to the engine.
// Under the name pulumi-resource-rung it serves the components to programs in any language.
// Under another name that starts with pulumi-resource- the same executable serves a
// provider of the offline cloud to the engine. By the words of a lab it is one of
// the processes that keep it.
package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	_ "github.com/rung-dev/rung/cmd/rung/ballast" // the least heap that is collected
	"github.com/rung-dev/rung/cmd/rung/mute"
	"github.com/rung-dev/rung/engine"
	"github.com/rung-dev/rung/lab"
	"github.com/rung-dev/rung/offline"
	"github.com/rung-dev/rung/outside/place"
	"github.com/rung-dev/rung/policies/pack"
	"github.com/rung-dev/rung/polyglot"
	"github.com/rung-dev/rung/stacks"
	"github.com/rung-dev/rung/stacks/artifact"
	"github.com/rung-dev/rung/temporary"
)

func main() {
	mute.Restore()
	// No program of the working directory is run because the PATH says ".".
	os.Setenv("PATH", place.SearchPath(os.Getenv("PATH")))
	if strings.TrimSuffix(filepath.Base(os.Args[0]), ".exe") == polyglot.Executable {
		engine.EndWithEngine()
		os.Exit(polyglot.Main())
	}
	if name := filepath.Base(os.Args[0]); strings.HasPrefix(name, offline.PluginPrefix) {
		engine.EndWithEngine()
		os.Exit(offline.Main(name, os.Args[1:]))
	}
	if pack.Serves(os.Args[0]) {
		engine.EndWithEngine()
		servePolicies()
	}
	if status, served := lab.Served(os.Args[1:]); served {
		os.Exit(status)
	}
	os.Exit(start())
}

// start runs the command line with everything that a process has around it, and
// returns the exit code. A command that is interrupted ends within a second,
// whatever it is at, unless it is changing a stack: that comes to its end first.
func start() int {
	clear, _ := temporary.Start() // where it cannot be, what needs a file says so
	defer clear()
	ctx, stop := engine.Signals(context.Background())
	defer stop()
	a := &app{
		program: stacks.Program, zone: stacks.ZoneFirst, nameServers: lookUpNameServers,
		resolve: artifact.Resolve, static: artifact.Static, in: os.Stdin, out: os.Stdout, err: os.Stderr,
	}
	done := make(chan int, 1)
	go func() { done <- a.run(ctx, os.Args[1:]) }()
	select {
	case code := <-done:
		return code
	case <-engine.Overdue(ctx):
		engine.KillAll()
		a.fail("rung: interrupted")
		return codeFailed
	}
}

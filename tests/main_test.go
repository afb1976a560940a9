// Package tests holds the whole-system tests: the built rung command, the real
// Pulumi engine and the offline cloud, used as a user uses them.
//
// They take minutes, most of it in the engine, and need no network beyond the Go
// module proxy and no account. They never look into rung's packages for a result:
// what they judge is exit codes, output, the stack's state and the cloud's file, and what
// the offline cloud itself says of that file (offline.Unheard).
package tests

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/offline"
	"github.com/rung-dev/rung/stacks"
)

// The names under which the test binary is something else; see langHost.
const (
	nameLangHost = "pulumi-language-go"
	nameProgram  = "rung-program"
)

// suite is what all tests share, made once by TestMain.
type suite struct {
	bin      string // the built rung command
	tools    string // a directory with the stock CLI's helpers
	artifact string // a small file that stands for the deployed app
	root     string // the repository
}

var shared suite

func TestMain(m *testing.M) {
	switch name := filepath.Base(os.Args[0]); {
	case name == nameLangHost:
		exit(serveLangHost(os.Args[1:]))
	case name == nameBare:
		exit(bare(os.Args[1:]))
	case name == nameGuest:
		pulumi.Run(theirs)
		os.Exit(0)
	case name == nameProgram:
		pulumi.Run(stacks.Deploy)
		os.Exit(0)
	}
	os.Exit(run(m))
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "rung-tests-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir) //nolint:errcheck // it is below the system's temporary directory
	if shared, err = prepare(dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer writeSpent(os.Stdout)
	return m.Run()
}

// prepare builds the command once.
func prepare(dir string) (suite, error) {
	here, err := os.Getwd()
	if err != nil {
		return suite{}, fmt.Errorf("find the directory of the tests: %w", err)
	}
	s := suite{
		bin: filepath.Join(dir, "rung"), tools: filepath.Join(dir, "tools"),
		artifact: filepath.Join(dir, "app"), root: filepath.Dir(here),
	}
	build := exec.Command("go", "build", "-ldflags", "-s -w", "-o", s.bin, "./cmd/rung")
	build.Dir = s.root
	if text, err := build.CombinedOutput(); err != nil {
		return s, fmt.Errorf("build rung: %w\n%s", err, text)
	}
	program, err := smallestProgram()
	if err != nil {
		return s, err
	}
	if err := os.WriteFile(s.artifact, program, 0o755); err != nil {
		return s, err
	}
	return s, s.helpers()
}

// helpers are the executables that the stock CLI finds on its PATH: providers,
// language host, program.
func (s suite) helpers() error {
	me, err := os.Executable()
	if err != nil {
		return err
	}
	links := map[string]string{nameLangHost: me, nameProgram: me, nameBare: me, nameGuest: me}
	for _, p := range offline.Providers() {
		links[offline.PluginPrefix+p] = s.bin
	}
	if err := os.Mkdir(s.tools, 0o755); err != nil {
		return err
	}
	for name, target := range links {
		if err := os.Symlink(target, filepath.Join(s.tools, name)); err != nil {
			return err
		}
	}
	return nil
}

// clean is the environment without anything of an account or a CLI's own.
func clean(extra ...string) []string {
	var env []string
	for _, e := range os.Environ() {
		switch name, _, _ := strings.Cut(e, "="); {
		case strings.HasPrefix(name, "AWS_"), strings.HasPrefix(name, "PULUMI_"),
			strings.HasPrefix(name, "CLOUDFLARE_"), strings.HasPrefix(name, "RUNG_"):
		default:
			env = append(env, e)
		}
	}
	return append(env, extra...)
}

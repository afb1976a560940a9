package engine

import (
	"bufio"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// The module that pins the CLI, as in tools/: a rung that was installed without
// its source must be able to build it too. A test keeps the copies equal.
var (
	//go:embed cli/go.mod.txt
	toolsMod []byte
	//go:embed cli/go.sum.txt
	toolsSum []byte
)

const (
	cliPackage = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
	// versionVariable is empty in a plain build, and the CLI would then not say
	// its version, which the Automation API asks for.
	versionVariable = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version"
)

// build compiles the pinned CLI into root/bin. It takes about five minutes on two
// cores the first time, and needs the Go toolchain and a Go module proxy.
func build(ctx context.Context, root string, log func(string)) error {
	goTool, err := exec.LookPath("go")
	if err != nil {
		return setupf("the Go toolchain is not on the PATH: install Go, or Pulumi %s (https://www.pulumi.com/docs/install/)",
			Pinned)
	}
	src := filepath.Join(root, "src")
	if err := writeTools(src); err != nil {
		return err
	}
	log(fmt.Sprintf("building the Pulumi CLI %s from source, once; this takes about 5 minutes on two cores", Pinned))
	cmd := exec.CommandContext(ctx, goTool, "build", "-v",
		"-ldflags", fmt.Sprintf("-s -w -X %s=v%s", versionVariable, Pinned),
		"-o", filepath.Join(root, "bin", "pulumi"), cliPackage)
	cmd.Dir = src
	cmd.Env = toolsEnvironment()
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = killAfter
	if err := follow(cmd, log); err != nil {
		return err
	}
	return os.RemoveAll(src)
}

// toolsEnvironment has the toolchain's own settings, so that the build shares its
// cache with rung's.
func toolsEnvironment() []string {
	return append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=readonly")
}

func writeTools(dir string) error {
	return errors.Join(
		os.MkdirAll(dir, 0o755),
		os.WriteFile(filepath.Join(dir, "go.mod"), toolsMod, 0o644),
		os.WriteFile(filepath.Join(dir, "go.sum"), toolsSum, 0o644),
	)
}

// follow runs a go build -v, counts the packages it names and keeps the rest for
// the error.
func follow(cmd *exec.Cmd, log func(string)) error {
	out, err := cmd.StderrPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	said := watch(out, log, time.Now)
	if err := cmd.Wait(); err != nil {
		return fmt.Errorf("%w: %s", err, strings.Join(said, "\n"))
	}
	return nil
}

// tellEvery is how often a build says how far it is.
const tellEvery = 15 * time.Second

// watch counts the package names in a build's output and returns its last other lines.
func watch(out io.Reader, log func(string), now func() time.Time) (said []string) {
	start, told, packages := now(), now(), 0
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if text := lines.Text(); strings.ContainsAny(text, " :") {
			said = append(said, text)
			said = said[max(0, len(said)-20):]
			continue
		}
		packages++
		if now().Sub(told) >= tellEvery {
			told = now()
			log(fmt.Sprintf("building the Pulumi CLI: %d packages compiled in %s", packages, told.Sub(start).Round(time.Second)))
		}
	}
	return said
}

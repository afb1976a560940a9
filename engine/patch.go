package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// The CLI that is compiled here differs from Pulumi's in one place. With a file
// as its backend the engine writes the whole state before and after each step,
// and answers the steps one by one: 2,000 resources mean 4,000 writes of up to
// 10 MB. Ours answers together the steps that wait for a write. What a write
// means is unchanged: no step goes on before what it did is saved. The official
// CLI does the same work, only slower.

// patchName names the change in the cache; give another when the change changes.
const patchName = "grouped-saves"

// patched is the file of pulumi's pkg module that is changed.
var patched = filepath.Join("backend", "snapshot.go")

// oneByOne is what the pinned version has.
const oneByOne = `			var err error
			if request.mutator() {
				err = sm.saveSnapshot()
				hasElidedWrites = false
			} else {
				hasElidedWrites = true
			}
			request.result <- err
`

// together is what it is changed to.
const together = `			// rung: one save answers all that wait for one.
			batch, write := []mutationRequest{request}, request.mutator()
		gather:
			for {
				select {
				case next := <-mutationRequests:
					batch, write = append(batch, next), next.mutator() || write
				default:
					break gather
				}
			}
			var err error
			if write {
				err = sm.saveSnapshot()
			}
			hasElidedWrites = !write
			for _, waiting := range batch {
				waiting.result <- err
			}
`

const pkgModule = "github.com/pulumi/pulumi/pkg/v3"

// patch lays a changed copy of pulumi's module beside the go.mod in src and makes
// that use it: the toolchain lets nobody change a file of its module cache.
func patch(ctx context.Context, goTool, src string) error {
	original, err := downloaded(ctx, goTool, src)
	if err != nil {
		return err
	}
	copied := filepath.Join(src, "pkg")
	if err := os.CopyFS(copied, os.DirFS(original)); err != nil {
		return fmt.Errorf("copy %s: %w", original, err)
	}
	return errors.Join(patchFile(filepath.Join(copied, patched)), useCopy(filepath.Join(src, "go.mod")))
}

// downloaded is the directory of the pinned module.
func downloaded(ctx context.Context, goTool, src string) (string, error) {
	cmd := exec.CommandContext(ctx, goTool, "mod", "download", "-json", pkgModule)
	cmd.Dir, cmd.Env = src, toolsEnvironment()
	out, err := cmd.Output()
	var module struct{ Dir, Error string }
	if failed := json.Unmarshal(out, &module); err != nil || failed != nil {
		return "", fmt.Errorf("fetch %s: %w: %s", pkgModule, errors.Join(err, failed), module.Error)
	}
	return module.Dir, nil
}

func patchFile(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("read what is to be changed: %w", err)
	}
	if strings.Count(string(text), oneByOne) != 1 {
		return fmt.Errorf("change %s: it is not what rung knows of pulumi %s", path, Pinned)
	}
	return os.WriteFile(path, []byte(strings.Replace(string(text), oneByOne, together, 1)), 0o644)
}

func useCopy(mod string) error {
	return os.WriteFile(mod, append(toolsMod, "\nreplace "+pkgModule+" => ./pkg\n"...), 0o644)
}

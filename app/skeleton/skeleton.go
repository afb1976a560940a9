// Package skeleton writes an app of one's own on what serves any product: sign-up,
// one table that is cached, spread, searched and told of, with its page, one job, and
// the test of all that.
package skeleton

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

//go:embed files
var files embed.FS

// module is the path of rung's module.
const module = "github.com/rung-dev/rung"

var nameForm = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)

// Write makes the app in dir, which must be empty or not there; its last part is the
// app's name. The app is built against checkout, a directory of rung's source, and
// begins with the libraries' versions of that.
func Write(dir, checkout string) error {
	name := filepath.Base(dir)
	if !nameForm.MatchString(name) {
		return fmt.Errorf("make an app in %s: the name %q must be a-z, 0-9 and -, and begin with a letter", dir, name)
	}
	if left, err := os.ReadDir(dir); err == nil && len(left) > 0 {
		return fmt.Errorf("make an app in %s: it is not empty", dir)
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("make an app: %w", err)
	}
	sums, err := requirements(name, checkout)
	if err != nil {
		return fmt.Errorf("make an app: %w", err)
	}
	err = fs.WalkDir(files, "files", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := files.ReadFile(path)
		if err != nil {
			return err
		}
		at := strings.TrimSuffix(strings.TrimPrefix(path, "files/"), ".txt")
		sums[at] = strings.ReplaceAll(string(text), "NAME", name)
		return nil
	})
	if err != nil {
		return fmt.Errorf("make an app: %w", err)
	}
	for at, text := range sums {
		to := filepath.Join(dir, filepath.FromSlash(at))
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return fmt.Errorf("make an app: %w", err)
		}
		if err := os.WriteFile(to, []byte(text), 0o644); err != nil { //nolint:gosec // it is source
			return fmt.Errorf("make an app: %w", err)
		}
	}
	return nil
}

// requirements are go.mod and go.sum: those of the checkout, which is required itself.
func requirements(name, checkout string) (map[string]string, error) {
	checkout, err := filepath.Abs(checkout)
	if err != nil {
		return nil, err
	}
	mod, err := os.ReadFile(filepath.Join(checkout, "go.mod"))
	if err != nil {
		return nil, fmt.Errorf("read rung's source: %w", err)
	}
	rest, is := strings.CutPrefix(string(mod), "module "+module+"\n")
	if !is {
		return nil, fmt.Errorf("%s: want the source of %s", checkout, module)
	}
	sum, err := os.ReadFile(filepath.Join(checkout, "go.sum"))
	if err != nil {
		return nil, fmt.Errorf("read rung's source: %w", err)
	}
	return map[string]string{"go.sum": string(sum),
			"go.mod": "module " + name + "\n\n// go mod tidy leaves what is needed.\n" +
				strings.TrimLeft(rest, "\n") + "\nrequire " + module + " v0.0.0\n\nreplace " + module + " => " + checkout + "\n"},
		nil
}

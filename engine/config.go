package engine

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"gopkg.in/yaml.v3"

	"github.com/rung-dev/rung/outside/place"
	"github.com/rung-dev/rung/outside/whole"
)

// settings is a Pulumi.<stack>.yaml; what rung does not know it keeps.
type settings map[string]any

func readSettings(path string) (settings, error) {
	text, err := place.Read(path, maxSettings)
	if errors.Is(err, fs.ErrNotExist) {
		return settings{}, nil
	}
	if err != nil {
		return nil, setupf("read the stack configuration: %w", err)
	}
	out := map[string]any{} // not settings: yaml would give nested maps that type too
	if err := yaml.Unmarshal(text, &out); err != nil {
		return nil, setupf("read the stack configuration %s: %w", path, err)
	}
	return out, nil
}

// config is the "config" section, made when missing.
func (s settings) config() map[string]any {
	if c, ok := s["config"].(map[string]any); ok {
		return c
	}
	c := map[string]any{}
	s["config"] = c
	return c
}

// merge lays values over the configuration. Objects and lists come as JSON, which
// is YAML too: they are stored in structure, as `pulumi config` reads them.
func (s settings) merge(values map[string]string) {
	c := s.config()
	for k, v := range values {
		c[k] = structured(v)
	}
}

// drop removes keys from the configuration and tells whether there were any.
func (s settings) drop(keys []string) (found bool) {
	c := s.config()
	for _, k := range keys {
		_, has := c[k]
		found = found || has
		delete(c, k)
	}
	return found
}

func structured(v string) any {
	if v == "" || (v[0] != '{' && v[0] != '[') {
		return v
	}
	var out any
	if err := yaml.Unmarshal([]byte(v), &out); err != nil {
		return v
	}
	return out
}

// write replaces the file in one step.
func (s settings) write(path string) error {
	text, err := yaml.Marshal(map[string]any(s))
	if err != nil {
		return fmt.Errorf("write the stack configuration: %w", err)
	}
	if err := whole.Write(path, text, 0o600); err != nil {
		return setupf("write the stack configuration: %w", err)
	}
	return nil
}

// Config is the stack's own configuration, objects and lists as YAML structure;
// what a run lays over it is not in it.
func (s *Stack) Config() (map[string]any, error) {
	set, err := readSettings(s.paths.config)
	if err != nil {
		return nil, err
	}
	return maps.Clone(set.config()), nil
}

// SetConfig keeps values in the stack's own configuration.
func (s *Stack) SetConfig(values map[string]string) error {
	set, err := readSettings(s.paths.config)
	if err != nil {
		return err
	}
	set.merge(values)
	return set.write(s.paths.config)
}

// keepConfig stores what a run asks for before it runs: one that fails half-way
// has begun to build it. What is for one run only is not kept, and goes where an
// older rung has kept it.
func (s *Stack) keepConfig() error {
	set, err := readSettings(s.paths.config)
	if err != nil {
		return err
	}
	stale := set.drop(s.opts.ForOneRun)
	kept := maps.Clone(s.opts.Config)
	maps.DeleteFunc(kept, func(k, _ string) bool { return slices.Contains(s.opts.ForOneRun, k) })
	if len(kept) == 0 && !stale {
		return nil
	}
	set.merge(kept)
	return set.write(s.paths.config)
}

// UnsetConfig removes keys from the stack's own configuration.
func (s *Stack) UnsetConfig(keys ...string) error {
	set, err := readSettings(s.paths.config)
	if err != nil {
		return err
	}
	if !set.drop(keys) {
		return nil
	}
	return set.write(s.paths.config)
}

// runConfig writes the configuration of one run to a file of its own, which
// done removes.
func (s *Stack) runConfig() (path string, done func(), err error) {
	set, err := readSettings(s.paths.config)
	if err != nil {
		return "", nil, err
	}
	set.drop(s.opts.ForOneRun)
	set.merge(s.opts.Config)
	f, err := os.CreateTemp("", "rung-run-*.yaml")
	if err != nil {
		return "", nil, setupf("make a temporary file: %w", err)
	}
	path = f.Name()
	if err := errors.Join(f.Close(), set.write(path)); err != nil {
		return "", nil, errors.Join(err, os.Remove(path))
	}
	return filepath.Clean(path), func() { _ = os.Remove(path) }, nil
}

package main

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"gopkg.in/yaml.v3"

	"github.com/rung-dev/rung/engine"
	"github.com/rung-dev/rung/outside/place"
)

// maxSettings is how large the stack's configuration may be, in bytes.
const maxSettings = 1 << 20

// stored reads the stack's own configuration without opening the stack, because
// opening makes files, and nothing may be made for a configuration that is
// wrong. It is empty for a stack that does not exist yet.
func (a *app) stored() (settings, error) {
	name := "Pulumi." + a.flags.stack + ".yaml"
	dirs := []string{filepath.Join(a.flags.dir, ".rung", "workspace")}
	if !a.flags.offline() {
		dirs = []string{a.flags.dir, filepath.Join(a.flags.dir, ".rung", string(engine.AWS))}
	}
	for _, dir := range dirs {
		path := filepath.Join(dir, name)
		text, err := place.Read(path, maxSettings)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, usageError{fmt.Sprintf("read the stack's configuration: %v", err)}
		}
		var file struct {
			Config map[string]any `yaml:"config"`
		}
		if err := yaml.Unmarshal(text, &file); err != nil {
			return nil, usageError{fmt.Sprintf("the configuration %s is damaged and was left as it is: %v", path, err)}
		}
		return ofNamespace(file.Config), nil
	}
	return settings{}, nil
}

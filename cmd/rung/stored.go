package main

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"gopkg.in/yaml.v3"

	"github.com/rung-dev/rung/engine"
	"github.com/rung-dev/rung/outside/place"
	"github.com/rung-dev/rung/stacks/config"
)

// maxSettings is how large the stack's configuration may be, in bytes.
const maxSettings = 1 << 20

// stored reads the stack's own configuration without opening the stack, because
// opening makes files, and nothing may be made for a configuration that is
// wrong. It is empty for a stack that does not exist yet.
func (a *app) stored() (settings, error) {
	path, text, err := a.storedFile()
	if err != nil || path == "" {
		return settings{}, err
	}
	return a.readPulumiFile(path, text)
}

// storedFile is the file of the stack's own configuration; an empty path for none.
func (a *app) storedFile() (path string, text []byte, err error) {
	name := "Pulumi." + a.flags.stack + ".yaml"
	dirs := []string{filepath.Join(engine.Cloud(a.flags.cloud).Root(a.flags.dir), "workspace")}
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
			return "", nil, usageError{fmt.Sprintf("read the stack's configuration: %v", err)}
		}
		return path, text, nil
	}
	return "", nil, nil
}

// pulumiFile is a Pulumi.<stack>.yaml, as much of it as says what a setting is.
type pulumiFile struct {
	SecretsProvider string               `yaml:"secretsprovider"`
	EncryptionSalt  string               `yaml:"encryptionsalt"`
	EncryptedKey    string               `yaml:"encryptedkey"`
	Config          map[string]yaml.Node `yaml:"config"`
}

// readPulumiFile picks rung's keys from a stack's file. What YAML takes for
// something else than is written, and secrets that cannot be opened, are problems
// of their keys.
func (a *app) readPulumiFile(path string, text []byte) (settings, error) {
	var whole any // refuses what unfolds without end, and a key that stands twice
	var file pulumiFile
	if err := errors.Join(yaml.Unmarshal(text, &whole), yaml.Unmarshal(text, &file)); err != nil {
		return nil, usageError{fmt.Sprintf("the configuration %s is damaged and was left as it is: %v", path, err)}
	}
	set, problems := readNodes(file.Config)
	problems = append(problems, a.openSecrets(file, set)...)
	if len(problems) > 0 {
		return nil, fmt.Errorf("%s: %w", path, config.Problems(problems))
	}
	return set, nil
}

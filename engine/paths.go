package engine

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"gopkg.in/yaml.v3"

	"github.com/rung-dev/rung/outside/place"
)

// plugins are the provider plugins that rung itself plays on the offline cloud, and its
// own components for programs that take them as a package.
var plugins = []string{"aws", "cloudflare", "random", "rung"}

// paths are the files of one stack.
type paths struct {
	root    string // Cloud.Root, or a temporary directory for a scratch stack
	work    string // Pulumi.yaml and Pulumi.<stack>.yaml
	state   string // the file backend; empty on AWS
	plugins string // links to the executable; empty on AWS
	home    string // PULUMI_HOME; empty on AWS, where it is the user's
	cloud   string // the simulated accounts; empty on AWS
	config  string // the stack's own configuration
	deploy  string // the file backend's state of the stack; empty on AWS
	locks   string // the file backend's locks of the stack; empty on AWS
	journal string // where the linked engine notes the steps of a run; empty on AWS and for a scratch stack
	scratch bool
}

// layout decides where things go; it makes nothing but a scratch directory.
func (o Options) layout() (paths, error) {
	p := paths{root: o.Cloud.Root(o.Dir), scratch: o.Scratch}
	if o.Scratch {
		dir, err := os.MkdirTemp("", "rung-scratch-")
		if err != nil {
			return p, setupf("make a temporary directory: %w", err)
		}
		p.root = dir
	}
	if o.Cloud == AWS {
		p.work = awsWorkDir(o.Dir, p.root)
		p.config = filepath.Join(p.work, "Pulumi."+o.Stack+".yaml")
		return p, nil
	}
	p.work = filepath.Join(p.root, "workspace")
	p.state = filepath.Join(p.root, "state")
	p.plugins = filepath.Join(p.root, "plugins")
	p.home = filepath.Join(p.root, "home")
	p.cloud = filepath.Join(p.root, "cloud.json")
	if !o.Scratch {
		p.journal = filepath.Join(p.root, "journal", o.Stack+".jsonl")
	}
	p.config = filepath.Join(p.work, "Pulumi."+o.Stack+".yaml")
	p.deploy = filepath.Join(p.state, ".pulumi", "stacks", Project, o.Stack+".json")
	p.locks = filepath.Join(p.state, ".pulumi", "locks", "organization", Project, o.Stack)
	return p, nil
}

// awsWorkDir is the user's own checkout when that is the rung project, so that
// stack files are shared with the stock CLI; else a directory under .rung.
func awsWorkDir(dir, root string) string {
	var project struct {
		Name string `yaml:"name"`
	}
	text, err := place.Read(filepath.Join(dir, "Pulumi.yaml"), maxSettings)
	if err == nil && yaml.Unmarshal(text, &project) == nil && project.Name == Project {
		return dir
	}
	return filepath.Join(root, "aws")
}

// runFile is where the runs of a stack are noted; stacks of one name on two clouds
// have nothing to do with each other.
func (p paths) runFile(o Options) string {
	dir := filepath.Join(p.root, "runs")
	if o.Cloud == AWS {
		dir = filepath.Join(dir, string(AWS))
	}
	return filepath.Join(dir, o.Stack+".json")
}

// check reports damaged files, all at once, and touches none.
func (p paths) check(o Options) error {
	var errs []error
	if info, err := os.Stat(o.Dir); err == nil && !info.IsDir() {
		errs = append(errs, setupf("%s is not a directory", o.Dir))
	}
	if o.Cloud == AWS {
		errs = append(errs, thisMachine().check(p.config))
	}
	if err := p.trusted(); err != nil { // what is another's is not read
		return errors.Join(append(errs, err)...)
	}
	errs = append(errs, wellFormed(p.cloud, "the offline cloud", maxState, jsonObject))
	errs = append(errs, wellFormed(p.deploy, "the state of stack "+o.Stack, maxState, jsonObject))
	errs = append(errs, wellFormed(p.config, "the configuration of stack "+o.Stack, maxSettings, yaml.Unmarshal))
	return errors.Join(errs...)
}

// wellFormed accepts a missing file: it will be made.
func wellFormed(path, what string, most int64, unmarshal func([]byte, any) error) error {
	if path == "" {
		return nil
	}
	text, err := place.Read(path, most)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return setupf("read %s: %w", what, err)
	}
	var v map[string]any
	if err := unmarshal(text, &v); err != nil {
		return setupf("%s is damaged and was left as it is: %s: %w; repair the file, restore a copy, or move it away to "+
			"start anew", what, path, err)
	}
	return nil
}

// jsonObject reads text that is right ten times as fast as json.Unmarshal, which says
// what is wrong with all other.
func jsonObject(text []byte, v any) error {
	if json.Valid(text) && bytes.HasPrefix(bytes.TrimSpace(text), []byte("{")) {
		return nil
	}
	return json.Unmarshal(text, v)
}

// prepare makes the directories and the plugin links.
func (p paths) prepare(o Options) error {
	for _, dir := range []string{p.work, p.state, p.plugins, p.home} {
		if dir == "" {
			continue
		}
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return setupf("make %s: %w; choose a directory that can be written with --dir", dir, err)
		}
	}
	if err := errors.Join(writable(p.work), p.writeProject()); err != nil {
		return err
	}
	if o.Cloud == AWS {
		return nil
	}
	return p.link(o.Executable)
}

func writable(dir string) error {
	f, err := os.CreateTemp(dir, ".writable-")
	if err != nil {
		return setupf("write into %s: %w; choose a directory that can be written with --dir", dir, err)
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// link points the plugin names at the executable. A rename replaces an old link
// in one step, so that a run beside this one never finds it missing.
func (p paths) link(executable string) error {
	if executable == "" {
		var err error
		if executable, err = os.Executable(); err != nil {
			return fmt.Errorf("find the running executable: %w", err)
		}
	}
	for _, name := range plugins {
		link := filepath.Join(p.plugins, "pulumi-resource-"+name)
		if now, err := os.Readlink(link); err == nil && now == executable {
			continue
		}
		fresh := fmt.Sprintf("%s.%d", link, os.Getpid())
		if err := os.Symlink(executable, fresh); err != nil {
			return setupf("link the offline plugin %s: %w", link, err)
		}
		if err := os.Rename(fresh, link); err != nil {
			return errors.Join(setupf("link the offline plugin %s: %w", link, err), os.Remove(fresh))
		}
	}
	return nil
}

func (p paths) remove() error {
	if !p.scratch {
		return nil
	}
	return os.RemoveAll(p.root)
}

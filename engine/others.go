package engine

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/gofrs/flock"

	"github.com/rung-dev/rung/engine/store"
)

// Others are the names, in order, of other stacks of the same offline cloud that have
// resources, or that a run has just now; one whose state cannot be read counts as one
// that has some. On AWS nothing is known of others.
func (s *Stack) Others() (names []string) {
	if s.paths.state == "" {
		return nil
	}
	states, runs := filepath.Dir(s.paths.deploy), filepath.Dir(s.paths.runFile(s.opts))
	for _, dir := range []string{states, runs} {
		files, _ := filepath.Glob(filepath.Join(dir, "*.json")) // the pattern is well-formed
		for _, file := range files {
			name := strings.TrimSuffix(filepath.Base(file), ".json")
			if name != s.opts.Stack && (dir == runs && held(file) || dir == states && s.stands(name)) {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// held reports whether a run has the stack whose runs are noted in a file.
func held(file string) bool {
	lock := flock.New(file)
	got, err := lock.TryLock()
	return err != nil || !got || lock.Unlock() != nil
}

// stands reports whether another stack has resources.
func (s *Stack) stands(name string) bool {
	at := store.At(s.paths.state, Project, name, filepath.Join(s.paths.root, "journal", name+".jsonl"))
	d, err := at.Read()
	return err != nil || d.Deployment != nil && len(d.Deployment.Resources) > 0
}

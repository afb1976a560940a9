//go:build linux

package process

import (
	"errors"
	"os"
	"strconv"
	"syscall"
	"time"
)

// Tree is a process with all that it has started and that still are its children's
// children, itself first; empty where it has ended.
func (i Identity) Tree() []Identity {
	if !i.Alive() {
		return nil
	}
	children := map[int][]int{}
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return []Identity{i}
	}
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		if fields := stat(pid); len(fields) > 1 {
			parent, _ := strconv.Atoi(string(fields[1]))
			children[parent] = append(children[parent], pid)
		}
	}
	tree := []Identity{i}
	for n := 0; n < len(tree); n++ {
		for _, pid := range children[tree[n].PID] {
			tree = append(tree, Identify(pid))
		}
	}
	return tree
}

// KillTree ends a process and all that it has started at once, as a power cut would,
// and returns when none of them runs any more.
func (i Identity) KillTree(within time.Duration) error {
	tree := i.Tree()
	var errs []error
	for _, p := range tree { // the first can start no other afterwards
		errs = append(errs, p.Signal(syscall.SIGKILL))
	}
	for end := time.Now().Add(within); ; time.Sleep(5 * time.Millisecond) {
		left := 0
		for _, p := range tree {
			if p.Alive() {
				left++
			}
		}
		if left == 0 {
			return nil
		}
		if time.Now().After(end) {
			return errors.Join(append(errs, errors.New("kill process "+strconv.Itoa(i.PID)+" and what it has started: "+
				strconv.Itoa(left)+" of them run on after SIGKILL"))...)
		}
	}
}

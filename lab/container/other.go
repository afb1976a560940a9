//go:build !linux

package container

import (
	"errors"
	"os"

	"github.com/rung-dev/rung/lab/process"
)

const inside, plan = "inside", 3

var errLinux = errors.New("images run in the lab on Linux alone")

func (m Machine) run(asked) (int, error) { return failed, errLinux }

func within(*os.File) error { return errLinux }

// Probe fails: the lab is for Linux only.
func Probe() error { return errLinux }

// Command is for Linux only.
func Command(process.Identity, []string) []string { return nil }

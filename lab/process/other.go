//go:build !linux

package process

import (
	"errors"
	"syscall"
	"time"
)

// Where there is no /proc nothing was started, and so nothing runs.

// Identify is for Linux only.
func Identify(pid int) Identity { return Identity{PID: pid} }

// Alive is for Linux only.
func (Identity) Alive() bool { return false }

// Signal is for Linux only.
func (Identity) Signal(syscall.Signal) error { return errors.ErrUnsupported }

// Kill is for Linux only.
func (Identity) Kill() error { return errors.ErrUnsupported }

// End is for Linux only.
func (Identity) End(syscall.Signal, time.Duration) error { return errors.ErrUnsupported }

// Tree is for Linux only.
func (Identity) Tree() []Identity { return nil }

// KillTree is for Linux only.
func (Identity) KillTree(time.Duration) error { return errors.ErrUnsupported }

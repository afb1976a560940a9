//go:build !linux

package hand

import (
	"errors"

	"github.com/rung-dev/rung/lab/process"
)

// The lab runs on Linux, and so nothing runs here that could be broken.

func do(fault) error                { return errors.ErrUnsupported }
func undo(fault) error              { return errors.ErrUnsupported }
func pause(process.Identity) error  { return errors.ErrUnsupported }
func resume(process.Identity) error { return errors.ErrUnsupported }
func fill(process.Identity) error   { return errors.ErrUnsupported }

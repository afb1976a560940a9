//go:build !linux

package hand

import (
	"errors"

	"github.com/rung-dev/rung/lab/process"
)

// The lab runs on Linux, and so nothing runs here that could be struck.

func do(struck) error               { return errors.ErrUnsupported }
func undo(struck) error             { return errors.ErrUnsupported }
func pause(process.Identity) error  { return errors.ErrUnsupported }
func resume(process.Identity) error { return errors.ErrUnsupported }
func fill(process.Identity) error   { return errors.ErrUnsupported }

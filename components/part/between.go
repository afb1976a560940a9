package part

import "fmt"

// Between is nil for a number within the bounds, and otherwise the problem of the
// field: what it has, and what is allowed.
func Between(field string, got, low, high int) error {
	if got < low || got > high {
		return fmt.Errorf("%s: got %d, want %d to %d", field, got, low, high)
	}
	return nil
}

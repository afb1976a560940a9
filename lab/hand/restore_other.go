//go:build !linux

package hand

import "errors"

func copyAs(string, string, string) error     { return errors.ErrUnsupported }
func writeAs(string, map[string]string) error { return errors.ErrUnsupported }
func startAs(string, string, ...string) (func() error, error) {
	return nil, errors.ErrUnsupported
}

//go:build !windows

package whole

import (
	"errors"
	"os"
)

// SyncFolder makes a new name in a folder last through a crash of the machine.
func SyncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

//go:build unix

package edge

import (
	"io/fs"
	"os"
	"syscall"
)

// keepOwner gives a file to whom another belongs.
func keepOwner(path string, like fs.FileInfo) error {
	was, known := like.Sys().(*syscall.Stat_t)
	if !known {
		return nil
	}
	return os.Chown(path, int(was.Uid), int(was.Gid))
}

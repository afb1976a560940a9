//go:build !windows

package place

import (
	"io/fs"
	"syscall"
)

// OwnerOf is the user to whom a file belongs; not known where the system has no
// such numbers (Windows).
func OwnerOf(info fs.FileInfo) (uid int, known bool) {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, false
	}
	return int(stat.Uid), true
}

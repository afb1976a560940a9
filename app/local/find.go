package local

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"

	"golang.org/x/sys/unix"
)

// Hint says what to do where a program is missing.
const Hint = "run app/apptest/install.sh as root on Debian, or install postgresql (14 or newer), redis (6 or newer) " +
	"and, for the tests, chromium by hand"

// postgresBin is the directory of initdb, pg_basebackup and postgres: the
// newest that Debian has installed, else where the PATH finds it.
func postgresBin() (string, error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb") // the pattern is correct
	for _, dir := range []string{"/opt/homebrew/opt", "/usr/local/opt"} {
		more, _ := filepath.Glob(dir + "/postgresql@*/bin/initdb")
		found = append(found, more...)
	}
	if len(found) > 0 {
		slices.Sort(found)
		return filepath.Dir(found[len(found)-1]), nil
	}
	path, err := exec.LookPath("initdb")
	if err != nil {
		return "", fmt.Errorf("find PostgreSQL's initdb: %w: %s", err, Hint)
	}
	return filepath.Dir(path), nil
}

// scratchNeeds is how much memory data that nobody keeps may take, in bytes.
const scratchNeeds = 1 << 30

// Scratch is the directory for data that ends with this process: in memory where
// there is enough of that, because on a disk that others write to PostgreSQL takes
// several times as long to begin; else that of temporary files. TMPDIR is heeded.
func Scratch() string {
	const memory = "/dev/shm"
	var s unix.Statfs_t
	if os.Getenv("TMPDIR") == "" && unix.Statfs(memory, &s) == nil && s.Bavail*uint64(s.Bsize) >= scratchNeeds { //nolint:gosec,unconvert // a size, whose type is the system's
		return memory
	}
	return os.TempDir()
}

func redisServer() (string, error) {
	path, err := exec.LookPath("redis-server")
	if err != nil {
		return "", fmt.Errorf("find redis-server: %w: %s", err, Hint)
	}
	return path, nil
}

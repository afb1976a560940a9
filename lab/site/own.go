package site

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// machinePath is where a machine's programs are looked for, as in the shell that starts
// an app: what a user's own PATH has besides is not found there.
var machinePath = []string{"/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"}

// ownPackages are Debian's packages with the programs that somebody's own app may need.
var ownPackages = map[string]string{
	"node": "nodejs", "python3": "python3", "ruby": "ruby", "java": "default-jre-headless", "psql": "postgresql-client",
	"systemd-analyze": "systemd", "flock": "util-linux",
}

// MissingOf fails where programs are not installed that somebody's own app needs in the
// lab, where an installed version stands in for the one of the machines' image.
func MissingOf(programs []string) error {
	var missing, packages []string
	for _, p := range programs {
		if !onMachines(p) {
			missing, packages = append(missing, p), append(packages, ownPackages[p])
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return fmt.Errorf("your app needs programs that are not installed in %s: %s; on Debian or Ubuntu: sudo apt-get "+
		"install %s", strings.Join(machinePath, ":"), strings.Join(missing, ", "), strings.Join(packages, " "))
}

func onMachines(program string) bool {
	for _, dir := range machinePath {
		if info, err := os.Stat(filepath.Join(dir, program)); err == nil && info.Mode().IsRegular() &&
			info.Mode().Perm()&0o111 != 0 {
			return true
		}
	}
	return false
}

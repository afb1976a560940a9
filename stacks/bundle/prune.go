package bundle

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// keptBundles are how many a directory keeps: the one of each stack that somebody
// works on, and some before it.
const keptBundles = 10

// Prune deletes the oldest bundles of a directory.
func Prune(dir string) error {
	paths, err := filepath.Glob(filepath.Join(dir, "app-*"))
	if err != nil {
		return fmt.Errorf("list the bundles: %w", err)
	}
	changed := map[string]time.Time{}
	paths = slices.DeleteFunc(paths, func(p string) bool {
		info, err := os.Lstat(p)
		if err != nil || !info.Mode().IsRegular() {
			return true // gone, or none
		}
		changed[p] = info.ModTime()
		return false
	})
	slices.SortFunc(paths, func(a, b string) int {
		return changed[b].Compare(changed[a])*2 + strings.Compare(a, b)
	})
	for _, p := range paths[min(keptBundles, len(paths)):] {
		if err := os.Remove(p); err != nil && !os.IsNotExist(err) {
			return fmt.Errorf("delete an old bundle: %w", err)
		}
	}
	return nil
}

package trial

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
)

// tree is what lies in a folder: each file with its size and time.
func tree(dir string) (map[string]string, error) {
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		files[name] = fmt.Sprint(info.Size(), info.ModTime().UnixNano())
		return err
	})
	return files, err
}

// lies is what lies in the app's folder and in its home.
func (t *trial) lies() map[string]string {
	all := map[string]string{}
	for dir, as := range map[string]string{t.files(): "", t.home(): "$HOME"} {
		files, err := tree(dir)
		if err != nil {
			continue // a folder that is not there has no files
		}
		for name, is := range files {
			all[filepath.Join(as, name)] = is
		}
	}
	return all
}

// list names some files.
func list(names []string) string {
	const most = 3
	slices.Sort(names)
	if len(names) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
	}
	return strings.Join(names, ", ")
}

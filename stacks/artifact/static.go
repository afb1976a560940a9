package artifact

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rung-dev/rung/app/contract"
)

// static asks the app, built for this machine, to write its static files, once
// for each version of the app.
func static(ctx context.Context, root, cache, version string) ([]File, error) {
	dir := filepath.Join(cache, "static-"+version)
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		if err := write(ctx, root, cache, dir); err != nil {
			return nil, fmt.Errorf("write the app's static files: %w", err)
		}
	}
	return list(dir)
}

// write goes through a second directory, so that what stands is complete.
func write(ctx context.Context, root, cache, dir string) error {
	host := filepath.Join(cache, "app-host")
	if err := compile(ctx, root, host); err != nil {
		return err
	}
	parts := dir + ".parts"
	if err := os.RemoveAll(parts); err != nil {
		return err
	}
	if text, err := exec.CommandContext(ctx, host, "assets", parts).CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, strings.TrimSpace(string(text)))
	}
	return os.Rename(parts, dir)
}

// list leaves out what is not served by itself: the CDN compresses on the way,
// and the manifest is for tools.
func list(dir string) ([]File, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("list the app's static files: %w", err)
	}
	var files []File
	for _, e := range entries {
		if slices.Contains([]string{".br", ".gz", ".json"}, filepath.Ext(e.Name())) {
			continue
		}
		key := strings.TrimPrefix(contract.StaticPrefix, "/") + e.Name()
		files = append(files, File{Key: key, Path: filepath.Join(dir, e.Name())})
	}
	return files, nil
}

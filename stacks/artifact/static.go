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

// Static are the static files of this project's app, for a plan that is only shown: the small
// program that writes them is built, in a second, and not the app, which takes minutes the
// first time. It fails where Resolve would not build the app.
func Static(ctx context.Context, dir string) ([]File, error) {
	root, err := checkout(dir, compiledFrom())
	if err != nil {
		return nil, err
	}
	cache, unlock, err := workshop(ctx)
	if err != nil {
		return nil, err
	}
	defer unlock()
	return static(ctx, root, cache)
}

// static has the app's static files written once for each version of them.
func static(ctx context.Context, root, cache string) ([]File, error) {
	dir, err := written(ctx, root, cache)
	if err != nil {
		return nil, fmt.Errorf("write the app's static files: %w", err)
	}
	return list(dir)
}

// written is the directory with the files. Their version is that of the program that writes
// them, for it holds them.
func written(ctx context.Context, root, cache string) (string, error) {
	writer := filepath.Join(cache, "app-assets")
	if err := compile(ctx, root, writer, "./app/assets/write"); err != nil {
		return "", err
	}
	version, err := hash(writer)
	if err != nil {
		return "", err
	}
	dir := filepath.Join(cache, "static-"+version)
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		return dir, err
	}
	return dir, write(ctx, writer, dir)
}

// write goes through a second directory, so that what stands is complete.
func write(ctx context.Context, writer, dir string) error {
	parts := dir + ".parts"
	if err := os.RemoveAll(parts); err != nil {
		return err
	}
	if text, err := exec.CommandContext(ctx, writer, parts).CombinedOutput(); err != nil {
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

package edge

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
)

// URLFile is the contract with an application that is led to its database: the file
// says where that is.
type URLFile struct{ Path string }

// Pause holds nothing back: that is another's.
func (URLFile) Pause(context.Context) error { return nil }

// Point writes the URL, whole or not at all. Only whoever has the file's directory and
// those of its group may read it: there is a password in it.
func (f URLFile) Point(_ context.Context, url string) error {
	dir, err := os.Stat(filepath.Dir(f.Path))
	if err != nil {
		return fmt.Errorf("lead the application to its database: %w", err)
	}
	temp := filepath.Join(filepath.Dir(f.Path), ".rung-"+filepath.Base(f.Path))
	if err := os.WriteFile(temp, []byte(url+"\n"), 0o640); err != nil { //nolint:gosec // the application is of the group
		return fmt.Errorf("lead the application to its database: %w", err)
	}
	if err := os.Chmod(temp, 0o640); err != nil { // whatever the mover's umask is
		return fmt.Errorf("lead the application to its database: %w", err)
	}
	if os.Getuid() == 0 {
		if err := keepOwner(temp, dir); err != nil {
			return fmt.Errorf("lead the application to its database: %w", err)
		}
	}
	return os.Rename(temp, f.Path)
}

// Resume lets nothing go on: Pause holds nothing back.
func (URLFile) Resume(context.Context) error { return nil }

// Says names the file.
func (f URLFile) Says() string { return "DATABASE_URL_FILE (" + f.Path + ") leads the application" }

// leads is a function that leads the application, and holds nothing back.
type leads func(ctx context.Context, url string) error

// Pause holds nothing back: that is another's.
func (leads) Pause(context.Context) error { return nil }

// Point calls it.
func (l leads) Point(ctx context.Context, url string) error { return l(ctx, url) }

// Resume lets nothing go on: Pause holds nothing back.
func (leads) Resume(context.Context) error { return nil }

// Says names it.
func (leads) Says() string { return "the program that moves leads the application" }

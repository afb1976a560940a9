package service

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rung-dev/rung/engine/store"
)

// ErrBackend is a backend whose state cannot be served.
var ErrBackend = errors.New("no journal can be kept there")

// Stacks are where the stacks of a backend lie, by its address as `pulumi login` takes it:
// file:// with a folder, or s3:// with a bucket, a prefix and the parameters region, profile,
// endpoint and s3ForcePathStyle. It is an ErrBackend for every other. The journal of a
// folder lies in it, too.
func Stacks(ctx context.Context, backend string) (func(project, name string) store.Stack, error) {
	u, err := url.Parse(backend)
	if err != nil {
		return nil, fmt.Errorf("%w: read the address %s: %w", ErrBackend, backend, err)
	}
	switch u.Scheme {
	case "file":
		root, err := folder(strings.TrimPrefix(backend, "file://"))
		return inFolder(root), err
	case "s3":
		b, err := openS3(ctx, u)
		if err != nil {
			return nil, err
		}
		return func(project, name string) store.Stack { return store.In(b, project, name) }, nil
	}
	return nil, fmt.Errorf("%w: %s: want file:// or s3://", ErrBackend, backend)
}

// folder is the path of a file:// address, as Pulumi reads it.
func folder(text string) (string, error) {
	text, _, _ = strings.Cut(text, "?")
	if rest, home := strings.CutPrefix(text, "~"); home {
		dir, err := os.UserHomeDir()
		return filepath.Join(dir, rest), err
	}
	return filepath.Abs(filepath.FromSlash(text))
}

func inFolder(root string) func(project, name string) store.Stack {
	return func(project, name string) store.Stack {
		return store.At(root, project, name, filepath.Join(root, ".pulumi", "journals", project, name+".jsonl"))
	}
}

// prefixed are objects of a bucket below a prefix.
type prefixed struct {
	store.Blobs
	prefix string
}

func below(b store.Blobs, prefix string) store.Blobs {
	if prefix = strings.Trim(prefix, "/"); prefix == "" {
		return b
	}
	return prefixed{b, prefix}
}

func (p prefixed) at(name string) string { return path.Join(p.prefix, name) }

// Get reads an object below the prefix.
func (p prefixed) Get(name string) ([]byte, error) { return p.Blobs.Get(p.at(name)) }

// Put writes an object below the prefix.
func (p prefixed) Put(name string, text []byte) error { return p.Blobs.Put(p.at(name), text) }

// Create writes an object below the prefix that is not there yet.
func (p prefixed) Create(name string, text []byte) error { return p.Blobs.Create(p.at(name), text) }

// Delete deletes objects below the prefix.
func (p prefixed) Delete(names ...string) error {
	all := slices.Clone(names)
	for i := range all {
		all[i] = p.at(all[i])
	}
	return p.Blobs.Delete(all...)
}

// List are the names below the prefix, without it.
func (p prefixed) List(begins string) ([]string, error) {
	names, err := p.Blobs.List(p.prefix + "/" + begins)
	for i := range names {
		names[i] = strings.TrimPrefix(names[i], p.prefix+"/")
	}
	return names, err
}

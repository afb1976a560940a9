// Package assets holds the static files under names that change with their
// content, so that browsers and CDNs may keep them for ever. They are part of
// the binary, compressed once at start. `app assets` writes the same files for
// a bucket.
package assets

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/andybalholm/brotli"

	"github.com/rung-dev/rung/app/contract"
)

//go:embed files
var files embed.FS

// CacheControl is what a file under a versioned name is served with.
const CacheControl = "public, max-age=31536000, immutable"

// File is one static file.
type File struct {
	Name   string `json:"name"` // with the hash
	Type   string `json:"type"`
	Size   int    `json:"size"`
	plain  []byte
	gzip   []byte // nil where it is not smaller
	brotli []byte
}

// Set is all static files.
type Set struct {
	base   string
	byName map[string]*File // "style.css"
	byHash map[string]*File // "style.1a2b3c4d5e6f.css"
}

// Load reads the embedded files. Base is the URL under which a bucket serves
// them; empty means this app.
func Load(base string) (*Set, error) {
	s := &Set{base: base, byName: map[string]*File{}, byHash: map[string]*File{}}
	entries, err := fs.ReadDir(files, "files")
	if err != nil {
		return nil, fmt.Errorf("read static files: %w", err)
	}
	for _, e := range entries {
		content, err := files.ReadFile("files/" + e.Name())
		if err != nil {
			return nil, fmt.Errorf("read static file %s: %w", e.Name(), err)
		}
		f, err := newFile(e.Name(), content)
		if err != nil {
			return nil, fmt.Errorf("compress %s: %w", e.Name(), err)
		}
		s.byName[e.Name()], s.byHash[f.Name] = f, f
	}
	return s, nil
}

func newFile(name string, content []byte) (*File, error) {
	sum := sha256.Sum256(content)
	ext := path.Ext(name)
	f := &File{Name: strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:6]) + ext,
		Type: mime.TypeByExtension(ext), Size: len(content), plain: content}
	var err error
	f.gzip, err = compress(content,
		func(w io.Writer) (io.WriteCloser, error) { return gzip.NewWriterLevel(w, gzip.BestCompression) })
	if err != nil {
		return nil, err
	}
	f.brotli, err = compress(content, func(w io.Writer) (io.WriteCloser, error) {
		return brotli.NewWriterLevel(w, brotli.BestCompression), nil
	})
	return f, err
}

func compress(content []byte, with func(io.Writer) (io.WriteCloser, error)) ([]byte, error) {
	var b bytes.Buffer
	w, err := with(&b)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(content); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	if b.Len() >= len(content) {
		return nil, nil
	}
	return b.Bytes(), nil
}

// URL is where browsers find a file. An unknown name is a mistake of ours,
// which the tests of the pages find; its URL leads nowhere.
func (s *Set) URL(name string) string {
	f := s.byName[name]
	if f == nil {
		return s.base + contract.StaticPrefix + name
	}
	return s.base + contract.StaticPrefix + f.Name
}

// ServeHTTP serves the file named in the path under contract.StaticPrefix.
func (s *Set) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f := s.byHash[strings.TrimPrefix(r.URL.Path, contract.StaticPrefix)]
	if f == nil {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Cache-Control", CacheControl)
	h.Set("Content-Type", f.Type)
	h.Add("Vary", "Accept-Encoding")
	etag := `"` + f.Name + `"`
	h.Set("ETag", etag)
	if strings.Contains(r.Header.Get("If-None-Match"), etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	body, encoding := f.encoded(r.Header.Get("Accept-Encoding"))
	if encoding != "" {
		h.Set("Content-Encoding", encoding)
	}
	h.Set("Content-Length", fmt.Sprint(len(body)))
	if r.Method != http.MethodHead {
		w.Write(body) //nolint:errcheck // the client went away
	}
}

func (f *File) encoded(accept string) ([]byte, string) {
	switch {
	case f.brotli != nil && accepts(accept, "br"):
		return f.brotli, "br"
	case f.gzip != nil && accepts(accept, "gzip"):
		return f.gzip, "gzip"
	}
	return f.plain, ""
}

// accepts reads Accept-Encoding: a coding that is named and not refused.
func accepts(header, coding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.EqualFold(strings.TrimSpace(name), coding) {
			q := strings.ReplaceAll(params, " ", "")
			return q != "q=0" && q != "q=0.0" && q != "q=0.00" && q != "q=0.000"
		}
	}
	return false
}

// Write puts every file, its compressed forms (.br, .gz) and manifest.json
// below dir. The manifest maps plain names to what a bucket must know.
func (s *Set) Write(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("write assets: %w", err)
	}
	for _, f := range s.byName {
		for suffix, content := range map[string][]byte{"": f.plain, ".gz": f.gzip, ".br": f.brotli} {
			if content == nil {
				continue
			}
			if err := os.WriteFile(filepath.Join(dir, f.Name+suffix), content, 0o644); err != nil {
				return fmt.Errorf("write assets: %w", err)
			}
		}
	}
	manifest, err := json.MarshalIndent(map[string]any{"cache_control": CacheControl, "files": s.byName}, "", "  ")
	if err != nil {
		return fmt.Errorf("write assets: %w", err)
	}
	return os.WriteFile(filepath.Join(dir, "manifest.json"), append(manifest, '\n'), 0o644)
}

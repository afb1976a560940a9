package assets

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"regexp"
	"strings"
)

// File is one file to upload.
type File struct {
	// Key is where it lies in the bucket, "static/app.3f2a91bc.js" say. The
	// CDN serves a key under the same path.
	Key string
	// Path is the local file.
	Path string
	// SHA256 is the hash of its content, in hex; empty has it read from Path.
	SHA256 string
}

// The two ways a file may be cached.
const (
	// Immutable is for files whose name changes with their content.
	Immutable = "public, max-age=31536000, immutable"
	// Revalidate is for everything else: caches keep the file and ask before each use.
	Revalidate = "no-cache"
)

// hashed matches a name that contains a hash of its content: 8 or more hex
// digits between two separators, "app.3f2a91bc.js" or "logo-3f2a91bc0d.svg".
var hashed = regexp.MustCompile(`[.-]([0-9a-f]{8,64})\.[A-Za-z0-9.]+$`)

// CacheControl is how caches may treat the file under that key.
func CacheControl(key string) string {
	if hashed.MatchString(path.Base(key)) && !strings.HasSuffix(key, ".html") {
		return Immutable
	}
	return Revalidate
}

// contentTypes are what browsers need to be told. The table is ours because
// the operating system's differs from machine to machine, and a plan must not.
var contentTypes = map[string]string{
	".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
	".mjs": "text/javascript; charset=utf-8", ".json": "application/json", ".map": "application/json",
	".txt": "text/plain; charset=utf-8", ".xml": "application/xml", ".svg": "image/svg+xml",
	".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif", ".webp": "image/webp",
	".avif": "image/avif", ".ico": "image/x-icon", ".woff": "font/woff", ".woff2": "font/woff2", ".ttf": "font/ttf",
	".wasm": "application/wasm", ".pdf": "application/pdf", ".mp4": "video/mp4", ".webm": "video/webm",
	".webmanifest": "application/manifest+json",
}

// ContentType is the media type of the file under that key;
// application/octet-stream for one that the package does not know.
func ContentType(key string) string {
	if t, ok := contentTypes[strings.ToLower(path.Ext(key))]; ok {
		return t
	}
	return "application/octet-stream"
}

// checkFiles reports files that cannot be uploaded: without key or path, or
// with a key that stands twice or begins with a slash.
func checkFiles(files []File) []error {
	var errs []error
	seen := map[string]bool{}
	for i, f := range files {
		switch {
		case f.Key == "" || strings.HasPrefix(f.Key, "/"):
			errs = append(errs, fmt.Errorf("Files[%d].Key: got %q, want a key that does not begin with a slash", i, f.Key))
		case seen[f.Key]:
			errs = append(errs, fmt.Errorf("Files[%d].Key: %q stands twice", i, f.Key))
		}
		if f.Path == "" {
			errs = append(errs, fmt.Errorf("Files[%d].Path: required", i))
		}
		seen[f.Key] = true
	}
	return errs
}

// Hash is the SHA-256 of a local file in hex.
func Hash(file string) (sum string, err error) {
	f, err := os.Open(file)
	if err != nil {
		return "", fmt.Errorf("hash %s: %w", file, err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", fmt.Errorf("hash %s: %w", file, err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

package assets_test

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/assets"
)

func load(t *testing.T) *assets.Set {
	t.Helper()
	s, err := assets.Load("")
	require.NoError(t, err)
	return s
}

func TestServesInTheBestEncoding(t *testing.T) {
	want, err := os.ReadFile("files/style.css")
	require.NoError(t, err)
	tests := map[string]struct {
		accept, encoding string
		decode           func(io.Reader) (io.Reader, error)
	}{
		"a browser":               {accept: "gzip, deflate, br", encoding: "br", decode: func(r io.Reader) (io.Reader, error) { return brotli.NewReader(r), nil }},
		"an older one":            {accept: "gzip", encoding: "gzip", decode: func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) }},
		"one that refuses brotli": {accept: "br;q=0, gzip", encoding: "gzip", decode: func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) }},
		"one that knows none":     {accept: "", encoding: "", decode: func(r io.Reader) (io.Reader, error) { return r, nil }},
	}
	s := load(t)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest("GET", s.URL("style.css"), nil)
			r.Header.Set("Accept-Encoding", tt.accept)
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r)
			assert.Equal(t, "public, max-age=31536000, immutable", w.Header().Get("Cache-Control"))
			assert.Equal(t, "text/css; charset=utf-8", w.Header().Get("Content-Type"))
			require.Equal(t, tt.encoding, w.Header().Get("Content-Encoding"))
			body, err := tt.decode(w.Body)
			require.NoError(t, err)
			got, err := io.ReadAll(body)
			require.NoError(t, err)
			assert.Equal(t, string(want), string(got))
		})
	}
}

func TestAnswersWhatHasNotChanged(t *testing.T) {
	s := load(t)
	r := httptest.NewRequest("GET", s.URL("style.css"), nil)
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	r.Header.Set("If-None-Match", w.Header().Get("ETag"))
	w = httptest.NewRecorder()
	s.ServeHTTP(w, r)
	assert.Equal(t, 304, w.Code)
	assert.Empty(t, w.Body.String())
}

func TestPlainNamesAreNotServed(t *testing.T) {
	w := httptest.NewRecorder()
	load(t).ServeHTTP(w, httptest.NewRequest("GET", "/static/style.css", nil))
	assert.Equal(t, 404, w.Code, "what may change must not be kept for ever")
}

func TestWrite(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, load(t).Write(dir))
	text, err := os.ReadFile(filepath.Join(dir, "manifest.json"))
	require.NoError(t, err)
	var manifest struct {
		Files map[string]assets.File `json:"files"`
	}
	require.NoError(t, json.Unmarshal(text, &manifest))
	for _, f := range manifest.Files {
		info, err := os.Stat(filepath.Join(dir, f.Name))
		require.NoError(t, err)
		assert.EqualValues(t, f.Size, info.Size())
	}
	assert.FileExists(t, filepath.Join(dir, manifest.Files["style.css"].Name+".br"))
}

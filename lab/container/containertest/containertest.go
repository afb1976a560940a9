// Package containertest makes images for tests, and the registry that has them, in the
// test's own process: no network is asked.
package containertest

import (
	"archive/tar"
	"bytes"
	"io"
	"log"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/stretchr/testify/require"
)

// Registry is a registry on this machine, until the test's end.
func Registry(t *testing.T) (host string) {
	t.Helper()
	server := httptest.NewServer(registry.New(registry.Logger(log.New(io.Discard, "", 0))))
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://")
}

// Program builds a program of Go's standard library that needs no file beside it.
func Program(t *testing.T, folder string) []byte {
	t.Helper()
	to := filepath.Join(t.TempDir(), "program")
	cmd := exec.Command("go", "build", "-trimpath", "-o", to, ".")
	cmd.Dir, cmd.Env = folder, append(os.Environ(), "CGO_ENABLED=0")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	text, err := os.ReadFile(to)
	require.NoError(t, err)
	return text
}

// Link is what a file of a layer holds to be a symbolic link to a path.
func Link(to string) string { return "link to " + to }

// Layer is a layer of an image; a name that ends in a slash is a folder, which all may
// write to where it is tmp/.
func Layer(t *testing.T, files map[string]string) v1.Layer {
	t.Helper()
	var text bytes.Buffer
	w := tar.NewWriter(&text)
	for path, content := range files {
		h := &tar.Header{Name: path, Mode: 0o755, Size: int64(len(content)), Typeflag: tar.TypeReg}
		if to, is := strings.CutPrefix(content, Link("")); is {
			h.Typeflag, h.Linkname, h.Size, content = tar.TypeSymlink, to, 0, ""
		}
		if strings.HasSuffix(path, "/") {
			h.Typeflag = tar.TypeDir
		}
		if path == "tmp/" {
			h.Mode = 0o1777
		}
		require.NoError(t, w.WriteHeader(h))
		_, err := io.WriteString(w, content)
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	layer, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(text.Bytes())), nil
	})
	require.NoError(t, err)
	return layer
}

// Push makes an image of layers for this machine's processor, or for another that is
// named, puts it into a registry and returns its name with its digest.
func Push(t *testing.T, host, repository string, config v1.Config, processor string, layers ...v1.Layer) string {
	t.Helper()
	img, err := mutate.AppendLayers(empty.Image, layers...)
	require.NoError(t, err)
	file, err := img.ConfigFile()
	require.NoError(t, err)
	file.Config, file.OS, file.Architecture = config, "linux", runtime.GOARCH
	if processor != "" {
		file.Architecture = processor
	}
	img, err = mutate.ConfigFile(img, file)
	require.NoError(t, err)
	digest, err := img.Digest()
	require.NoError(t, err)
	ref, err := name.NewDigest(host + "/" + repository + "@" + digest.String())
	require.NoError(t, err)
	require.NoError(t, remote.Write(ref, img))
	return ref.String()
}

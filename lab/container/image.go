package container

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

// image is what an image says about how it is run.
type image struct {
	Entrypoint, Cmd, Env []string
	WorkingDir           string
}

// folder is where an image lies, by its digest: files as its root, and what it says.
func (c Containers) folder(digest string) string {
	return filepath.Join(c.Dir, "images", strings.TrimPrefix(digest, "sha256:"))
}

// rootOf and saysOf are in an image's folder.
const rootOf, saysOf = "files", "image.json"

// Fetch lays an image into the lab, by its reference with a digest, unless it is there. It
// takes the one for this machine's processor, and asks the registry with what `docker
// login` has kept.
func (c Containers) Fetch(ctx context.Context, reference string) error {
	ref, err := name.NewDigest(reference)
	if err != nil {
		return fmt.Errorf("read the image's name %s: %w", reference, err)
	}
	to := c.folder(ref.DigestStr())
	if _, err := os.Stat(filepath.Join(to, saysOf)); err == nil {
		return nil
	}
	img, err := remote.Image(ref, remote.WithContext(ctx), remote.WithAuthFromKeychain(authn.DefaultKeychain),
		remote.WithPlatform(v1.Platform{OS: "linux", Architecture: runtime.GOARCH}))
	if err != nil {
		return fmt.Errorf("fetch the image %s: %w; what the registry wants to know, `docker login %s` keeps", reference,
			err, ref.RegistryStr())
	}
	if err := lay(img, to); err != nil {
		return fmt.Errorf("lay out the image %s: %w", reference, err)
	}
	return nil
}

// lay lays an image's files beside their place, and moves them there when all are.
func lay(img v1.Image, to string) error {
	file, err := img.ConfigFile()
	if err != nil {
		return err
	}
	if file.Architecture != runtime.GOARCH || file.OS != "linux" {
		return fmt.Errorf("it is for %s/%s, and this machine runs linux/%s: build it for both, as in `docker buildx "+
			"build --platform linux/arm64,linux/amd64`", file.OS, file.Architecture, runtime.GOARCH)
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	fresh, err := os.MkdirTemp(filepath.Dir(to), "new-")
	if err != nil {
		return err
	}
	says, err := json.Marshal(image{file.Config.Entrypoint, file.Config.Cmd, file.Config.Env, file.Config.WorkingDir})
	if err == nil {
		err = unpack(img, filepath.Join(fresh, rootOf))
	}
	if err == nil {
		err = errors.Join(os.Chmod(fresh, 0o755), //nolint:gosec // another user looks into it
			os.WriteFile(filepath.Join(fresh, saysOf), says, 0o600))
	}
	if err == nil && os.Rename(fresh, to) == nil {
		return nil
	}
	err = errors.Join(err, os.RemoveAll(fresh))
	if _, there := os.Stat(filepath.Join(to, saysOf)); there == nil { // another has laid it meanwhile
		return nil
	}
	return errors.Join(err, fmt.Errorf("keep it in %s", to))
}

// unpack writes the files of an image's layers, the upper ones over the lower.
func unpack(img v1.Image, to string) error {
	if err := os.Mkdir(to, 0o755); err != nil {
		return err
	}
	files := mutate.Extract(img)
	err := untar(files, to)
	return errors.Join(err, files.Close())
}

// read is what an image that was fetched says.
func (c Containers) read(reference string) (img image, root string, err error) {
	ref, err := name.NewDigest(reference)
	if err != nil {
		return img, "", fmt.Errorf("read the image's name %s: %w", reference, err)
	}
	text, err := os.ReadFile(filepath.Join(c.folder(ref.DigestStr()), saysOf))
	if err != nil {
		return img, "", fmt.Errorf("read the image %s: %w", reference, err)
	}
	return img, filepath.Join(c.folder(ref.DigestStr()), rootOf), json.Unmarshal(text, &img)
}

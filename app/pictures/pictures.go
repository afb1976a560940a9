// Package pictures makes what people send fit to be published: without what the
// camera noted of where and when, but for how the picture lies, by which browsers turn
// it, and small enough to be unpacked. It also makes thumbnails, which are upright.
//
// A file of 300 KB may unpack to 300 MB, so unpacking is bounded twice: one
// picture at a time in a process, and each within a budget of bytes that is
// reckoned from the file's own head before anything is unpacked. To be cleaned no
// picture is unpacked: what is not needed to show it is cut out of the file.
package pictures

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	_ "image/gif" // pictures that people send
	"image/jpeg"
	_ "image/png" // as above
	"net/http"

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp" // as above
)

const (
	// Budget is the most memory that unpacking one picture may take, in bytes.
	Budget = 128 << 20
	// maxSide is the longest side, in pixels.
	maxSide = 20_000
	// thumbnailSide is that of the square in which a thumbnail fits.
	thumbnailSide = 320
	// thumbnailQuality is JPEG's, of 100.
	thumbnailQuality = 80
)

var (
	// ErrKind is returned for what is no picture that browsers show.
	ErrKind = errors.New("must be a PNG, JPEG, GIF or WebP")
	// ErrHEIC is returned for pictures as phones of Apple's keep them.
	ErrHEIC = errors.New("is HEIC, which browsers do not show: send it as JPEG (on an iPhone: Settings, Camera, " +
		"Formats, Most Compatible)")
	// ErrLarge is returned for pictures that take too much memory.
	ErrLarge = errors.New("has too many pixels")
	// ErrBroken is returned for a file that breaks the rules of its kind.
	ErrBroken = errors.New("is damaged")
)

// Kinds are the types that are taken, by the ending of their files.
func Kinds() map[string]string {
	return map[string]string{"image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif", "image/webp": ".webp"}
}

// KindOf is the type of a file by its first bytes; empty means none.
func KindOf(head []byte) string {
	kind := http.DetectContentType(head)
	if _, ok := Kinds()[kind]; ok {
		return kind
	}
	return ""
}

// wrong is why a file is none that is taken.
func wrong(head []byte) error {
	if len(head) >= 12 && string(head[4:8]) == "ftyp" {
		switch string(head[8:12]) {
		case "heic", "heix", "hevc", "hevx", "heim", "heis", "mif1", "msf1":
			return ErrHEIC
		}
	}
	return ErrKind
}

// Studio works on one picture at a time.
type Studio struct{ free chan struct{} }

// NewStudio is the one of a process.
func NewStudio() *Studio { return &Studio{free: make(chan struct{}, 1)} }

func (s *Studio) enter(ctx context.Context) error {
	select {
	case s.free <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait for another picture: %w", context.Cause(ctx))
	}
}

func (s *Studio) leave() { <-s.free }

// Clean is a picture as it may be published, of the same kind. Errors are of those above.
func Clean(content []byte) ([]byte, error) {
	kind := KindOf(content)
	if kind == "" {
		return nil, wrong(content)
	}
	if err := fits(content); err != nil {
		return nil, err
	}
	switch kind {
	case "image/png":
		return cleanPNG(content)
	case "image/gif":
		return cleanGIF(content)
	case "image/webp":
		return cleanWebP(content)
	}
	return cleanJPEG(content)
}

// Thumbnail is a JPEG that fits in a square, turned as the picture says.
func (s *Studio) Thumbnail(ctx context.Context, content []byte) ([]byte, error) {
	if KindOf(content) == "" {
		return nil, wrong(content)
	}
	if err := fits(content); err != nil {
		return nil, err
	}
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.leave()
	picture, _, err := image.Decode(bytes.NewReader(content))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBroken, err)
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, turn(shrunk(picture), orientationOf(content)),
		&jpeg.Options{Quality: thumbnailQuality}); err != nil {
		return nil, fmt.Errorf("write the thumbnail: %w", err)
	}
	return out.Bytes(), nil
}

func shrunk(picture image.Image) *image.RGBA {
	b := picture.Bounds()
	scale := min(1, float64(thumbnailSide)/float64(max(b.Dx(), b.Dy(), 1)))
	side := func(n int) int { return max(int(float64(n)*scale), 1) }
	small := image.NewRGBA(image.Rect(0, 0, side(b.Dx()), side(b.Dy())))
	draw.Draw(small, small.Bounds(), image.White, image.Point{}, draw.Src) // what is transparent is paper
	draw.ApproxBiLinear.Scale(small, small.Bounds(), picture, b, draw.Over, nil)
	return small
}

// fits refuses a picture that takes more than the budget when it is unpacked.
func fits(content []byte) error {
	config, format, err := image.DecodeConfig(bytes.NewReader(content))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrBroken, err)
	}
	w, h := int64(config.Width), int64(config.Height)
	if w < 1 || h < 1 || w > maxSide || h > maxSide {
		return fmt.Errorf("%w: %d by %d, want at most %d on a side", ErrLarge, w, h, maxSide)
	}
	each, once := bytesPerPixel(config, format, content)
	need := int64(float64(w*h) * (each + once))
	if need > Budget {
		return fmt.Errorf("%w: %d by %d pixels take %d MB to unpack, want at most %d", ErrLarge, w, h, need>>20, Budget>>20)
	}
	return nil
}

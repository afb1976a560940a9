package pictures

import (
	"bytes"
	"context"
	"encoding/binary"
	"image"
	"image/color"
	"image/color/palette"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// where is the place that a camera noted.
const where = "GPS 52.5163N 13.3777E"

// withCorner is a picture whose upper left is red and whose rest is blue.
func withCorner(w, h int) *image.RGBA {
	p := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(p, p.Bounds(), image.NewUniform(color.RGBA{B: 255, A: 255}), image.Point{}, draw.Src)
	draw.Draw(p, image.Rect(0, 0, w/2, h/2), image.NewUniform(color.RGBA{R: 255, A: 255}), image.Point{}, draw.Src)
	return p
}

func asJPEG(t testing.TB, p image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, jpeg.Encode(&b, p, &jpeg.Options{Quality: 95}))
	return b.Bytes()
}

func asPNG(t testing.TB, p image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, p))
	return b.Bytes()
}

func asGIF(t testing.TB) []byte {
	t.Helper()
	frame := func() *image.Paletted { return image.NewPaletted(image.Rect(0, 0, 20, 10), palette.Plan9) }
	var b bytes.Buffer
	require.NoError(t, gif.EncodeAll(&b,
		&gif.GIF{Image: []*image.Paletted{frame(), frame()}, Delay: []int{1, 1}, LoopCount: 3}))
	return b.Bytes()
}

func segment(marker byte, data string) []byte {
	return append(binary.BigEndian.AppendUint16([]byte{0xff, marker}, uint16(len(data)+2)), data...)
}

// fromPhone adds what cameras and programs note.
func fromPhone(plain []byte, o orientation) []byte {
	out := append([]byte{}, plain[:2]...)
	out = append(out, segment(app1, string(exifHead)+string(onlyOrientation(o))+where)...)
	out = append(out, segment(app1, "http://ns.adobe.com/xap/1.0/\x00"+where)...)
	out = append(out, segment(0xed, "Photoshop 3.0\x00"+where)...)
	out = append(out, segment(comment, where)...)
	out = append(out, plain[2:]...)
	return append(out, "film that follows: "+where...)
}

func size(t *testing.T, content []byte) (w, h int) {
	t.Helper()
	c, _, err := image.DecodeConfig(bytes.NewReader(content))
	require.NoError(t, err)
	return c.Width, c.Height
}

func isRed(c color.Color) bool { r, _, b, _ := c.RGBA(); return r > 0xa000 && b < 0x6000 }

// A phone's picture is published without the place, and with how it was held; its
// thumbnail is upright.
func TestPhonePicturesAreStrippedAndLieRight(t *testing.T) {
	corners := map[orientation][2]int{1: {0, 0}, 2: {1, 0}, 3: {1, 1}, 4: {0, 1}, 5: {0, 0}, 6: {1, 0}, 7: {1, 1},
		8: {0, 1}}
	for o, corner := range corners {
		for name, p := range map[string]image.Image{"colour": withCorner(63, 31), "grey": grey(withCorner(64, 32))} {
			content := fromPhone(asJPEG(t, p), o)
			clean, err := Clean(content)
			require.NoError(t, err)
			assert.NotContains(t, string(clean), where)
			assert.Equal(t, o, orientationOf(clean), "a browser turns it")
			assert.Equal(t, o.needed(), bytes.Contains(clean, exifHead))
			for _, from := range [][]byte{content, clean} {
				small, err := NewStudio().Thumbnail(t.Context(), from)
				require.NoError(t, err)
				w, h := size(t, small)
				assert.Equal(t, o.swaps(), h > w, "%s %d: %dx%d", name, o, w, h)
				decoded, err := jpeg.Decode(bytes.NewReader(small))
				require.NoError(t, err)
				x, y := w/8+corner[0]*w*3/4, h/8+corner[1]*h*3/4
				if name == "colour" {
					assert.True(t, isRed(decoded.At(x, y)), "%d: %v at %d,%d of %dx%d", o, decoded.At(x, y), x, y, w, h)
					assert.False(t, isRed(decoded.At(w-1-x, h-1-y)), "%d", o)
				}
			}
		}
	}
}

func grey(p image.Image) image.Image {
	out := image.NewGray(p.Bounds())
	draw.Draw(out, out.Bounds(), p, image.Point{}, draw.Src)
	return out
}

// Every way to lie is undone by the slow and obvious method as well.
func TestTurnIsWhatItSays(t *testing.T) {
	p := image.NewRGBA(image.Rect(0, 0, 5, 3))
	for i := range p.Pix {
		p.Pix[i] = byte(i * 7)
	}
	for o := orientation(1); o <= 8; o++ {
		got := turn(p, o)
		for y := range 3 {
			for x := range 5 {
				tx, ty := x, y
				if o == 2 || o == 3 || o == 7 || o == 8 { // counted from EXIF's table of rows and columns
					tx = 4 - x
				}
				if o == 3 || o == 4 || o == 6 || o == 7 {
					ty = 2 - y
				}
				if o.swaps() {
					tx, ty = ty, tx
				}
				require.Equal(t, p.At(x, y), got.At(tx, ty), "%d: %d,%d", o, x, y)
			}
		}
	}
}

func TestOtherKindsAreStripped(t *testing.T) {
	plain := asPNG(t, withCorner(30, 10))
	text := append([]byte{}, plain[:33]...) // after IHDR
	text = append(append(text, pngChunk("tEXt", []byte("Comment\x00"+where))...),
		pngChunk("eXIf", append(onlyOrientation(6), where...))...)
	text = append(append(text, plain[33:]...), where...)
	clean, err := Clean(text)
	require.NoError(t, err)
	assert.NotContains(t, string(clean), where)
	assert.Equal(t, orientation(6), orientationOf(clean), "a browser turns it")
	small, err := NewStudio().Thumbnail(t.Context(), clean)
	require.NoError(t, err)
	w, h := size(t, small)
	assert.Less(t, w, h)
	again, err := Clean(plain)
	require.NoError(t, err)
	assert.Equal(t, plain, again)

	film := asGIF(t)
	noted := append(append(append([]byte{}, film[:len(film)-1]...), 0x21, 0xfe, byte(len(where))), where...)
	clean, err = Clean(append(append(noted, 0, 0x3b), where...))
	require.NoError(t, err)
	assert.Equal(t, film, clean, "the film and how often it is shown stay")

	exif := append(onlyOrientation(8), where...)
	webp := binary.LittleEndian.AppendUint32(append(append([]byte{}, tinyWebP...), "EXIF"...), uint32(len(exif)))
	webp = append(append(webp, exif...), where...)
	if len(exif)%2 == 1 {
		webp = append(webp, 0)
	}
	binary.LittleEndian.PutUint32(webp[4:], uint32(len(webp)-8-len(where)))
	clean, err = Clean(webp)
	require.NoError(t, err)
	assert.NotContains(t, string(clean), where)
	assert.Equal(t, orientation(8), orientationOf(clean))
	_, err = NewStudio().Thumbnail(t.Context(), clean)
	require.NoError(t, err)
}

// tinyWebP is one lossless pixel.
var tinyWebP = []byte("RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00\x2f" +
	"\x00\x00\x00\x10\x07\x10\x11\x11\x88\x88\xfe\x07\x00")

// A small file may be large in memory: it is refused before it is unpacked.
func TestMemoryIsBounded(t *testing.T) {
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, 6300), 6300)
	bomb := append([]byte(pngHead), pngChunk("IHDR", append(head, 16, 6, 0, 0, 0))...) // 16 bits of four colours
	_, err := Clean(bomb)
	assert.ErrorIs(t, err, ErrLarge)
	_, err = NewStudio().Thumbnail(t.Context(), bomb)
	assert.ErrorIs(t, err, ErrLarge)
	long := asPNG(t, image.NewPaletted(image.Rect(0, 0, maxSide+1, 1), palette.Plan9))
	_, err = Clean(long)
	assert.ErrorIs(t, err, ErrLarge)
	for o, side := range map[orientation]int{1: 4000, 6: 3000} { // what cameras make passes
		p := image.NewYCbCr(image.Rect(0, 0, side, side/3*2), image.YCbCrSubsampleRatio420)
		_, err := Clean(fromPhone(asJPEG(t, p), o))
		assert.NoError(t, err)
	}
}

// One at a time: who does not want to wait does not.
func TestOneAtATime(t *testing.T) {
	s := NewStudio()
	require.NoError(t, s.enter(t.Context()))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := s.Thumbnail(ctx, asPNG(t, withCorner(4, 4)))
	assert.ErrorIs(t, err, context.Canceled)
	s.leave()
	_, err = s.Thumbnail(t.Context(), asPNG(t, withCorner(4, 4)))
	assert.NoError(t, err)
}

func TestWhatIsNoPicture(t *testing.T) {
	for give, want := range map[string]error{"": ErrKind, "<svg onload=alert(1)>": ErrKind,
		"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00": ErrHEIC, "\x00\x00\x00\x18ftypmif1": ErrHEIC,
		"%PDF-1.7": ErrKind, "\xff\xd8\xff\xe0": ErrBroken, "GIF89a": ErrBroken, pngHead: ErrBroken} {
		_, err := Clean([]byte(give))
		assert.ErrorIs(t, err, want, "%q", give)
		_, err = NewStudio().Thumbnail(t.Context(), []byte(give))
		assert.ErrorIs(t, err, want, "%q", give)
	}
}

// FuzzClean holds that no file makes it panic, that what could be seen before
// can be seen after, and that cleaning twice is cleaning once.
func FuzzClean(f *testing.F) {
	f.Add(fromPhone(asJPEG(f, withCorner(16, 8)), 1))
	f.Add(fromPhone(asJPEG(f, withCorner(16, 8)), 6))
	f.Add(asPNG(f, withCorner(8, 8)))
	f.Add(asGIF(f))
	f.Add(tinyWebP)
	f.Fuzz(func(t *testing.T, content []byte) {
		if len(content) > 1<<16 {
			return
		}
		clean, err := Clean(content)
		if err != nil {
			return
		}
		if KindOf(clean) != KindOf(content) {
			t.Fatalf("%s became %s", KindOf(content), KindOf(clean))
		}
		if c, _, err := image.DecodeConfig(bytes.NewReader(content)); err != nil || c.Width*c.Height > 1<<20 {
			return // fuzzing is for the way, not for the size
		}
		if _, _, err := image.Decode(bytes.NewReader(content)); err != nil {
			return
		}
		if _, _, err := image.Decode(bytes.NewReader(clean)); err != nil {
			t.Fatalf("cannot be seen any more: %v", err)
		}
		again, err := Clean(clean)
		if err != nil || !bytes.Equal(again, clean) {
			t.Fatalf("not the same again: %v", err)
		}
	})
}

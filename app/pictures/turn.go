package pictures

import (
	"image"
	"image/draw"
)

// turn is a picture put upright.
func turn(picture image.Image, o orientation) image.Image {
	if !o.needed() {
		return picture
	}
	switch p := picture.(type) {
	case *image.YCbCr:
		if ratio, ok := turnedRatio(p.SubsampleRatio, o); ok {
			return turnYCbCr(p, o, ratio)
		}
	case *image.Gray:
		out := image.NewGray(turnedBounds(p.Bounds(), o))
		turnPlane(out.Pix, out.Stride, p.Pix, p.Stride, p.Rect.Dx(), p.Rect.Dy(), 1, o)
		return out
	case *image.RGBA:
		out := image.NewRGBA(turnedBounds(p.Bounds(), o))
		turnPlane(out.Pix, out.Stride, p.Pix, p.Stride, p.Rect.Dx(), p.Rect.Dy(), 4, o)
		return out
	}
	plain := image.NewRGBA(image.Rect(0, 0, picture.Bounds().Dx(), picture.Bounds().Dy()))
	draw.Draw(plain, plain.Bounds(), picture, picture.Bounds().Min, draw.Src)
	return turn(plain, o)
}

func turnedBounds(b image.Rectangle, o orientation) image.Rectangle {
	if o.swaps() {
		return image.Rect(0, 0, b.Dy(), b.Dx())
	}
	return image.Rect(0, 0, b.Dx(), b.Dy())
}

// turnedRatio is how colours are sampled after turning; false where there is
// no such ratio.
func turnedRatio(r image.YCbCrSubsampleRatio, o orientation) (image.YCbCrSubsampleRatio, bool) {
	if !o.swaps() {
		return r, true
	}
	to, ok := map[image.YCbCrSubsampleRatio]image.YCbCrSubsampleRatio{
		image.YCbCrSubsampleRatio444: image.YCbCrSubsampleRatio444, image.YCbCrSubsampleRatio420: image.YCbCrSubsampleRatio420,
		image.YCbCrSubsampleRatio422: image.YCbCrSubsampleRatio440, image.YCbCrSubsampleRatio440: image.YCbCrSubsampleRatio422,
	}[r]
	return to, ok
}

func turnYCbCr(p *image.YCbCr, o orientation, ratio image.YCbCrSubsampleRatio) image.Image {
	out := image.NewYCbCr(turnedBounds(p.Bounds(), o), ratio)
	turnPlane(out.Y, out.YStride, p.Y, p.YStride, p.Rect.Dx(), p.Rect.Dy(), 1, o)
	w, h := out.CStride, 0
	if w > 0 {
		h = len(out.Cb) / w
	}
	if o.swaps() {
		w, h = h, w
	}
	turnPlane(out.Cb, out.CStride, p.Cb, p.CStride, w, h, 1, o)
	turnPlane(out.Cr, out.CStride, p.Cr, p.CStride, w, h, 1, o)
	return out
}

// turnPlane turns w by h samples of n bytes each.
func turnPlane(to []byte, toStride int, from []byte, fromStride, w, h, n int, o orientation) {
	for y := range h {
		for x := range w {
			tx, ty := o.place(x, y, w, h)
			copy(to[ty*toStride+tx*n:][:n], from[y*fromStride+x*n:][:n])
		}
	}
}

// place is where a sample goes.
func (o orientation) place(x, y, w, h int) (int, int) {
	switch o {
	case 2:
		return w - 1 - x, y
	case 3:
		return w - 1 - x, h - 1 - y
	case 4:
		return x, h - 1 - y
	case 5:
		return y, x
	case 6:
		return h - 1 - y, x
	case 7:
		return h - 1 - y, w - 1 - x
	case 8:
		return y, w - 1 - x
	}
	return x, y
}

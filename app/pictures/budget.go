package pictures

import (
	"image"
	"image/color"
)

// bytesPerPixel is what a pixel takes in memory, and what it takes besides
// while the file is read. Go's decoders set both.
func bytesPerPixel(c image.Config, format string, content []byte) (each, once float64) {
	switch format {
	case "jpeg":
		return jpegBytes(content)
	case "webp":
		return 4, 4
	}
	switch c.ColorModel {
	case color.RGBA64Model, color.NRGBA64Model:
		return 8, 1
	case color.Gray16Model:
		return 2, 1
	case color.GrayModel:
		return 1, 1
	case color.RGBAModel, color.NRGBAModel:
		return 4, 4 // interlaced files are put together from parts
	}
	return 1, 1 // a palette
}

// jpegBytes follows the frame's head: how finely each component is sampled, and
// whether the file is progressive, of which all coefficients are kept.
func jpegBytes(content []byte) (each, once float64) {
	each, once = 3, 12 // what is worst
	walkJPEG(content, func(marker byte, segment []byte) bool {
		if marker < 0xc0 || marker > 0xc2 || len(segment) < 10 {
			return true
		}
		body := segment[4:]
		n := int(body[5])
		if n < 1 || n > 4 || len(body) < 6+3*n {
			return false
		}
		most, sum := 1, 0
		for i := range n {
			hv := int(body[6+3*i+1]>>4) * int(body[6+3*i+1]&15)
			most, sum = max(most, hv), sum+hv
		}
		each, once = float64(sum)/float64(most), 0
		if n == 4 {
			each += 4 // made one of CMYK
		}
		if marker == 0xc2 {
			once = 4 * float64(sum) / float64(most)
		}
		return false
	})
	return each, once
}

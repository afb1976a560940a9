package pictures

import (
	"bytes"
	"encoding/binary"
)

// orientation is how a picture lies, as EXIF counts: 1 is upright, 2 to 8 are
// mirrored and turned.
type orientation byte

func (o orientation) needed() bool { return o > 1 && o <= 8 }

// swaps says whether width becomes height.
func (o orientation) swaps() bool { return o >= 5 && o <= 8 }

const orientationTag = 0x0112

var exifHead = []byte("Exif\x00\x00")

// readExif finds the orientation in TIFF's form; 1 where there is none.
func readExif(tiff []byte) orientation {
	tiff = bytes.TrimPrefix(tiff, exifHead)
	if len(tiff) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.LittleEndian
	if string(tiff[:2]) == "MM" {
		order = binary.BigEndian
	}
	at := int64(order.Uint32(tiff[4:]))
	if at+2 > int64(len(tiff)) {
		return 1
	}
	n := int64(order.Uint16(tiff[at:]))
	for i := range n {
		entry := at + 2 + 12*i
		if entry+12 > int64(len(tiff)) {
			return 1
		}
		if order.Uint16(tiff[entry:]) == orientationTag {
			if o := orientation(order.Uint16(tiff[entry+8:])); o.needed() {
				return o
			}
			return 1
		}
	}
	return 1
}

// onlyOrientation is all that a picture needs to tell browsers.
func onlyOrientation(o orientation) []byte {
	return []byte{'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, orientationTag >> 8, orientationTag & 0xff, 0, 3, 0, 0, 0, 1, 0,
		byte(o), 0, 0, 0, 0, 0, 0}
}

// orientationOf is a file's of any kind.
func orientationOf(content []byte) (o orientation) {
	o = 1
	switch KindOf(content) {
	case "image/jpeg":
		walkJPEG(content, func(marker byte, segment []byte) bool {
			if marker == app1 && bytes.HasPrefix(segment[4:], exifHead) {
				o = readExif(segment[4:])
			}
			return marker != sos
		})
	case "image/png":
		walkPNG(content, func(kind string, chunk []byte) {
			if kind == "eXIf" {
				o = readExif(chunk[8 : len(chunk)-4])
			}
		})
	case "image/webp":
		walkWebP(content, func(kind string, chunk []byte) {
			if kind == "EXIF" {
				o = readExif(chunk[8:])
			}
		})
	}
	return o
}

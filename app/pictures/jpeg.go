package pictures

import (
	"bytes"
	"encoding/binary"
	"slices"
)

// The markers of JPEG that matter here.
const (
	soi, eoi, sos         = 0xd8, 0xd9, 0xda
	app0, app1, app2      = 0xe0, 0xe1, 0xe2
	app14, app15, comment = 0xee, 0xef, 0xfe
)

// walkJPEG calls visit with each segment, marker and length included, until it
// returns false. It returns how far it came and whether the picture's end was
// there. The data after a start of scan belong to it.
func walkJPEG(content []byte, visit func(marker byte, segment []byte) bool) (end int, whole bool) {
	at := 2
	for at+4 <= len(content) {
		if content[at] != 0xff {
			return at, false
		}
		marker := content[at+1]
		switch {
		case marker == 0xff: // filling
			at++
			continue
		case marker == eoi:
			return at + 2, true
		case marker == 0 || marker == 1 || marker >= 0xd0 && marker <= soi:
			return at, false
		}
		length := 2 + int(binary.BigEndian.Uint16(content[at+2:]))
		if length < 4 || at+length > len(content) {
			return at, false
		}
		next := at + length
		if marker == sos {
			next = scanEnd(content, next)
		}
		if !visit(marker, content[at:next]) {
			return next, false
		}
		at = next
	}
	return at, at+2 <= len(content) && content[at] == 0xff && content[at+1] == eoi
}

// scanEnd is where the packed data end: at a marker that is none of theirs.
func scanEnd(content []byte, at int) int {
	for ; at+1 < len(content); at++ {
		if next := content[at+1]; content[at] == 0xff && next != 0 && next != 0xff && (next < 0xd0 || next > 0xd7) {
			return at
		}
	}
	return len(content)
}

// kept says which segments are needed to show a picture as it is meant: not
// what the camera or a program noted in APP1 (EXIF with the place, XMP), APP13
// (IPTC) or a comment.
func kept(marker byte, segment []byte) bool {
	switch {
	case marker == app0:
		return bytes.HasPrefix(segment[4:], []byte("JFIF\x00"))
	case marker == app2:
		return bytes.HasPrefix(segment[4:], []byte("ICC_PROFILE\x00"))
	case marker == app14:
		return bytes.HasPrefix(segment[4:], []byte("Adobe"))
	}
	return marker != comment && (marker < app0 || marker > app15)
}

// cleanJPEG cuts out what is not needed, also after the end, where phones keep
// films. What is left of EXIF is how the picture lies.
func cleanJPEG(content []byte) ([]byte, error) {
	out := append(make([]byte, 0, len(content)), 0xff, soi)
	if o := orientationOf(content); o.needed() {
		exif := append(slices.Clone(exifHead), onlyOrientation(o)...)
		out = append(binary.BigEndian.AppendUint16(append(out, 0xff, app1), uint16(len(exif)+2)), exif...)
	}
	scans := 0
	walkJPEG(content, func(marker byte, segment []byte) bool {
		if marker == sos {
			scans++
		}
		if kept(marker, segment) {
			out = append(out, segment...)
		}
		return true
	})
	if scans == 0 {
		return nil, ErrBroken
	}
	return append(out, 0xff, eoi), nil // a picture that was cut short shows what there is
}

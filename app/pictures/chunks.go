package pictures

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"slices"
)

const pngHead = "\x89PNG\r\n\x1a\n"

// walkPNG calls visit with each chunk, length and sum included, until the last
// one, and says whether that was there.
func walkPNG(content []byte, visit func(kind string, chunk []byte)) bool {
	for at := len(pngHead); at+12 <= len(content); {
		length := int64(binary.BigEndian.Uint32(content[at:]))
		end := int64(at) + 12 + length
		if end > int64(len(content)) {
			return false
		}
		kind := string(content[at+4 : at+8])
		visit(kind, content[at:end])
		if kind == "IEND" {
			return true
		}
		at = int(end)
	}
	return false
}

// pngKept are the chunks that show a picture, its colours and its motion.
var pngKept = []string{"IHDR", "PLTE", "IDAT", "IEND", "tRNS", "cHRM", "gAMA", "iCCP", "sBIT", "sRGB", "cICP", "bKGD",
	"pHYs", "acTL", "fcTL", "fdAT"}

// cleanPNG leaves out texts, times and EXIF but for how the picture lies.
func cleanPNG(content []byte) ([]byte, error) {
	out := make([]byte, 0, len(content))
	out = append(out, pngHead...)
	o := orientationOf(content)
	whole := walkPNG(content, func(kind string, chunk []byte) {
		if slices.Contains(pngKept, kind) {
			out = append(out, chunk...)
		}
		if kind == "IHDR" && o.needed() {
			out = append(out, pngChunk("eXIf", onlyOrientation(o))...)
		}
	})
	if !whole {
		return nil, ErrBroken
	}
	return out, nil
}

func pngChunk(kind string, data []byte) []byte {
	out := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	out = append(append(out, kind...), data...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[4:]))
}

// walkWebP calls visit with each chunk, head included, and says whether all
// that the head promises was there.
func walkWebP(content []byte, visit func(kind string, chunk []byte)) bool {
	if len(content) < 12 {
		return false
	}
	end := min(int64(binary.LittleEndian.Uint32(content[4:]))+8, int64(len(content)))
	at := int64(12)
	for at+8 <= end {
		length := int64(binary.LittleEndian.Uint32(content[at+4:]))
		if at+8+length > end {
			return false
		}
		visit(string(content[at:at+4]), content[at:at+8+length])
		at += 8 + length + length%2
	}
	return true
}

// webpKept are the chunks that show a picture, its colours and its motion.
var webpKept = []string{"VP8 ", "VP8L", "VP8X", "ALPH", "ANIM", "ANMF", "ICCP"}

// The flags of VP8X that say that EXIF and XMP follow.
const webpExif, webpXMP = 0x08, 0x04

// cleanWebP leaves out EXIF but for how the picture lies, XMP and what nobody
// knows.
func cleanWebP(content []byte) ([]byte, error) {
	o := orientationOf(content)
	body := []byte("WEBP")
	whole := walkWebP(content, func(kind string, chunk []byte) {
		if !slices.Contains(webpKept, kind) {
			return
		}
		at := len(body)
		body = append(body, chunk...)
		if len(chunk)%2 == 1 {
			body = append(body, 0)
		}
		if kind == "VP8X" && len(chunk) > 8 {
			body[at+8] &^= webpExif | webpXMP
			if o.needed() {
				body[at+8] |= webpExif
			}
		}
	})
	if !whole {
		return nil, ErrBroken
	}
	if exif := onlyOrientation(o); o.needed() {
		body = append(body, "EXIF"...)
		body = binary.LittleEndian.AppendUint32(body, uint32(len(exif)))
		body = append(body, exif...)
	}
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body))), body...), nil
}

// gifApplications are those that say how often a film is repeated.
var gifApplications = [][]byte{[]byte("NETSCAPE2.0"), []byte("ANIMEXTS1.0")}

// cleanGIF leaves out comments, what programs have noted and what lies after
// the end.
func cleanGIF(content []byte) ([]byte, error) {
	at, err := gifTable(content, 10, 13)
	if err != nil {
		return nil, err
	}
	out := slices.Clone(content[:at])
	for at < len(content) {
		block := content[at]
		if block == 0x3b {
			return append(out, 0x3b), nil
		}
		end, keep := 0, true
		switch {
		case block == 0x21 && at+2 < len(content):
			end, err = gifData(content, at+2)
			label := content[at+1]
			keep = label == 0xf9 || label == 0xff && err == nil && gifLoop(content[at+2:end])
		case block == 0x2c:
			if end, err = gifTable(content, at+9, at+10); err == nil {
				end, err = gifData(content, end+1)
			}
		default:
			err = ErrBroken
		}
		if err != nil {
			return nil, err
		}
		if keep {
			out = append(out, content[at:end]...)
		}
		at = end
	}
	return append(out, 0x3b), nil // the end is missing, as it often is
}

func gifLoop(data []byte) bool {
	return slices.ContainsFunc(gifApplications,
		func(a []byte) bool { return len(data) > 12 && bytes.Equal(data[1:12], a) })
}

// gifTable is the end of the colours that follow at next, if the flags say so.
func gifTable(content []byte, flags, next int) (int, error) {
	if flags >= len(content) || next > len(content) {
		return 0, ErrBroken
	}
	if content[flags]&0x80 != 0 {
		next += 3 << (content[flags]&7 + 1)
	}
	if next > len(content) {
		return 0, ErrBroken
	}
	return next, nil
}

// gifData is the end of blocks of data, each of which says how long it is.
func gifData(content []byte, at int) (int, error) {
	for at < len(content) {
		length := int(content[at])
		at += 1 + length
		if length == 0 {
			return at, nil
		}
	}
	return 0, ErrBroken
}

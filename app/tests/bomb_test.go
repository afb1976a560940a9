package tests

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"sync"
)

// pictureBomb is a whole PNG of 6,300 × 6,300 pixels with 16 bits of four colours:
// 301 KB that unpack to 318 MB.
var pictureBomb = sync.OnceValue(func() []byte {
	const side, pixel = 6300, 8
	var packed bytes.Buffer
	w := zlib.NewWriter(&packed)
	row := make([]byte, 1+side*pixel) // the filter, and black
	for range side {
		w.Write(row) //nolint:errcheck // into memory
	}
	w.Close() //nolint:errcheck // as above
	size := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, side), side)
	out := []byte("\x89PNG\r\n\x1a\n")
	for _, c := range []struct {
		kind string
		data []byte
	}{{"IHDR", append(size, 16, 6, 0, 0, 0)}, {"IDAT", packed.Bytes()}, {"IEND", nil}} {
		out = binary.BigEndian.AppendUint32(out, uint32(len(c.data)))
		at := len(out)
		out = append(append(out, c.kind...), c.data...)
		out = binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[at:]))
	}
	return out
})

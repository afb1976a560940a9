package database

import (
	"fmt"
	"strconv"
	"strings"
)

// Position is a place in the primary's write-ahead log, in bytes. The zero
// value is the beginning, which every replica has passed.
type Position uint64

// Latest is past every position that there will be: only the primary has it.
const Latest = Position(1<<64 - 1)

// ParsePosition reads PostgreSQL's form of a log position, such as 0/16B3748.
func ParsePosition(s string) (Position, error) {
	high, low, ok := strings.Cut(s, "/")
	h, errHigh := strconv.ParseUint(high, 16, 32)
	l, errLow := strconv.ParseUint(low, 16, 32)
	if !ok || errHigh != nil || errLow != nil {
		return 0, fmt.Errorf("read log position: got %q, want hex/hex", s)
	}
	return Position(h<<32 | l), nil
}

func (p Position) String() string { return fmt.Sprintf("%X/%X", uint64(p)>>32, uint32(p)) }

package uploads

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// The reserve is the database's: enough to go on, not most of a large disk.
func TestReserve(t *testing.T) {
	const mib, gib = 1 << 20, 1 << 30
	for _, c := range []struct{ disk, want int64 }{
		{64 << 10, 16 << 10},
		{2 * gib, 512 * mib},
		{8 * gib, gib},
		{30 * gib, 3 * gib},
		{50 * gib, 5 * gib},
		{250 * gib, 5 * gib},
	} {
		assert.Equal(t, c.want, reserve(c.disk), "a disk of %d bytes", c.disk)
	}
}

package cost

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// endless is a file such as /dev/zero.
type endless struct{ t *testing.T }

func (e endless) Read(b []byte) (int, error) {
	require.Less(e.t, len(b), 1<<20, "no more is read than needed to know")
	return len(b), nil
}

func TestAFileWithoutEndIsRefused(t *testing.T) {
	_, err := utf8Of(endless{t}, 1000)
	require.ErrorIs(t, err, errLarge)
}

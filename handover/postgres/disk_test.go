package postgres_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/handover/postgres"
)

// A stream whose other side has no disk left says so, with what to do; of what the mover
// cannot find out it names the log that knows.
func TestAStreamThatIsStuckSaysWhy(t *testing.T) {
	from, to := pair(t, "SELECT 1")
	free, err := to.Free(t.Context())
	require.NoError(t, err)
	require.Positive(t, free)
	s := postgres.Stream{Pub: from, Sub: to, Name: "rung_test_there"}
	for name, tt := range map[string]struct {
		flow postgres.Flow
		want string
	}{
		"it is not":      {postgres.Flow{LagBytes: free * 2}, ""},
		"no disk left":   {postgres.Flow{Errors: 1, LagBytes: free * 2}, `of disk are free on the side "to"`},
		"something else": {postgres.Flow{Errors: 1}, `the log of the server on the side "to" says why`},
	} {
		t.Run(name, func(t *testing.T) {
			text, err := s.Stuck(t.Context(), tt.flow)
			require.NoError(t, err)
			if tt.want == "" {
				assert.Empty(t, text)
			}
			assert.Contains(t, text, tt.want)
		})
	}
}

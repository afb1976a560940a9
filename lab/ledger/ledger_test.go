package ledger

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/lab/process"
)

func TestARecordIsReadAsItWasWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "record.json")
	l, err := Read(path)
	require.NoError(t, err)
	l.Addresses["i-1"] = "127.20.1.1"
	l.Processes["i-1/app"] = Process{Identity: process.Identity{PID: 7, Start: "boot/1"}, What: "app"}
	l.Machines["i-1"] = Machine{ID: "i-1", State: InService}
	require.NoError(t, l.Write(path))
	again, err := Read(path)
	require.NoError(t, err)
	assert.Equal(t, l, again)
}

func TestRecordsThatAreNotOursAreLeftAlone(t *testing.T) {
	for name, tt := range map[string]struct{ text, want string }{
		"another version": {`{"version": 9}`, "is of version 9, and this rung writes 1"},
		"damaged":         {`{"version": 1`, "it was left as it is"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "record.json")
			require.NoError(t, os.WriteFile(path, []byte(tt.text), 0o600))
			_, err := Read(path)
			require.ErrorContains(t, err, tt.want)
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			assert.Equal(t, tt.text, string(text))
		})
	}
}

package database

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A file leads the pool to another server and back; one that nobody can read leaves
// people where they are.
func TestAFileLeadsThePool(t *testing.T) {
	file := filepath.Join(t.TempDir(), "database-url")
	c := Config{Primary: "postgres://app@old/app", PrimaryFile: file, Log: slog.New(slog.DiscardHandler)}
	p := &Pools{log: c.Log}
	pool, err := p.openPrimary(context.Background(), c)
	require.NoError(t, err)
	defer pool.Close()
	write := func(text string) {
		require.NoError(t, os.WriteFile(file+".new", []byte(text), 0o600))
		require.NoError(t, os.Rename(file+".new", file))
	}

	assert.Equal(t, "old", p.led.where().Host)
	write("postgres://app:secret@new:6432/app?sslmode=disable\n")
	led := p.led.where()
	assert.Equal(t, "new", led.Host)
	assert.EqualValues(t, 6432, led.Port)
	assert.Equal(t, "5000", led.RuntimeParams["statement_timeout"], "the bounds of the pool stay")
	assert.False(t, sameServer(p.led.given, led), "connections that lead elsewhere are given up")
	assert.Equal(t, "postgres://app:secret@new:6432/app?sslmode=disable", LedTo(file, c.Primary))
	write("not a URL at all: %")
	assert.Equal(t, c.Primary, LedTo(file, c.Primary))
	assert.Equal(t, "new", p.led.where().Host)
	require.NoError(t, os.Remove(file))
	assert.Equal(t, "old", p.led.where().Host)
	assert.Equal(t, c.Primary, LedTo(file, c.Primary))
}

package site

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/settings"
)

func TestWritesWaitWhileTheFileIsThere(t *testing.T) {
	file := filepath.Join(t.TempDir(), "pause")
	s := &Site{Config: Config{Settings: settings.Settings{PauseWrites: file}}}
	write := httptest.NewRequest(http.MethodPost, "/api/posts", nil)
	assert.Nil(t, s.holdWrite(write), "nothing holds it back")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	assert.Nil(t, s.holdWrite(httptest.NewRequest(http.MethodGet, "/", nil)), "reads go on")
	began := time.Now()
	time.AfterFunc(200*time.Millisecond, func() { os.Remove(file) })
	assert.Nil(t, s.holdWrite(write))
	assert.GreaterOrEqual(t, time.Since(began), 190*time.Millisecond)
	assert.Nil(t, (&Site{}).holdWrite(write), "nobody named a file")
}

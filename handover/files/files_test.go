package files_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/handover/files"
)

func write(t *testing.T, dir, key, text string) {
	t.Helper()
	path := filepath.Join(dir, key)
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
}

// failing is a place that breaks off after some files.
type failing struct {
	files.Dir
	left int
}

func (f *failing) Write(ctx context.Context, file files.File, body io.ReadSeeker) error {
	if f.left--; f.left < 0 {
		return errors.New("the disk went away")
	}
	return f.Dir.Write(ctx, file, body)
}

// spoiling is a place that keeps something else than it was given.
type spoiling struct{ files.Dir }

func (s spoiling) Write(ctx context.Context, f files.File, _ io.ReadSeeker) error {
	return s.Dir.Write(ctx, f, strings.NewReader("something else"))
}

func TestAPassGoesOnWhereOneBrokeOff(t *testing.T) {
	from, to := t.TempDir(), t.TempDir()
	for _, key := range []string{"a", "b/c", "b/d", "e"} {
		write(t, from, key, "text of "+key)
	}
	_, err := files.Copy(t.Context(), files.Dir(from), &failing{files.Dir(to), 2})
	require.ErrorContains(t, err, "the disk went away")
	there, err := files.Dir(to).List(t.Context())
	require.NoError(t, err)
	c, err := files.Copy(t.Context(), files.Dir(from), files.Dir(to))
	require.NoError(t, err)
	assert.Equal(t, 4-len(there), c.Files)
	c, err = files.Copy(t.Context(), files.Dir(from), files.Dir(to))
	require.NoError(t, err)
	assert.Equal(t, files.Copied{There: 4}, c)
	// What is written after the first pass comes with the second.
	write(t, from, "a", "new text of the same file")
	write(t, from, "f", "")
	require.NoError(t, os.Chtimes(filepath.Join(from, "a"), time.Now(), time.Now().Add(2*time.Second)))
	c, err = files.Copy(t.Context(), files.Dir(from), files.Dir(to))
	require.NoError(t, err)
	assert.Equal(t, 2, c.Files)
	text, err := os.ReadFile(filepath.Join(to, "a"))
	require.NoError(t, err)
	assert.Equal(t, "new text of the same file", string(text))
}

// A file that is the same is not written again because the other place has it from
// before, as a bucket's always are newer.
func TestWhatIsTheSameIsNotWrittenAgain(t *testing.T) {
	from, to := t.TempDir(), t.TempDir()
	write(t, from, "same", "text")
	write(t, from, "other", "text")
	write(t, to, "same", "text")
	write(t, to, "other", "Text")
	before := time.Now().Add(-time.Hour).Truncate(time.Second)
	for _, key := range []string{"same", "other"} {
		require.NoError(t, os.Chtimes(filepath.Join(to, key), before, before))
	}
	c, err := files.Copy(t.Context(), files.Dir(from), files.Dir(to))
	require.NoError(t, err)
	assert.Equal(t, files.Copied{Files: 1, There: 1, Bytes: 4}, c)
	info, err := os.Stat(filepath.Join(to, "same"))
	require.NoError(t, err)
	assert.True(t, info.ModTime().Equal(before))
}

func TestACopyThatIsNotTheSameIsFound(t *testing.T) {
	from := t.TempDir()
	write(t, from, "a", "text")
	_, err := files.Copy(t.Context(), files.Dir(from), spoiling{files.Dir(t.TempDir())})
	require.ErrorIs(t, err, files.ErrSum)
}

func TestNamesStayWithinTheDirectory(t *testing.T) {
	err := files.Dir(t.TempDir()).Write(t.Context(), files.File{Key: "../out"}, strings.NewReader(""))
	require.ErrorContains(t, err, "leads out of the directory")
}

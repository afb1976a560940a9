package work

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/product/posts"
	"github.com/rung-dev/rung/app/store"
	"github.com/rung-dev/rung/app/uploads"
)

// shelf takes a report and says how it came.
type shelf struct {
	uploads.Store
	file *os.File
	text string
}

func (s *shelf) Put(_ context.Context, _, _ string, body io.ReadSeeker) error {
	s.file, _ = body.(*os.File)
	text, err := io.ReadAll(body)
	s.text = string(text)
	return err
}

// written has so many posts of somebody's.
type written struct {
	Store
	left int
	job  store.Job
}

func (w *written) Job(context.Context, uuid.UUID) (store.Job, error) { return w.job, nil }

func (w *written) Written(_ context.Context, _, _ uuid.UUID, limit int) ([]posts.Post, error) {
	out := make([]posts.Post, min(limit, w.left))
	for i := range out {
		out[i] = posts.Post{ID: store.NewID(), Title: fmt.Sprint(w.left - i), Body: strings.Repeat("x", 1000)}
	}
	w.left -= len(out)
	return out, nil
}

func (w *written) AddUpload(_ context.Context, u store.Upload, _ int64) (bool, error) {
	return u.Size > 1_000_000, nil
}

// A report is written as it is read, not in memory, and leaves no file behind.
func TestReportsAreStreamed(t *testing.T) {
	for _, n := range []int{0, 1, page, page + 1, 12 * page} {
		to := &shelf{}
		j, err := New(store.NewID(), Report, ReportArgs{})
		require.NoError(t, err)
		w := &Workshop{Store: &written{left: n, job: j}, Uploads: to}
		last := 0
		key, err := w.report(t.Context(), j, func(p int) { assert.GreaterOrEqual(t, p, last); last = p })
		require.NoError(t, err)
		assert.Equal(t, uploads.Reports+j.ID.String()+".csv", key)
		require.NotNil(t, to.file, "it is a file")
		_, err = os.Stat(to.file.Name())
		require.ErrorIs(t, err, os.ErrNotExist)
		rows, err := csv.NewReader(strings.NewReader(to.text)).ReadAll()
		require.NoError(t, err)
		assert.Len(t, rows, n+1)
	}
}

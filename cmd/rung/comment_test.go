package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const updateAndDelete = `{"config":{"aws:region":"us-east-1"},"changeSummary":{"update":1,"delete":1},"steps":[`

func changeOf(t *testing.T, files shared) string {
	return files.write(t, "preview.json", updateAndDelete+
		`{"op":"update","oldState":`+disk("data", "100")+`,"newState":`+disk("data", "200")+`},{"op":"delete","oldState":`+disk("old", "50")+`}]}`)
}

func TestCommentIsPosted(t *testing.T) {
	var posted []string
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		posted = append(posted, r.Method)
		_, _ = w.Write([]byte("[]"))
	}))
	defer api.Close()
	files := shared(t.TempDir())
	path := changeOf(t, files)
	t.Setenv("CI_MERGE_REQUEST_IID", "")
	t.Setenv("GITHUB_EVENT_PATH", files.write(t, "event.json", `{"pull_request":{"number":3}}`))
	t.Setenv("GITHUB_API_URL", api.URL)
	t.Setenv("GITHUB_REPOSITORY", "o/n")
	t.Setenv("GITHUB_TOKEN", "t")
	files.run(t, codeDone, "comment", "--file", path)
	assert.Equal(t, []string{"GET", "POST"}, posted)

	summary := filepath.Join(string(files), "summary.md")
	t.Setenv("GITHUB_STEP_SUMMARY", summary)
	files.run(t, codeBudget, "comment", "--file", path, "--summary", "--max-increase", "1%")
	text, err := os.ReadFile(summary)
	require.NoError(t, err)
	assert.Contains(t, string(text), "should not pass")
	assert.Contains(t, string(text), "$12.00 → $16.00 a month (+$4.00)")
	assert.Contains(t, string(text), "**Deleted:** `old`")

	out, _ := files.run(t, codeDone, "comment", "--file", path, "--print", "--max-increase", "$4")
	assert.Contains(t, out, "1 to update, 1 to delete")
}

func TestCommentRefuses(t *testing.T) {
	files := shared(t.TempDir())
	t.Setenv("GITHUB_EVENT_PATH", "")
	t.Setenv("CI_MERGE_REQUEST_IID", "")
	t.Setenv("GITHUB_STEP_SUMMARY", "")
	path := changeOf(t, files)
	for want, args := range map[string][]string{
		"want --file":               {},
		"no run for a pull request": {"--file", path},
		"holds a state":             {"--file", files.write(t, "now.json", exported(queue))},
		"--max-increase":            {"--file", path, "--max-increase", "much"},
		"GITHUB_STEP_SUMMARY":       {"--file", path, "--summary"},
	} {
		_, errs := files.run(t, codeUsage, append([]string{"comment"}, args...)...)
		assert.Contains(t, errs, want)
	}
}

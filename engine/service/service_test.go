package service

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// ask sends a request as the CLI does, by a token.
func ask(t *testing.T, s *Server, method, path, token, body string) (code int, text string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, s.url+path, strings.NewReader(body))
	require.NoError(t, err)
	r.Header.Set("Authorization", "token "+token)
	a, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer a.Body.Close() //nolint:errcheck // it is read
	said, err := io.ReadAll(a.Body)
	require.NoError(t, err)
	return a.StatusCode, string(said)
}

func starts(t *testing.T, root string) *Server {
	t.Helper()
	stacks, err := Stacks(t.Context(), "file://"+root)
	require.NoError(t, err)
	s, err := Start(Options{Stack: stacks})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, s.Close()) })
	return s
}

// Another user of this machine finds the port, and nothing else.
func TestOnlyTheCLIThatWasStartedIsAnswered(t *testing.T) {
	s := starts(t, t.TempDir())
	for _, token := range []string{"", "guessed", s.token[:len(s.token)-1]} {
		code, _ := ask(t, s, "GET", "/api/stacks/organization/rung/dev/export", token, "")
		assert.Equal(t, http.StatusUnauthorized, code)
	}
	code, _ := ask(t, s, "GET", "/api/stacks/organization/rung/dev", s.token, "")
	assert.Equal(t, http.StatusNotFound, code, "a stack that is not there")
	code, text := ask(t, s, "POST", "/api/stacks/organization/rung", s.token, `{"stackName":"dev"}`)
	assert.Equal(t, http.StatusOK, code, text)
	_, text = ask(t, s, "GET", "/api/stacks/organization/rung/dev/export", s.token, "")
	assert.Contains(t, text, `"version":3`)
}

// What cannot be kept is refused before a step is done.
func TestWhatCannotBeKeptIsRefused(t *testing.T) {
	root := t.TempDir()
	s := starts(t, root)
	ask(t, s, "POST", "/api/stacks/organization/rung", s.token, `{"stackName":"dev"}`)
	const stack = "/api/stacks/organization/rung/dev"
	_, text := ask(t, s, "POST", stack+"/update", s.token, "{}")
	_, id, _ := strings.Cut(text, `"updateID":"`)
	id, _, _ = strings.Cut(id, `"`)
	code, text := ask(t, s, "POST", stack+"/update/"+id, s.token, `{"journalVersion":0}`)
	assert.Equal(t, http.StatusBadRequest, code)
	assert.Contains(t, text, "sends no notes")
	code, _ = ask(t, s, "PATCH", stack+"/update/none/journalentries", s.token, `{"entries":[]}`)
	assert.Equal(t, http.StatusNotFound, code)

	file := filepath.Join(root, ".pulumi", "stacks", "rung", "dev.json")
	require.NoError(t, os.Rename(file, file+".gz"))
	code, text = ask(t, s, "GET", stack, s.token, "")
	assert.Equal(t, http.StatusUnprocessableEntity, code)
	assert.Contains(t, text, "compressed")
}

// A second update of a stack is refused as the CLI knows it, while the first is on.
func TestOneUpdateAtATime(t *testing.T) {
	s := starts(t, t.TempDir())
	ask(t, s, "POST", "/api/stacks/organization/rung", s.token, `{"stackName":"dev"}`)
	begin := func() int {
		_, text := ask(t, s, "POST", "/api/stacks/organization/rung/dev/update", s.token, "{}")
		_, id, _ := strings.Cut(text, `"updateID":"`)
		id, _, _ = strings.Cut(id, `"`)
		code, _ := ask(t, s, "POST", "/api/stacks/organization/rung/dev/update/"+id, s.token, `{"journalVersion":1}`)
		return code
	}
	assert.Equal(t, http.StatusOK, begin())
	assert.Equal(t, http.StatusConflict, begin())
}

func TestBackends(t *testing.T) {
	for address, want := range map[string]string{
		"https://api.pulumi.com":     "want file:// or s3://",
		"gs://bucket":                "want file:// or s3://",
		"s3://b?ssetype=aws:kms":     "has the parameter ssetype",
		"s3://b?endpoint=x&region=y": "",
		"file://~/states":            "",
	} {
		_, err := Stacks(t.Context(), address)
		if want == "" {
			assert.NoError(t, err, address)
			continue
		}
		require.ErrorIs(t, err, ErrBackend, address)
		assert.ErrorContains(t, err, want)
	}
}

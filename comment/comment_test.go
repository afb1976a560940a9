package comment_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/comment"
)

// forge is GitHub's or GitLab's API as far as comments go.
type forge struct {
	t        *testing.T
	comments []note
	// deny is the status of every answer; 0 for none.
	deny int
	// seen are the calls.
	seen []string
}

type note struct {
	ID   int64  `json:"id"`
	Body string `json:"body"`
}

const pageSize = 100

func (f *forge) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.seen = append(f.seen, r.Method+" "+r.URL.Path)
	if f.deny != 0 || r.Header.Get("Authorization")+r.Header.Get("PRIVATE-TOKEN") == "" {
		w.WriteHeader(max(f.deny, http.StatusUnauthorized))
		fmt.Fprint(w, `{"message":"Resource not accessible by integration"}`)
		return
	}
	var given note
	if r.Method != http.MethodGet {
		raw, err := io.ReadAll(r.Body)
		require.NoError(f.t, err)
		require.NoError(f.t, json.Unmarshal(raw, &given))
	}
	switch r.Method {
	case http.MethodGet:
		var page int
		fmt.Sscanf(r.URL.Query().Get("page"), "%d", &page)
		from := min((page-1)*pageSize, len(f.comments))
		require.NoError(f.t, json.NewEncoder(w).Encode(f.comments[from:min(from+pageSize, len(f.comments))]))
	case http.MethodPost:
		given.ID = int64(len(f.comments) + 1)
		f.comments = append(f.comments, given)
		w.WriteHeader(http.StatusCreated)
	default:
		for i := range f.comments {
			if strings.HasSuffix(r.URL.Path, fmt.Sprintf("/%d", f.comments[i].ID)) {
				f.comments[i].Body = given.Body
			}
		}
	}
}

// place is that of a run on either of the two.
func place(t *testing.T, api, kind string) comment.Place {
	t.Helper()
	event := filepath.Join(t.TempDir(), "event.json")
	require.NoError(t, os.WriteFile(event, []byte(`{"pull_request":{"number":7}}`), 0o600))
	env := map[string]map[string]string{
		"GitHub": {"GITHUB_EVENT_PATH": event, "GITHUB_API_URL": api, "GITHUB_REPOSITORY": "o/n", "GITHUB_TOKEN": "t"},
		"GitLab": {"CI_MERGE_REQUEST_IID": "7", "CI_API_V4_URL": api, "CI_PROJECT_ID": "3", "GITLAB_TOKEN": "t"},
	}[kind]
	p, err := comment.Find(func(name string) string { return env[name] })
	require.NoError(t, err)
	return p
}

// However often it runs, there is one comment, and others' stay as they are.
func TestOneCommentThatIsKept(t *testing.T) {
	for _, kind := range []string{"GitHub", "GitLab"} {
		t.Run(kind, func(t *testing.T) {
			f := &forge{t: t}
			for i := range 150 {
				f.comments = append(f.comments, note{int64(i + 1), "somebody says: " + comment.Marker("prod")})
			}
			server := httptest.NewServer(f)
			defer server.Close()
			p := place(t, server.URL, kind)
			for _, text := range []string{"first", "second"} {
				require.NoError(t, p.Put(t.Context(), server.Client(), comment.Marker("prod"), text))
			}
			require.NoError(t, p.Put(t.Context(), server.Client(), comment.Marker("dev"), "another"))
			require.Len(t, f.comments, 152)
			assert.Equal(t, comment.Marker("prod")+"\nsecond", f.comments[150].Body)
			assert.Equal(t, "somebody says: "+comment.Marker("prod"), f.comments[0].Body)
			assert.Contains(t, f.seen[0], "/7/")
		})
	}
}

func TestARefusalSaysWhatHelps(t *testing.T) {
	server := httptest.NewServer(&forge{t: t, deny: http.StatusForbidden})
	defer server.Close()
	err := place(t, server.URL, "GitHub").Put(t.Context(), server.Client(), "m", "text")
	assert.ErrorContains(t, err, "pull request 7 of o/n")
	assert.ErrorContains(t, err, "403 Forbidden: Resource not accessible by integration")
	assert.ErrorContains(t, err, "--summary")
}

// An API that is busy is asked again; a comment that may have been written is not
// written once more.
func TestABusyAPIIsAskedAgain(t *testing.T) {
	for name, tt := range map[string]struct {
		verb   string
		status int
		after  string
		fails  int
		calls  int
		want   string
	}{
		"busy twice":                 {"POST", http.StatusServiceUnavailable, "0", 2, 4, ""},
		"too many calls":             {"GET", http.StatusTooManyRequests, "0", 1, 3, ""},
		"GitHub's limit of writing":  {"POST", http.StatusForbidden, "0", 1, 3, ""},
		"a gateway that loses a GET": {"GET", http.StatusBadGateway, "0", 1, 3, ""},
		"it may have been written":   {"POST", http.StatusBadGateway, "0", 1, 2, "502 Bad Gateway"},
		"busy for ever":              {"GET", http.StatusTooManyRequests, "0", 9, 3, "run the step again later"},
		"no right":                   {"POST", http.StatusForbidden, "", 1, 2, "--summary"},
	} {
		t.Run(name, func(t *testing.T) {
			f, calls := &forge{t: t}, 0
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				calls++
				if r.Method == tt.verb && tt.fails > 0 {
					tt.fails--
					if tt.after != "" {
						w.Header().Set("Retry-After", tt.after)
					}
					w.WriteHeader(tt.status)
					return
				}
				f.ServeHTTP(w, r)
			}))
			defer server.Close()
			err := place(t, server.URL, "GitHub").Put(t.Context(), server.Client(), "m", "text")
			assert.Equal(t, tt.calls, calls)
			if tt.want == "" {
				require.NoError(t, err)
				assert.Len(t, f.comments, 1)
				return
			}
			assert.ErrorContains(t, err, tt.want)
		})
	}
}

func TestFindRefuses(t *testing.T) {
	event := func(text string) string {
		path := filepath.Join(t.TempDir(), "event.json")
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	for want, env := range map[string]map[string]string{
		"no run for a pull request": {},
		"neither GITHUB_EVENT_PATH": {"GITHUB_EVENT_PATH": event(`{"ref":"main"}`), "GITHUB_TOKEN": "t", "GITHUB_REPOSITORY": "o/n"},
		"GITHUB_TOKEN is not set":   {"GITHUB_EVENT_PATH": event(`{"number":1}`), "GITHUB_REPOSITORY": "o/n"},
		"want OWNER/NAME":           {"GITHUB_EVENT_PATH": event(`{"number":1}`), "GITHUB_TOKEN": "t", "GITHUB_REPOSITORY": "o"},
		"read the event":            {"GITHUB_EVENT_PATH": event(`{`)},
		"GITLAB_TOKEN is not set":   {"CI_MERGE_REQUEST_IID": "1"},
	} {
		_, err := comment.Find(func(name string) string { return env[name] })
		assert.ErrorContains(t, err, want)
	}
}

func TestNoCommentIsTooLong(t *testing.T) {
	long := strings.Repeat("a line of a table that nobody reads\n", 5_000)
	cut := comment.Cut(long)
	assert.LessOrEqual(t, len(cut), comment.Most)
	assert.Contains(t, cut, "too long for a comment")
	assert.Equal(t, "short", comment.Cut("short"))
	assert.NotContains(t, comment.Marker("a-->b\nc"), "\n")
}

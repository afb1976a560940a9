package hosts_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/apptest"
	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/freeport"
	"github.com/rung-dev/rung/handover/edge"
	"github.com/rung-dev/rung/handover/handovertest"
	"github.com/rung-dev/rung/handover/hosts"
)

// running is this project's app as a process, whose rows move: it keeps both contracts,
// PAUSE_WRITES and DATABASE_URL_FILE, and is started again when it has ended.
type running struct {
	*supervised
	url, token string
}

// run starts the app on a move's old side, and posts all the time as one of its people.
func (w *world) run() *running {
	w.t.Helper()
	port, err := freeport.On("127.0.0.1")
	require.NoError(w.t, err)
	r := &running{url: fmt.Sprintf("http://127.0.0.1:%d", port)}
	env := apptest.ClusterEnv(w.t, handovertest.Old, w.spec.Name, apptest.NewRedis(w.t))
	env[contract.EnvListen] = strings.TrimPrefix(r.url, "http://")
	env[contract.EnvPauseWrites], env[contract.EnvDatabaseURLFile] = w.spec.Edge.PauseFile, w.spec.Edge.URLFile
	r.supervised = supervise(w.t, env.Environ(), func(*supervised, string) {}, apptest.Binary(w.t), "all")
	require.Eventually(w.t, func() bool {
		code, who := r.ask("/api/users", map[string]string{"name": "ada", "email": "ada@example.com", "password": phrase})
		r.token, _ = who["token"].(string)
		return code == http.StatusCreated
	}, time.Minute, 50*time.Millisecond, "the app serves")
	r.wait.Go(func() {
		for n := 0; ; n++ {
			select {
			case <-r.done:
				return
			case <-time.After(20 * time.Millisecond):
			}
			title := fmt.Sprint("post ", n)
			if code, _ := r.ask("/api/posts", map[string]string{"title": title, "body": "."}); code == http.StatusCreated {
				r.acknowledged(title)
			}
		}
	})
	return r
}

// ask posts to the app, and gives the status and the answer; zero is none.
func (r *running) ask(path string, in any) (int, map[string]any) {
	text, _ := json.Marshal(in)
	req, _ := http.NewRequest(http.MethodPost, r.url+path, strings.NewReader(string(text)))
	req.Header.Set("Content-Type", "application/json")
	if r.token != "" {
		req.Header.Set("Authorization", "Bearer "+r.token)
	}
	answer, err := (&http.Client{Timeout: 10 * time.Second}).Do(req)
	if err != nil {
		return 0, nil
	}
	defer answer.Body.Close()
	out := map[string]any{}
	json.NewDecoder(answer.Body).Decode(&out) //nolint:errcheck // some answers have no body
	return answer.StatusCode, out
}

// This project's app is killed at steps of the move of all that it has. It is started
// again in the pause, too, and after the switch without the old server.
func TestTheAppThatIsKilled(t *testing.T) {
	w := newWorld(t, "SELECT 1")
	w.trial = "UPDATE users SET name = name"
	w.spec.Edge = edge.Config{PauseFile: w.spec.Edge.PauseFile, Grace: 50 * time.Millisecond,
		URLFile: filepath.Join(filepath.Dir(w.where), "url")}
	w.spec.Accept = []string{"unlogged"}
	r := w.run()
	change := []string{"close/did", "open/did"}
	if full {
		probe := newWorld(t, schema)
		probe.do(hosts.CommandStart)
		change = points(t, probe, hosts.CommandSwitch)
	}
	w.eachKilled(r.supervised, []string{"subscription/did"}, change, []string{"sweep-to/did"})
	require.NoError(t, handovertest.Old.Primary.Kill())
	t.Cleanup(func() { assert.NoError(t, handovertest.Old.Primary.Start()) })
	r.kill()
	r.serves(t)
	r.end()
	there := w.column(w.spec.To, "SELECT title FROM posts")
	lost := slices.DeleteFunc(r.notes(), func(title string) bool { return there[title] })
	t.Logf("%d posts acknowledged by %d processes, %d lost", len(r.notes()), r.runs, len(lost))
	assert.Empty(t, lost)
}

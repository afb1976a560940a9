package slots_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/apptest"
	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/product/services"
	"github.com/rung-dev/rung/app/server"
	"github.com/rung-dev/rung/app/settings"
	"github.com/rung-dev/rung/handover"
	"github.com/rung-dev/rung/handover/edge"
	"github.com/rung-dev/rung/handover/hosts"
	"github.com/rung-dev/rung/handover/slots"
)

func TestMain(m *testing.M) { apptest.Main(m) }

// full asks for all slots there, back and there again: minutes.
var full = os.Getenv("RUNG_HANDOVER") == "full"

// step is how many slots go in a step: few, where only some go.
func step() int {
	if full {
		return 64
	}
	return 8
}

// world is the app on two servers, with people who write all the time.
type world struct {
	t      *testing.T
	second *apptest.Cluster
	at     string
	move   slots.Move

	mu     sync.Mutex
	acked  map[string]string // posts, with who wrote them
	failed int
	stop   chan struct{}
	busy   sync.WaitGroup
}

func newWorld(t *testing.T) *world {
	w := &world{t: t, acked: map[string]string{}, stop: make(chan struct{})}
	env := apptest.NewEnv(t)
	var err error
	w.second, err = apptest.StartCluster(0)
	require.NoError(t, err)
	t.Cleanup(w.second.Close)
	require.NoError(t, w.second.Primary.Exec(t.Context(), "CREATE DATABASE more"))
	env[contract.EnvDatabaseReaders], env[contract.EnvShards] = "", w.second.Primary.URL("more")
	path, err := filepath.Abs(apptest.Binary(t))
	require.NoError(t, err)
	line := "env"
	for _, one := range env.Environ() {
		line += " '" + one + "'"
	}
	_, err = edge.Shell(t.Context(), "migrate", line+" "+path+" migrate")
	require.NoError(t, err)
	read, err := settings.Read(contract.RoleAll, env.Get)
	require.NoError(t, err)
	p, err := services.Start(t.Context(), read, server.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, p.Stop()) })
	w.at = "http://" + p.Address
	w.move = slots.Move{Spec: slots.Spec{Command: line + " " + path + " shards", Step: step()},
		Dir: filepath.Join(t.TempDir(), "move")}
	return w
}

// call asks the app as a program does.
func (w *world) call(token, method, path string, in any) (int, map[string]any) {
	text, err := json.Marshal(in)
	require.NoError(w.t, err)
	r, err := http.NewRequest(method, w.at+path, bytes.NewReader(text))
	require.NoError(w.t, err)
	r.Header.Set("Content-Type", "application/json")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, nil
	}
	defer answer.Body.Close()
	out := map[string]any{}
	json.NewDecoder(answer.Body).Decode(&out) //nolint:errcheck // some answers have no body
	return answer.StatusCode, out
}

// people write until end, each in a slot of its own.
func (w *world) people(n int) {
	for i := range n {
		name := fmt.Sprintf("person-%d", i)
		code, who := w.call("", "POST", "/api/users", map[string]string{"name": name, "email": name + "@example.com",
			"password": "correct horse battery"})
		require.Equal(w.t, 201, code, who)
		token := who["token"].(string)
		w.busy.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-w.stop:
					return
				case <-time.After(200 * time.Millisecond):
				}
				in := map[string]string{"title": fmt.Sprint(name, n), "body": "It moves."}
				code, post := w.call(token, "POST", "/api/posts", in)
				w.mu.Lock()
				if id, is := post["id"].(string); is && code == 201 {
					w.acked[id] = name
				} else {
					w.failed++
				}
				w.mu.Unlock()
			}
		})
	}
}

// end stops the people and looks for every post that was acknowledged.
func (w *world) end() (lost []string) {
	close(w.stop)
	w.busy.Wait()
	for id, name := range w.acked {
		if code, post := w.call("", "GET", "/api/posts/"+id, nil); code != 200 || post["author"] != name {
			lost = append(lost, fmt.Sprintf("%s of %s: %d", id, name, code))
		}
	}
	return lost
}

// killedAt runs a command that is killed when it comes by a point for the nth time.
func (w *world) killedAt(command, end string, nth int) {
	w.t.Helper()
	m, n := w.move, 0
	m.Point = func(p string) error {
		if strings.HasSuffix(p, end) {
			n++
		}
		if n == nth {
			return handover.ErrKilled
		}
		return nil
	}
	require.ErrorIs(w.t, m.Do(w.t.Context(), command), handover.ErrKilled)
}

func (w *world) status() slots.Status {
	w.t.Helper()
	s, err := w.move.Status(w.t.Context())
	require.NoError(w.t, err)
	return s
}

// People are spread over a second server while they write: a mover that is killed goes on
// where it was, so does one under which the server was killed, the way back is the same,
// and nothing that was acknowledged is lost.
func TestPeopleMoveToASecondServer(t *testing.T) {
	w := newWorld(t)
	w.people(4)
	began := time.Now()
	p, err := w.move.Plan(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []int{1024, 0}, p.Held)
	assert.Equal(t, []int{512, 512}, p.Then)
	assert.Equal(t, 512, p.Move)
	assert.Equal(t, 512/step(), p.Steps)
	assert.Equal(t, slots.Nothing, w.status().Phase)

	w.killedAt(hosts.CommandStart, "/did", 2)
	s := w.status()
	t.Logf("%d slots in %s", s.Moved, time.Since(began))
	assert.Equal(t, slots.Moving, s.Phase)
	assert.Equal(t, 2*step(), s.Moved, "what was done and not written down is seen by the map")
	require.ErrorAs(t, w.move.Do(t.Context(), hosts.CommandFinish), new(hosts.ErrOrder))
	require.ErrorContains(t, w.move.Do(t.Context(), hosts.CommandSwitch), "there is no switch")

	m, killed := w.move, false
	m.Point = func(string) error { // before the next slots go there
		if killed {
			return nil
		}
		killed = true
		return w.second.Primary.Kill()
	}
	require.ErrorContains(t, m.Do(t.Context(), hosts.CommandStart), "run the command again")
	require.NoError(t, w.second.Primary.Start())
	w.mu.Lock()
	failed := w.failed
	w.mu.Unlock()
	t.Logf("%d writes were refused while the second server was away; %s so far", failed, time.Since(began))

	if full {
		require.NoError(t, w.move.Do(t.Context(), hosts.CommandStart))
		assert.Equal(t, slots.Moved, w.status().Phase)
		assert.Equal(t, []int{512, 512}, w.status().Held)
	}
	w.killedAt(hosts.CommandBack, "/did", 1)
	require.NoError(t, w.move.Do(t.Context(), hosts.CommandBack))
	assert.Equal(t, slots.Nothing, w.status().Phase)
	assert.Equal(t, []int{1024, 0}, w.status().Held)
	if full {
		require.NoError(t, w.move.Do(t.Context(), hosts.CommandStart))
		require.NoError(t, w.move.Do(t.Context(), hosts.CommandFinish))
		assert.Equal(t, slots.Finished, w.status().Phase)
		require.ErrorAs(t, w.move.Do(t.Context(), hosts.CommandBack), new(hosts.ErrOrder))
	}
	t.Logf("back after %s", time.Since(began))
	lost := w.end()
	assert.Empty(t, lost)
	assert.Greater(t, len(w.acked), 10)
	t.Logf("%d posts acknowledged, %d refused, %d lost", len(w.acked), w.failed, len(lost))
}

// An application whose command says something else is refused before anything is kept.
func TestACommandThatSaysSomethingElse(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "move")
	for command, want := range map[string]string{
		"echo":  "read what `echo map -json` says",
		"false": "run --shards",
		`echo '{"shards":1,"owners":[2],"balanced":[1]}' #`: "slot 0 is of the database 2",
	} {
		m := slots.Move{Spec: slots.Spec{Command: command}, Dir: dir}
		require.ErrorContains(t, m.Do(t.Context(), hosts.CommandStart), want)
		assert.False(t, slots.Begun(dir))
	}
}

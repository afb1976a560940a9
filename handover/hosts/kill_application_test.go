package hosts_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/handover/hosts"
)

// writerVariable makes the test binary an application that writes, see [writes].
const writerVariable = "RUNG_TEST_WRITER"

// supervised is an application as a process of its own, which is started again whenever
// it has ended, as systemd does.
type supervised struct {
	stop context.CancelFunc
	done <-chan struct{}
	wait sync.WaitGroup

	mu    sync.Mutex
	now   *exec.Cmd
	acked []string
	runs  int
}

// supervise runs an application until end is called; each line that it prints is taken.
func supervise(t *testing.T, env []string, line func(*supervised, string), argv ...string) *supervised {
	ctx, stop := context.WithCancel(context.Background())
	s := &supervised{stop: stop, done: ctx.Done()}
	s.wait.Go(func() {
		for ctx.Err() == nil {
			cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
			cmd.Env, cmd.Stderr = append(os.Environ(), env...), os.Stderr
			out, err := cmd.StdoutPipe()
			if err == nil {
				err = s.start(cmd)
			}
			if err != nil {
				t.Error(err)
				return
			}
			for lines := bufio.NewScanner(out); lines.Scan(); {
				line(s, lines.Text())
			}
			cmd.Wait() //nolint:errcheck // it was killed
			time.Sleep(20 * time.Millisecond)
		}
	})
	t.Cleanup(s.end)
	return s
}

func (s *supervised) start(cmd *exec.Cmd) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = cmd
	s.runs++
	return cmd.Start()
}

// kill ends the process that runs by SIGKILL.
func (s *supervised) kill() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.now != nil && s.now.Process != nil {
		s.now.Process.Kill() //nolint:errcheck // it may be about to be started
	}
}

func (s *supervised) end() { s.stop(); s.wait.Wait() }

func (s *supervised) acknowledged(note string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.acked = append(s.acked, note)
}

func (s *supervised) notes() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.acked)
}

// serves waits until the application that runs now has acknowledged something.
func (s *supervised) serves(t *testing.T) {
	t.Helper()
	before := len(s.notes())
	require.Eventually(t, func() bool { return len(s.notes()) > before }, time.Minute, 10*time.Millisecond,
		"the application writes again")
}

// writes is an application that writes to the side that it is led to, with a transaction
// that is open for a while, and prints what was acknowledged. It never ends by itself.
func writes(text string) int {
	var w struct{ Where, Pause string }
	if json.Unmarshal([]byte(text), &w) != nil {
		return 2
	}
	for n := 0; ; n++ {
		time.Sleep(10 * time.Millisecond)
		if _, err := os.Stat(w.Pause); err == nil {
			continue
		}
		note := fmt.Sprintf("%d of process %d", n, os.Getpid())
		if url, err := os.ReadFile(w.Where); err == nil && writeSlowly(string(url), note) == nil {
			fmt.Println(note)
		}
	}
}

func writeSlowly(url, note string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	tx, err := conn.Begin(ctx)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, "INSERT INTO orders (note) VALUES ($1)", note); err != nil {
		return err
	}
	time.Sleep(5 * time.Millisecond)
	return tx.Commit(ctx)
}

// writer starts that application beside a move.
func (w *world) writer() *supervised {
	text, err := json.Marshal(map[string]string{"Where": w.where, "Pause": w.spec.Edge.PauseFile})
	require.NoError(w.t, err)
	return supervise(w.t, []string{writerVariable + "=" + string(text)}, (*supervised).acknowledged, os.Args[0])
}

// killedUnder runs a command, which must come to its end, while the application is killed
// at these points of it; then the application serves again.
func (w *world) killedUnder(s *supervised, command string, at ...string) {
	w.t.Helper()
	s.serves(w.t)
	came := map[string]bool{}
	require.NoError(w.t, w.attempt(command, func(p string) error {
		if slices.Contains(at, p) && !came[p] {
			came[p] = true
			s.kill()
		}
		return nil
	}), "%s, the application killed at %s", command, at)
	assert.Len(w.t, came, len(at), "%s comes by %v of %s", command, came, at)
	s.serves(w.t)
}

// eachKilled kills the application at points of a start, of changes of sides, there and
// back by turns, and of the end.
func (w *world) eachKilled(s *supervised, start, change, end []string) {
	w.t.Helper()
	w.killedUnder(s, hosts.CommandStart, start...)
	n := 0
	for _, at := range change {
		for range turns() {
			c := changesOf(w)[n%2]
			if c.command == hosts.CommandBack && strings.HasPrefix(at, "after/") { // which is there alone
				w.do(c.command)
			} else {
				w.killedUnder(s, c.command, at)
			}
			assert.Equal(w.t, c.phase, w.phase(), "%s, the application killed at %s", c.command, at)
			w.oneSide(at)
			n++
		}
	}
	w.reach(hosts.Switched)
	w.killedUnder(s, hosts.CommandFinish, end...)
	assert.Equal(w.t, hosts.Finished, w.status().Phase)
}

// The application is killed at each step of a whole move and of one of some tables: each
// command comes to its end, the application goes on where it is led to, and nothing that
// it has acknowledged is lost. Day by day the hardest points are taken.
func TestAnApplicationThatIsKilled(t *testing.T) {
	for name, alike := range map[string]func(*testing.T) *world{
		"all tables":  func(t *testing.T) *world { return newWorld(t, schema) },
		"some tables": func(t *testing.T) *world { return someKilled(t, "") }} {
		t.Run(name, func(t *testing.T) {
			w := alike(t)
			s := w.writer()
			start, change, end := []string{"subscription/did"}, []string{"close/did", "open/did"}, []string{"sweep-to/did"}
			if full {
				end = nil
				probe := alike(t)
				start, change = points(t, probe, hosts.CommandStart), points(t, probe, hosts.CommandSwitch)
				for _, at := range points(t, probe, hosts.CommandFinish) { // some have the move's name
					end = append(end, strings.ReplaceAll(at, probe.spec.Name, w.spec.Name))
				}
			}
			w.eachKilled(s, start, change, end)
			s.end()
			there := w.column(w.spec.To, "SELECT note FROM orders")
			lost := slices.DeleteFunc(s.notes(), func(note string) bool { return there[note] })
			t.Logf("%d acknowledged by %d processes, %d lost", len(s.notes()), s.runs, len(lost))
			assert.Empty(t, lost)
		})
	}
}

// column are the values of a column as a set.
func (w *world) column(url, sql string) map[string]bool {
	w.t.Helper()
	conn, err := pgx.Connect(w.t.Context(), url)
	require.NoError(w.t, err)
	defer conn.Close(w.t.Context())
	rows, err := conn.Query(w.t.Context(), sql)
	require.NoError(w.t, err)
	all, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(w.t, err)
	there := map[string]bool{}
	for _, one := range all {
		there[one] = true
	}
	return there
}

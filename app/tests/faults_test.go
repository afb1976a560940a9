package tests

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/apptest"
	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/server"
	"github.com/rung-dev/rung/app/store"
	"github.com/rung-dev/rung/lab/awsapi/awsapitest"
)

func newHTTP() *http.Client { return &http.Client{Timeout: 15 * time.Second} }

// own is a cluster and a Redis that a test may break, and an environment on
// them.
func own(t *testing.T) (*apptest.Cluster, *apptest.Redis, apptest.Env) {
	t.Helper()
	c, err := apptest.StartCluster(2)
	require.NoError(t, err)
	t.Cleanup(c.Close)
	require.NoError(t, c.Migrate("app"))
	r := apptest.NewRedis(t)
	return c, r, apptest.ClusterEnv(t, c, "app", r)
}

// The faults of the stores, one after another, with the same crowd writing
// and reading at two servers all the time.
func TestFaultsUnderLoad(t *testing.T) {
	c, r, env := own(t)
	one, two := start(t, contract.RoleAll, env, server.Options{}), start(t, contract.RoleWeb, env, server.Options{})
	l := crowd(t, 6, "http://"+one.Address, "http://"+two.Address)
	l.goesOn(50)
	quiet := func(t *testing.T, what string, from map[string]int) {
		t.Helper()
		assert.Equal(t, from, l.failures(), what)
	}
	t.Run("Redis is killed and restarted", func(t *testing.T) {
		from := l.failures()
		require.NoError(t, r.Kill())
		l.goesOn(100)
		require.NoError(t, r.Start())
		l.goesOn(100)
		quiet(t, "without Redis every request is answered", from)
	})
	t.Run("a replica is killed and restarted", func(t *testing.T) {
		from := l.failures()
		require.NoError(t, c.Replicas[0].Kill())
		l.goesOn(100)
		require.NoError(t, c.Replicas[0].Start())
		l.goesOn(100)
		quiet(t, "the other servers answer", from)
		require.Eventually(t, func() bool { return healthy(one.Store.Pools()) == 2 }, time.Minute, 20*time.Millisecond)
	})
	t.Run("a replica lags", func(t *testing.T) {
		from := l.failures()
		require.NoError(t, c.Replicas[1].Exec(t.Context(), "SELECT pg_wal_replay_pause()"))
		require.Eventually(t, func() bool { return healthy(one.Store.Pools()) == 1 }, time.Minute, 20*time.Millisecond)
		l.goesOn(100)
		require.NoError(t, c.Replicas[1].Exec(t.Context(), "SELECT pg_wal_replay_resume()"))
		require.Eventually(t, func() bool { return healthy(one.Store.Pools()) == 2 }, time.Minute, 20*time.Millisecond)
		l.goesOn(100)
		quiet(t, "the other servers answer", from)
	})
	t.Run("the primary is restarted", func(t *testing.T) {
		require.NoError(t, c.Primary.Kill())
		probe := newClient(t, one)
		status := func(want int) func() bool {
			return func() bool {
				a, err := probe.try("GET", contract.StatusPath, nil)
				return err == nil && a.status == want
			}
		}
		require.Eventually(t, status(503), time.Minute, 20*time.Millisecond)
		for _, path := range []string{contract.HealthPath, contract.ReadyPath} {
			probe.do(200, "GET", path, nil) // a balancer keeps every server: all miss the same database
		}
		require.NoError(t, c.Primary.Start())
		l.goesOn(100)
		require.Eventually(t, status(200), time.Minute, 20*time.Millisecond)
		assert.Zero(t, l.failures()["no answer"], "who could not be served was told so")
	})
	l.stop(c.Primary.URL("app"))
}

// mailServer takes mails but for the first, on which it falls silent.
func mailServer(t *testing.T) (address string, silent chan struct{}, taken *atomic.Int64) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	silent, taken = make(chan struct{}), &atomic.Int64{}
	go func() {
		for first := true; ; first = false {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			if first {
				t.Cleanup(func() { conn.Close() }) // held: what nobody holds, the garbage collector closes
				close(silent)
				continue
			}
			go func() { defer conn.Close(); takeMail(conn, taken) }()
		}
	}()
	return l.Addr().String(), silent, taken
}

func takeMail(conn net.Conn, taken *atomic.Int64) {
	in := bufio.NewScanner(conn)
	fmt.Fprint(conn, "220 hello\r\n")
	for data := false; in.Scan(); {
		switch line := in.Text(); {
		case data && line == ".":
			data = false
			taken.Add(1)
			fmt.Fprint(conn, "250 taken\r\n")
		case data:
		case strings.HasPrefix(line, "DATA"):
			data = true
			fmt.Fprint(conn, "354 go on\r\n")
		case strings.HasPrefix(line, "QUIT"):
			fmt.Fprint(conn, "221 bye\r\n")
			return
		default:
			fmt.Fprint(conn, "250 ok\r\n")
		}
	}
}

// A worker that is killed in the middle of a job loses nothing: another does
// the job, and its mail is sent once.
func TestWorkerIsKilled(t *testing.T) {
	cloud := awsapitest.New(t)
	queue, dead := cloud.Queue("jobs", contract.JobAttempts)
	onSQS := apptest.Env(cloud.Environ())
	onSQS[contract.EnvQueueURL], onSQS[contract.EnvDeadQueueURL] = queue, dead
	for name, queueEnv := range map[string]apptest.Env{"SQS": onSQS, "the database": {}} {
		env := apptest.NewEnv(t)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address, silent, taken := mailServer(t)
			env[contract.EnvMailURL] = "smtp://" + address
			for k, v := range queueEnv {
				env[k] = v
			}
			web := apptest.StartProgram(t, env, "web")
			worker := apptest.StartProgram(t, env, "worker")
			c := &client{t: t, base: "http://" + web.Address, http: newHTTP()}
			c.signUp() // a welcome is queued
			<-silent
			l := crowd(t, 3, c.base) // who are welcomed, too
			require.Eventually(t, func() bool { return taken.Load() == 3 }, time.Minute, 50*time.Millisecond)
			var jobs struct{ Jobs []job }
			require.Eventually(t, func() bool { // a replica may lag behind the worker
				c.do(200, "GET", "/api/jobs", nil).into(t, &jobs)
				return len(jobs.Jobs) == 1 && jobs.Jobs[0].State == store.JobRunning
			}, time.Minute, 20*time.Millisecond)
			worker.Kill()
			apptest.StartProgram(t, env, "worker")
			j := c.finished(jobs.Jobs[0].ID, 150*time.Second)
			assert.Equal(t, store.JobDone, j.State)
			l.stop(env[contract.EnvDatabaseURL])
			assert.Empty(t, l.failures())
			assert.EqualValues(t, 4, taken.Load())
		})
	}
}

// Servers are replaced one by one while a crowd uses them: not one request
// fails, and no view is lost.
func TestTerminationUnderLoad(t *testing.T) {
	env := apptest.NewEnv(t)
	env[contract.EnvDrain] = "4s" // half of it covers a slow probe on a busy machine
	one, two := apptest.StartProgram(t, env, "web"), apptest.StartProgram(t, env, "web")
	l := crowd(t, 6, apptest.Balancer(t, one.Address, two.Address))
	l.goesOn(100)
	require.NoError(t, one.Terminate())
	l.goesOn(100)
	l.cancel()
	l.all.Wait()
	require.NoError(t, two.Terminate())
	assert.Empty(t, l.failures())
	l.stop(env[contract.EnvDatabaseURL])

	app := start(t, contract.RoleWeb, env, server.Options{})
	var views int64
	require.NoError(t, app.Store.Pools().Primary().QueryRow(t.Context(), "SELECT sum(views) FROM post_views").Scan(&views))
	assert.Equal(t, 2*l.written.Load(), views, "each post that was written was looked at, and another one")
}

// A disk without room refuses a picture and says why; what was there stays.
func TestFullDisk(t *testing.T) {
	env := apptest.NewEnv(t)
	dir := t.TempDir()
	env[contract.EnvUploadsDir] = dir
	app, inside := startOnSmallDisk(t, env, dir, "web")
	l := crowd(t, 4, "http://"+app.Address)
	c := &client{t: t, base: "http://" + app.Address, http: newHTTP()}
	c.signUp()
	content := picture(t)
	key, status := upload(t, c, content, nil)
	require.Equal(t, http.StatusOK, status)
	for status == http.StatusOK {
		_, status = upload(t, c, content, nil)
	}
	assert.Equal(t, http.StatusInsufficientStorage, status)
	assert.Equal(t, content, c.do(200, "GET", "/uploads/"+key, nil).body)
	c.publish("Text", "goes on")
	var left []string
	require.NoError(t, filepath.WalkDir(inside, func(path string, _ fs.DirEntry, err error) error {
		left = append(left, path)
		return err
	}))
	assert.Contains(t, strings.Join(left, "\n"), key, "this is where they are")
	assert.NotContains(t, strings.Join(left, "\n"), ".part", "no half files are left")
	l.goesOn(20)
	l.stop(env[contract.EnvDatabaseURL])
	assert.Empty(t, l.failures(), "who sends no pictures notices nothing")
}

// slowProxy passes bytes to a server, later.
func slowProxy(t *testing.T, to string) (address string, delay *atomic.Int64) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	delay = &atomic.Int64{}
	pass := func(dst, src net.Conn) {
		defer dst.Close()
		buffer := make([]byte, 64<<10)
		for {
			n, err := src.Read(buffer)
			time.Sleep(time.Duration(delay.Load()))
			if _, werr := dst.Write(buffer[:n]); err != nil || werr != nil {
				return
			}
		}
	}
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("tcp", to)
			if err != nil {
				in.Close()
				continue
			}
			go pass(out, in)
			go pass(in, out)
		}
	}()
	return l.Addr().String(), delay
}

// A slow database slows writes down; what is cached stays fast, every request
// is answered within its time, and nothing is lost.
func TestSlowDatabase(t *testing.T) {
	c, name := apptest.Database(t)
	env := apptest.ClusterEnv(t, c, name, apptest.NewRedis(t))
	address, delay := slowProxy(t, fmt.Sprintf("127.0.0.1:%d", c.Primary.Port))
	env[contract.EnvDatabaseURL] = strings.Replace(env[contract.EnvDatabaseURL],
		fmt.Sprintf("127.0.0.1:%d", c.Primary.Port), address, 1)
	env[contract.EnvDatabaseReaders] = ""
	app := start(t, contract.RoleWeb, env, server.Options{})
	who := newClient(t, app)
	who.signUp()
	p := who.publish("Cached", "x")
	l := crowd(t, 6, "http://"+app.Address)
	l.goesOn(20)
	delay.Store(int64(300 * time.Millisecond))
	fastest := time.Hour // a busy machine may be slow now and then, the database always is
	for range 20 {
		begin := time.Now()
		newClient(t, app).do(200, "GET", "/api/posts/"+p.ID, nil)
		fastest = min(fastest, time.Since(begin))
	}
	assert.Less(t, fastest, 300*time.Millisecond, "cached")
	l.goesOn(6)
	delay.Store(0)
	l.goesOn(20)
	l.stop(c.Primary.URL(name))
	assert.Zero(t, l.failures()["no answer"])
}

// A pool that is full is not a database that is away, and no reason to leave.
func TestAFullPoolIsNotAnAwayDatabase(t *testing.T) {
	t.Parallel()
	env := apptest.NewEnv(t)
	env[contract.EnvDatabasePool], env[contract.EnvDatabaseReaders] = "2", ""
	app := start(t, contract.RoleWeb, env, server.Options{})
	c := newClient(t, app)
	pool := app.Store.Pools().Primary()
	for range 2 {
		conn, err := pool.Acquire(t.Context())
		require.NoError(t, err)
		defer conn.Release()
	}
	for range 3 { // the database is asked once a second
		for path, want := range map[string]int{contract.HealthPath: 200, contract.ReadyPath: 200, contract.StatusPath: 200} {
			a := c.do(want, "GET", path, nil)
			if path != contract.HealthPath {
				assert.Contains(t, string(a.body), `"database":"full: `)
			}
		}
		time.Sleep(time.Second)
	}
}

// A hanging database is not waited for for ever.
func TestHangingDatabase(t *testing.T) {
	t.Parallel()
	env := apptest.NewEnv(t)
	app := start(t, contract.RoleWeb, env, server.Options{})
	who := newClient(t, app)
	who.signUp()
	lock := exec.CommandContext(t.Context(), "psql", env[contract.EnvDatabaseURL], "-c",
		"BEGIN; LOCK posts; SELECT pg_sleep(60)")
	lock.Stdout, lock.Stderr = io.Discard, os.Stderr
	require.NoError(t, lock.Start())
	defer lock.Wait()         //nolint:errcheck // it is killed
	defer lock.Process.Kill() //nolint:errcheck // it may have ended
	require.Eventually(t, func() bool {
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		defer cancel()
		_, err := app.Store.Pools().Primary().Exec(ctx, "SELECT 1 FROM posts LIMIT 1")
		return err != nil
	}, time.Minute, 20*time.Millisecond)
	begin := time.Now()
	a := who.do(503, "POST", "/api/posts", map[string]string{"title": "a", "body": "b"})
	assert.Less(t, time.Since(begin), 55*time.Second, "not until the lock is gone")
	assert.NotEmpty(t, a.header.Get("Retry-After"))
}

// A mail server that hangs holds up mails, and nothing else: no transaction
// waits for it, requests have their connections, other jobs are done.
func TestAMailServerThatHangs(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0") // takes connections, says nothing
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	env := apptest.NewEnv(t)
	env[contract.EnvMailURL], env[contract.EnvDatabasePool], env[contract.EnvDatabaseReaders] =
		"smtp://"+l.Addr().String(), "3", ""
	app := start(t, contract.RoleAll, env, server.Options{})
	c := newClient(t, app)
	for range 12 { // each is to be welcomed
		newClient(t, app).signUp()
	}
	c.signUp()
	hanging := func() (n int) {
		require.NoError(t, app.Store.Pools().Primary().QueryRow(t.Context(),
			"SELECT count(*) FROM mails WHERE claimed_until > now()").Scan(&n))
		return n
	}
	require.Eventually(t, func() bool { return hanging() > 0 }, time.Minute, 20*time.Millisecond)
	var j job
	c.do(202, "POST", "/api/jobs", map[string]string{"kind": "report"}).into(t, &j)
	j = c.finished(j.ID, time.Minute)
	assert.Equal(t, store.JobDone, j.State)
	assert.Positive(t, hanging(), "all of this while mails hang")
	for range 20 {
		c.publish("Goes", "on")
		c.do(200, "GET", contract.HealthPath, nil)
	}
	var waiting int
	require.NoError(t, app.Store.Pools().Primary().QueryRow(t.Context(),
		"SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE "+
			"'idle in transaction%'").Scan(&waiting))
	assert.Zero(t, waiting, "no transaction waits for the mail server")
}

// slowMail takes every mail, but only after some time.
func slowMail(t *testing.T, wait time.Duration, begin func()) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				begin()
				time.Sleep(wait)
				takeMail(conn, &atomic.Int64{})
			}()
		}
	}()
	return l.Addr().String()
}

// A machine that is about to be taken back is left in good order: requests go
// elsewhere, and the process waits to be stopped rather than start anew.
func TestTerminationNotice(t *testing.T) {
	t.Parallel()
	cloud := awsapitest.New(t)
	env := apptest.NewEnv(t)
	env[contract.EnvRegion], env["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = awsapitest.Region, cloud.URL()
	app := apptest.StartProgram(t, env, "all")
	c := &client{t: t, base: "http://" + app.Address, http: newHTTP()}
	c.do(200, "GET", contract.ReadyPath, nil)
	cloud.Machine.Set("spot/instance-action", `{"action":"terminate"}`)
	require.Eventually(t, func() bool { _, err := c.try("GET", contract.ReadyPath, nil); return err != nil }, time.Minute,
		50*time.Millisecond)
	assert.NoError(t, app.Terminate())
}

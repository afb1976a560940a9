package tests

import (
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/apptest"
	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/jobs"
	"github.com/rung-dev/rung/app/product/work"
	"github.com/rung-dev/rung/app/server"
	"github.com/rung-dev/rung/app/store"
)

// A job whose last attempt takes too long is dead, and so is one whose worker
// was killed at the last attempt: who asked for it is told.
func TestJobsEndHoweverTheirLastAttemptDoes(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0") // takes connections, says nothing
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	env := apptest.NewEnv(t)
	env[contract.EnvMailURL] = "smtp://" + l.Addr().String()
	config := jobs.Config{Attempts: 1, Longest: time.Second}
	app := start(t, contract.RoleAll, env, server.Options{Jobs: config})
	c := newClient(t, app)
	c.signUp() // a welcome is queued
	var found struct{ Jobs []job }
	require.Eventually(t, func() bool {
		c.do(200, "GET", "/api/jobs", nil).into(t, &found)
		return len(found.Jobs) == 1 && found.Jobs[0].State == store.JobDead
	}, time.Minute, 50*time.Millisecond, "%v", &found)

	killed, err := work.New(mustUser(t, app, c), work.Report, work.ReportArgs{})
	require.NoError(t, err)
	require.NoError(t, pgx.BeginFunc(t.Context(), app.Store.Pools().Primary(),
		func(tx pgx.Tx) error { return store.CreateJob(t.Context(), tx, killed) }))
	_, err = app.Store.StartJob(t.Context(), killed.ID, 1)
	require.NoError(t, err)
	n, err := config.GiveUp(t.Context(), app.Store.Store)
	require.NoError(t, err)
	assert.Zero(t, n, "it may be under way")
	_, err = app.Store.Pools().Primary().Exec(t.Context(),
		"UPDATE jobs SET updated_at = now() - interval '1 minute' WHERE id = $1", killed.ID)
	require.NoError(t, err)
	_, err = config.GiveUp(t.Context(), app.Store.Store) // the app's own may have come first
	require.NoError(t, err)
	assert.Equal(t, store.JobDead, c.finished(killed.ID.String(), time.Second).State)
}

// A job that was noted but never sent, because its server crashed between the
// two, is sent after a while; one that was sent is not sent again.
func TestJobsThatWereNotSentAreSent(t *testing.T) {
	cloud, env, options := cloudEnv(t)
	app := start(t, contract.RoleWeb, env, options)
	queue := jobs.NewSQS(cloud.Config(), env[contract.EnvQueueURL], env[contract.EnvDeadQueueURL], app.Store.Store,
		options.Jobs)
	lost, err := work.New(store.NewID(), work.Mail, work.MailArgs{To: "a@example.com", Subject: "s", Text: "t"})
	require.NoError(t, err)
	require.NoError(t, pgx.BeginFunc(t.Context(), app.Store.Pools().Primary(),
		func(tx pgx.Tx) error { return store.CreateJob(t.Context(), tx, lost) }))
	sent, err := work.New(store.NewID(), work.Mail, work.MailArgs{To: "b@example.com", Subject: "s", Text: "t"})
	require.NoError(t, err)
	require.NoError(t, app.Queue.Enqueue(t.Context(), sent))

	n, err := queue.Sweep(t.Context(), time.Hour)
	require.NoError(t, err)
	assert.Zero(t, n, "its server may be about to")
	n, err = queue.Sweep(t.Context(), 0)
	require.NoError(t, err)
	assert.Equal(t, 1, n)
	n, err = queue.Sweep(t.Context(), 0)
	require.NoError(t, err)
	assert.Zero(t, n)
	start(t, contract.RoleWorker, env, options)
	require.Eventually(t, func() bool {
		j, err := app.Store.Job(t.Context(), lost.ID)
		return err == nil && j.State == store.JobDone
	}, time.Minute, 50*time.Millisecond)
}

// While SQS is away jobs are taken all the same, and done once it is back.
func TestJobsAreTakenWhileSQSIsAway(t *testing.T) {
	_, env, options := cloudEnv(t)
	away := *options.AWS
	away.BaseEndpoint = aws.String("http://127.0.0.1:1")
	web := start(t, contract.RoleWeb, env, server.Options{AWS: &away})
	c := newClient(t, web)
	c.signUp()
	var j store.Job
	c.do(http.StatusAccepted, "POST", "/api/jobs", map[string]string{"kind": "report"}).into(t, &j)
	noted, err := web.Store.Job(t.Context(), j.ID)
	require.NoError(t, err)
	assert.Equal(t, store.JobQueued, noted.State)
	assert.Equal(t, store.JobWaits, noted.Error)
	start(t, contract.RoleWorker, env, options)
	assert.Equal(t, store.JobDone, c.finished(j.ID.String(), time.Minute).State)
}

// Jobs that waited in the database when the queue became SQS, as it does on
// the way up, are done there.
func TestJobsMoveToAnotherQueue(t *testing.T) {
	cloud, env, options := cloudEnv(t)
	before := apptest.Env{}
	for k, v := range env {
		before[k] = v
	}
	delete(before, contract.EnvQueueURL)
	delete(before, contract.EnvDeadQueueURL)
	lower := start(t, contract.RoleWeb, before, options)
	newClient(t, lower).signUp() // a welcome waits, and nobody works there
	queue := jobs.NewSQS(cloud.Config(), env[contract.EnvQueueURL], env[contract.EnvDeadQueueURL], lower.Store.Store,
		options.Jobs)
	n, err := queue.Sweep(t.Context(), 0)
	require.NoError(t, err)
	assert.Equal(t, 1, n)
	start(t, contract.RoleWorker, env, options)
	require.Eventually(t, func() bool {
		var done bool
		err := lower.Store.Pools().Primary().QueryRow(t.Context(), "SELECT bool_and(state = 'done') FROM jobs").Scan(&done)
		return err == nil && done
	}, time.Minute, 50*time.Millisecond)
}

// A service leaves jobs to the workers where there is a queue for them.
func TestServicesLeaveJobsToWorkers(t *testing.T) {
	t.Parallel()
	_, env, options := cloudEnv(t)
	app := start(t, contract.RolePosts, env, options)
	newClient(t, app).signUp() // and is to be welcomed
	time.Sleep(time.Second)    // in which a worker would have done so
	n, err := app.Queue.Length(t.Context())
	require.NoError(t, err)
	assert.Equal(t, 1, n)
	start(t, contract.RoleWorker, env, options)
	require.Eventually(t, func() bool {
		var done int
		err := app.Store.Pools().Primary().QueryRow(t.Context(), "SELECT count(*) FROM jobs WHERE state = 'done'").Scan(&done)
		return err == nil && done == 1
	}, time.Minute, 50*time.Millisecond)
}

// In the database a job under way is spoken for by its worker, however long
// it takes; one whose worker has died is soon old enough to be rescued.
func TestWorkersSpeakForTheirJobs(t *testing.T) {
	t.Parallel()
	env := apptest.NewEnv(t)
	options := server.Options{Jobs: jobs.Config{Lease: time.Second}}
	var begun atomic.Int64
	env[contract.EnvMailURL] = "smtp://" + slowMail(t, 5*time.Second, func() { begun.Add(1) })
	app := start(t, contract.RoleAll, env, options)
	db := app.Store.Pools().Primary()
	_, err := db.Exec(t.Context(), `INSERT INTO river_job (kind, args, max_attempts, attempt, state, attempted_at, attempted_by)
		VALUES ('job', '{"job":"00000000-0000-0000-0000-000000000000"}', 3, 1, 'running', now(), '{gone}')`)
	require.NoError(t, err)
	newClient(t, app).signUp() // and is welcomed, slowly
	require.Eventually(t, func() bool { return begun.Load() == 1 }, time.Minute, 10*time.Millisecond)
	const old = `SELECT coalesce(bool_or(attempted_at < now() - interval '1 minute'), false) FROM river_job WHERE state = 'running' AND (attempted_by = '{gone}') = $1`
	state := func(dead bool) (is bool) {
		require.NoError(t, db.QueryRow(t.Context(), old, dead).Scan(&is))
		return is
	}
	require.Eventually(t, func() bool { return state(true) }, 20*time.Second, 50*time.Millisecond)
	require.Eventually(t, func() bool {
		require.False(t, state(false), "the worker lives")
		var done int
		require.NoError(t, db.QueryRow(t.Context(), "SELECT count(*) FROM jobs WHERE state = 'done'").Scan(&done))
		return done == 1
	}, time.Minute, 50*time.Millisecond)
	assert.EqualValues(t, 1, begun.Load())
}

// Events that nobody will hear of do not pile up: all before stage 4, later
// those of a kind that the service does not tell. The others wait for as long
// as it takes.
func TestEventsDoNotPileUp(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		role  contract.Role
		stage string
		want  int
	}{
		"stage 3":                 {role: contract.RoleWeb, stage: "3", want: 1},
		"the one app on stage 4":  {role: contract.RoleWeb, stage: "4", want: 3501},
		"a service":               {role: contract.RolePosts, stage: "4", want: 3001},
		"a service that is alone": {role: contract.RoleUsers, stage: "4", want: 3501},
	} {
		t.Run(name, func(t *testing.T) {
			env := apptest.NewEnv(t)
			env[contract.EnvStage] = tt.stage
			if tt.role == contract.RolePosts {
				env[contract.EnvEventSubscribers] = "post.created=http://127.0.0.1:1"
			}
			app := start(t, tt.role, env, server.Options{})
			newClient(t, app).signUp()
			db := app.Store.Pools().Primary()
			_, err := db.Exec(t.Context(), `INSERT INTO outbox (id, topic, payload, created_at, sent_at)
				SELECT gen_random_uuid(), CASE WHEN i > 6000 THEN 'user.created' WHEN i > 1500 THEN 'post.created' ELSE 'post.deleted' END, '{}', now() - interval '2 hours',
					CASE WHEN i BETWEEN 3001 AND 6000 THEN now() - interval '8 days' END FROM generate_series(1, 6500) i`)
			require.NoError(t, err)
			require.NoError(t, app.Tidy(t.Context()))
			var left int
			require.NoError(t, db.QueryRow(t.Context(), "SELECT count(*) FROM outbox").Scan(&left))
			assert.Equal(t, tt.want, left)
		})
	}
}

package tests

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/apptest"
	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/jobs"
	"github.com/rung-dev/rung/app/notice"
	"github.com/rung-dev/rung/app/product"
	"github.com/rung-dev/rung/app/server"
	"github.com/rung-dev/rung/app/uploads"
	"github.com/rung-dev/rung/lab/awsapi/awsapitest"
)

// cloudEnv is an environment as from stage 2: SQS and S3.
func cloudEnv(t *testing.T) (*awsapitest.Cloud, apptest.Env, server.Options) {
	t.Helper()
	cloud := awsapitest.New(t)
	env := apptest.NewEnv(t)
	delete(env, contract.EnvUploadsDir)
	env[contract.EnvQueueURL], env[contract.EnvDeadQueueURL] = cloud.Queue("jobs", contract.JobAttempts)
	env[contract.EnvUploadsBucket] = cloud.Bucket("uploads")
	env[contract.EnvRegion] = awsapitest.Region
	config := cloud.Config()
	return cloud, env, server.Options{AWS: &config, Visible: 2 * time.Second, Jobs: jobs.Config{Backoff: time.Second}}
}

func picture(t *testing.T) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 800, 400))
	for x := range 800 {
		img.Set(x, x/2, color.RGBA{R: 255, A: 255})
	}
	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, img))
	return b.Bytes()
}

// upload sends a picture by a presigned URL and returns its key.
func upload(t *testing.T, c *client, content []byte, mangle func(*http.Request)) (string, int) {
	t.Helper()
	var ticket struct {
		Key, Method, URL string
		Headers          map[string]string
	}
	a, err := c.try("POST", "/api/uploads",
		map[string]any{"content_type": http.DetectContentType(content), "size": len(content)})
	require.NoError(t, err)
	if a.status != http.StatusCreated {
		return "", a.status
	}
	a.into(t, &ticket)
	if strings.HasPrefix(ticket.URL, "/") {
		ticket.URL = c.base + ticket.URL
	}
	r, err := http.NewRequest(ticket.Method, ticket.URL, bytes.NewReader(content))
	require.NoError(t, err)
	for k, v := range ticket.Headers {
		r.Header.Set(k, v)
	}
	if mangle != nil {
		mangle(r)
	}
	resp, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	text, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	resp.Body.Close()
	if resp.StatusCode != 200 {
		t.Logf("upload: %s", text)
	}
	return ticket.Key, resp.StatusCode
}

func TestPictures(t *testing.T) {
	_, cloud, options := cloudEnv(t)
	for name, tt := range map[string]struct {
		env     apptest.Env
		options server.Options
	}{
		"in a bucket":    {env: cloud, options: options},
		"in a directory": {env: apptest.NewEnv(t)},
	} {
		t.Run(name, func(t *testing.T) {
			app := start(t, contract.RoleAll, tt.env, tt.options)
			c := newClient(t, app)
			c.signUp()
			content := picture(t)
			_, status := upload(t, c, content, func(r *http.Request) { r.Header.Set("Content-Type", "text/html") })
			assert.Equal(t, http.StatusForbidden, status, "the ticket is for a picture")
			_, status = upload(t, c, content,
				func(r *http.Request) { r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(content[:10])), 10 })
			assert.NotEqual(t, http.StatusOK, status, "the ticket is for so many bytes")
			key, status := upload(t, c, content, nil)
			require.Equal(t, http.StatusOK, status)
			var p post
			c.do(201, "POST", "/api/posts", map[string]string{"title": "A picture", "body": "x", "picture": key}).into(t, &p)
			require.Eventually(t, func() bool {
				c.do(200, "GET", "/api/posts/"+p.ID, nil).into(t, &p)
				return p.Thumbnail != ""
			}, time.Minute, 50*time.Millisecond)
			small, err := jpeg.Decode(bytes.NewReader(c.do(200, "GET", "/uploads/"+p.Thumbnail, nil).body))
			require.NoError(t, err)
			assert.Equal(t, image.Pt(320, 160), small.Bounds().Size())
			assert.Equal(t, content, c.do(200, "GET", "/uploads/"+key, nil).body)
			c.do(404, "GET", "/uploads/"+uploads.Incoming(key), nil)
			c.do(422, "POST", "/api/posts",
				map[string]string{"title": "Not sent", "body": "x", "picture": strings.Replace(key, key[47:55], "00000000", 1)})

			c.do(204, "DELETE", "/api/posts/"+p.ID, nil)
			for _, gone := range []string{key, p.Thumbnail} {
				require.Eventually(t, func() bool { return notThere(c, "/uploads/"+gone) }, time.Minute, 20*time.Millisecond, gone)
			}
			require.Eventually(t, func() bool { return kept(t, app, key) == 0 }, time.Minute, 20*time.Millisecond,
				"it is counted no longer")
		})
	}
}

func notThere(c *client, path string) bool {
	a, err := c.try("GET", path, nil)
	return err == nil && a.status == 404
}

// kept is how many bytes are counted of a file.
func kept(t *testing.T, app *product.App, key string) (n int64) {
	t.Helper()
	require.NoError(t, app.Store.Pools().Primary().QueryRow(t.Context(),
		"SELECT coalesce(sum(size), 0) FROM uploads WHERE key = $1", key).Scan(&n))
	return n
}

// Jobs through either queue: three attempts, dead letters that are kept,
// listed and replayed.
func TestJobsAreTriedAndReplayed(t *testing.T) {
	_, cloud, options := cloudEnv(t)
	for name, tt := range map[string]struct {
		env     apptest.Env
		options server.Options
	}{
		"SQS":          {env: cloud, options: options},
		"the database": {env: apptest.NewEnv(t), options: server.Options{Jobs: jobs.Config{Backoff: time.Second}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := start(t, contract.RoleAll, tt.env, tt.options)
			c := newClient(t, app)
			c.signUp()
			bad, err := newJob("no-such-kind")
			require.NoError(t, err)
			begin := time.Now()
			require.NoError(t, app.Queue.Enqueue(t.Context(), bad))
			require.Eventually(t,
				func() bool {
					j, err := app.Store.Job(t.Context(), bad.ID)
					return err == nil &&
						j.State == "dead"
				}, time.Minute, 50*time.Millisecond)
			assert.Greater(t, time.Since(begin), 3*time.Second, "pauses of one and two seconds")
			j, err := app.Store.Job(t.Context(), bad.ID)
			require.NoError(t, err)
			assert.Equal(t, contract.JobAttempts, j.Attempts)
			var dead []jobs.Dead
			require.Eventually(t, func() bool {
				dead, err = app.Queue.Dead(t.Context(), 10)
				return err == nil && len(dead) == 1
			}, time.Minute, 100*time.Millisecond)
			assert.Equal(t, bad.ID.String(), dead[0].Job)
			assert.Contains(t, dead[0].Error, "no handler")

			// Mended: the kind of a job is now one that there is.
			_, err = app.Store.Pools().Primary().Exec(t.Context(), "UPDATE jobs SET kind = 'report', args = '{}' WHERE id = $1",
				bad.ID)
			require.NoError(t, err)
			n, err := app.Queue.Replay(t.Context(), bad.ID.String())
			require.NoError(t, err)
			assert.Equal(t, 1, n)
			require.Eventually(t,
				func() bool {
					j, err := app.Store.Job(t.Context(), bad.ID)
					return err == nil &&
						j.State == "done"
				}, time.Minute, 50*time.Millisecond)
		})
	}
}

// A queue full of messages that nobody understands does not stop the others.
func TestPoisonMessages(t *testing.T) {
	t.Parallel()
	cloud, env, options := cloudEnv(t)
	for range 50 {
		cloud.Send(env[contract.EnvQueueURL], "poison")
	}
	app := start(t, contract.RoleAll, env, options)
	l := crowd(t, 4, "http://"+app.Address)
	c := newClient(t, app)
	c.signUp()
	var j job
	c.do(202, "POST", "/api/jobs", map[string]string{"kind": "report"}).into(t, &j)
	assert.Equal(t, "done", c.finished(j.ID, time.Minute).State)
	require.Eventually(t, func() bool {
		dead, err := app.Queue.Dead(t.Context(), 100)
		return err == nil && len(dead) == 50
	}, time.Minute, 200*time.Millisecond)
	l.goesOn(20)
	l.stop(env[contract.EnvDatabaseURL])
	assert.Empty(t, l.failures())
}

func TestSecretsAndPurge(t *testing.T) {
	cloud, env, options := cloudEnv(t)
	cloud.Secret("arn:origin", "let me in")
	env[contract.EnvOriginSecret] = "arn:origin"
	env[contract.EnvCDN], env[contract.EnvCDNDistribution] = "cloudfront", cloud.Distribution("E1")
	app := start(t, contract.RoleWeb, env, options)
	c := newClient(t, app)
	c.do(403, "GET", "/api/posts", nil)
	c.do(200, "GET", contract.HealthPath, nil)
	c.http = &http.Client{Transport: throughCDN{}}
	c.signUp()
	p := c.publish("A", "b")
	require.Eventually(t, func() bool {
		return assert.ObjectsAreEqual([]string{"/", "/api/posts", "/api/posts/" + p.ID,
			"/api/users/" + p.Author + "/posts", "/posts/" + p.ID}, cloud.Purged())
	}, time.Minute, 50*time.Millisecond, "%v", cloud.Purged())
}

// throughCDN adds what a CDN adds.
type throughCDN struct{}

func (throughCDN) RoundTrip(r *http.Request) (*http.Response, error) {
	r.Header.Set(contract.OriginHeader, "let me in")
	return http.DefaultTransport.RoundTrip(r)
}

func TestNoticeOfTheEnd(t *testing.T) {
	cloud := awsapitest.New(t)
	t.Setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", cloud.URL())
	noticed := notice.Watch(t.Context(), cloud.Config(), discard)
	select {
	case <-noticed:
		t.Fatal("noticed an end that nobody has told")
	case <-time.After(500 * time.Millisecond):
	}
	cloud.Machine.Set("autoscaling/target-lifecycle-state", "Terminated")
	select {
	case <-noticed:
	case <-time.After(time.Minute):
		t.Fatal("the end was not noticed")
	}
}

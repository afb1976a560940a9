package tests

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/apptest"
	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/jobs"
	"github.com/rung-dev/rung/app/server"
)

// Who operates the app sees what is wrong and mends it on one page; to others
// there is no such page.
func TestOperatorsPage(t *testing.T) {
	t.Parallel()
	env := apptest.NewEnv(t)
	c, further := apptest.Database(t)
	env[contract.EnvShards] = c.Primary.URL(further)
	app := start(t, contract.RoleAll, env, server.Options{Jobs: jobs.Config{Backoff: 10 * time.Millisecond}})
	site := "http://" + app.Address
	b, name := member(t, app)
	look := func() got {
		resp, err := b.Get(site + "/operator")
		return sent(t, resp, err)
	}
	assert.Equal(t, 404, look().status)
	for _, path := range []string{"/operator/replay", "/operator/move"} {
		assert.Equal(t, 404, filled(t, b, site+path, "first", "0", "last", "0", "shard", "2").status)
	}
	resp, err := http.Get(site + "/operator")
	assert.Contains(t, sent(t, resp, err).at, "/login")
	out, err := command(t, env, "operator", name)
	require.NoError(t, err, out)
	page := look()
	require.Equal(t, 200, page.status, page.text)
	assert.Contains(t, page.text, "No dead letters.")
	assert.Contains(t, page.text, "<td>answers</td>", "the replicas")

	bad, err := newJob("no-such-kind")
	require.NoError(t, err)
	require.NoError(t, app.Queue.Enqueue(t.Context(), bad))
	require.Eventually(t, func() bool { page = look(); return strings.Contains(page.text, bad.ID.String()) }, time.Minute,
		50*time.Millisecond)
	assert.Contains(t, page.text, "no handler for jobs of kind")
	assert.Equal(t, "/operator?replayed", filled(t, b, site+"/operator/replay", "job", bad.ID.String()).at)
	require.Eventually(t, func() bool { return strings.Contains(look().text, bad.ID.String()) }, time.Minute,
		50*time.Millisecond, "it fails again")

	page = filled(t, b, site+"/operator/move", "first", "5", "last", "1023", "shard", "3")
	assert.Equal(t, 422, page.status)
	assert.Contains(t, page.text, "must be a number from 5 to 68")
	assert.Contains(t, page.text, "must be a number from 1 to 2")
	assert.Equal(t, "/operator?moving", filled(t, b, site+"/operator/move", "first", "5", "last", "8", "shard", "2").at)
	require.Eventually(t, func() bool { return strings.Contains(look().text, "<tr><td>2</td><td>4</td></tr>") },
		time.Minute,
		50*time.Millisecond)
	assert.Regexp(t, `<td>newest</td><td>\d+</td><td>\d+ %</td>`, look().text)

	out, err = command(t, env, "operator", name, "-remove")
	require.NoError(t, err, out)
	assert.Equal(t, 404, look().status)
}

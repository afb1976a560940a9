package hosts_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/redis/rueidis"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/apptest"
	"github.com/rung-dev/rung/handover"
	"github.com/rung-dev/rung/handover/hosts"
)

// Sessions go along and caches stay; on the way back they come back only where a
// command of the user's has led the application to the other Redis. Files that come to
// the old side after the switch are copied at the end.
func TestSessionsAndFilesGoAlong(t *testing.T) {
	for name, led := range map[string]bool{"led": true, "not led": false} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, schema)
			a, b, dir := apptest.NewRedis(t), apptest.NewRedis(t), t.TempDir()
			w.spec.FromRedis, w.spec.ToRedis, w.spec.RedisMatch = a.URL(), b.URL(), []string{"s:*"}
			w.spec.FromFiles, w.spec.ToFiles = filepath.Join(dir, "old"), filepath.Join(dir, "new")
			for _, place := range []string{w.spec.FromFiles, w.spec.ToFiles} {
				require.NoError(t, os.Mkdir(place, 0o755))
			}
			keep := func(name string) {
				require.NoError(t, os.WriteFile(filepath.Join(w.spec.FromFiles, name), []byte(name), 0o644))
			}
			keep("one")
			if !led {
				w.spec.Edge.OnSwitch = ""
			}
			set(t, a.URL(), "s:ada", "before")
			set(t, a.URL(), "cached:1", "stale")
			w.do("start")
			w.do("switch")
			assert.Equal(t, "before", get(t, b.URL(), "s:ada"))
			assert.Empty(t, get(t, b.URL(), "cached:1"))
			set(t, b.URL(), "s:ada", "of the new one")
			w.do("back")
			assert.Equal(t, map[bool]string{true: "of the new one", false: "before"}[led], get(t, a.URL(), "s:ada"))
			w.do("switch")
			keep("two")
			w.do("finish")
			assert.FileExists(t, filepath.Join(w.spec.ToFiles, "two"))
			entries, err := handover.ReadJournal(w.dir)
			require.NoError(t, err)
			assert.Equal(t, hosts.Passed{Files: 2, Bytes: 6, Keys: 1}, hosts.PassedOf(entries))
		})
	}
}

func redisAt(t *testing.T, url string, do func(context.Context, rueidis.Client)) {
	t.Helper()
	option, err := rueidis.ParseURL(url)
	require.NoError(t, err)
	option.DisableCache, option.ForceSingleClient = true, true
	c, err := rueidis.NewClient(option)
	require.NoError(t, err)
	defer c.Close()
	do(t.Context(), c)
}

func set(t *testing.T, url, key, value string) {
	redisAt(t, url, func(ctx context.Context, c rueidis.Client) {
		require.NoError(t, c.Do(ctx, c.B().Set().Key(key).Value(value).Build()).Error())
	})
}

func get(t *testing.T, url, key string) (value string) {
	redisAt(t, url, func(ctx context.Context, c rueidis.Client) {
		value, _ = c.Do(ctx, c.B().Get().Key(key).Build()).ToString() // none is empty
	})
	return value
}

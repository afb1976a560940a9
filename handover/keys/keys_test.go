package keys_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/redis/rueidis"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/apptest"
	"github.com/rung-dev/rung/handover/keys"
)

func client(t *testing.T, r *apptest.Redis) rueidis.Client {
	t.Helper()
	c, err := rueidis.NewClient(rueidis.ClientOption{InitAddress: []string{fmt.Sprintf("127.0.0.1:%d", r.Port)},
		DisableCache: true})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

func TestKeysKeepTheirTimeToLive(t *testing.T) {
	a, b := apptest.NewRedis(t), apptest.NewRedis(t)
	from, to, ctx := client(t, a), client(t, b), t.Context()
	for i := range 1200 { // more than a page
		set := from.B().Set().Key(fmt.Sprint("session:", i)).Value("x").ExSeconds(1000).Build()
		require.NoError(t, from.Do(ctx, set).Error())
	}
	require.NoError(t, from.Do(ctx, from.B().Hset().Key("for-ever").FieldValue().FieldValue("a", "1").Build()).Error())
	c, err := keys.Copy(ctx, a.URL(), b.URL(), keys.Options{})
	require.NoError(t, err)
	assert.Equal(t, keys.Copied{Keys: 1201, Whole: true}, c)
	left, err := to.Do(ctx, to.B().Ttl().Key("session:7").Build()).AsInt64()
	require.NoError(t, err)
	assert.InDelta(t, 1000, left, 30)
	left, err = to.Do(ctx, to.B().Ttl().Key("for-ever").Build()).AsInt64()
	require.NoError(t, err)
	assert.EqualValues(t, -1, left)

	// Patterns choose.
	other := apptest.NewRedis(t)
	c, err = keys.Copy(ctx, a.URL(), other.URL(), keys.Options{Match: []string{"for-*", "session:7?"}})
	require.NoError(t, err)
	assert.Equal(t, keys.Copied{Keys: 11, Whole: true}, c)

	// The last pass overwrites; one that keeps does not.
	require.NoError(t, from.Do(ctx, from.B().Set().Key("session:1").Value("newer").Build()).Error())
	require.NoError(t, to.Do(ctx, to.B().Set().Key("session:2").Value("of the new side").Build()).Error())
	_, err = keys.Copy(ctx, a.URL(), b.URL(), keys.Options{Keep: true})
	require.NoError(t, err)
	kept, err := to.Do(ctx, to.B().Get().Key("session:2").Build()).ToString()
	require.NoError(t, err)
	assert.Equal(t, "of the new side", kept)
	_, err = keys.Copy(ctx, a.URL(), b.URL(), keys.Options{Within: time.Minute})
	require.NoError(t, err)
	value, err := to.Do(ctx, to.B().Get().Key("session:1").Build()).ToString()
	require.NoError(t, err)
	assert.Equal(t, "newer", value)
}

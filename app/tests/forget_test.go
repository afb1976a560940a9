package tests

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/apptest"
	"github.com/rung-dev/rung/app/cache"
	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/server"
)

// Several values are forgotten as one is: none comes from memory afterwards.
func TestCacheForgetsSeveralBeforeItReturns(t *testing.T) {
	c, _, _ := processAt(t, latePushes(t, apptest.NewRedis(t)))
	get := func(id, truth string) string {
		v, err := c.Get(t.Context(), family, id, func(context.Context) ([]byte, error) { return []byte(truth), nil })
		require.NoError(t, err)
		return string(v)
	}
	for i := range 20 {
		var all []cache.Value
		for n := range 5 {
			id := fmt.Sprint(i, "-", n)
			get(id, "old")
			get(id, "old") // from memory, if Redis was quick
			all = append(all, cache.Value{Family: family, ID: id})
		}
		c.InvalidateAll(t.Context(), 0, all...)
		for _, v := range all {
			require.Equal(t, "new", get(v.ID, "new"))
		}
	}
}

// Headers that tell a browser how to treat a document are with documents, and
// whatever else could be taken for one says that it is none.
func TestDocumentsHaveTheHeadersOfDocuments(t *testing.T) {
	c := newClient(t, start(t, contract.RoleWeb, apptest.NewEnv(t), server.Options{}))
	page := c.do(200, "GET", "/", nil)
	answer := c.do(200, "GET", "/api/posts", nil)
	for _, name := range []string{"Content-Security-Policy", "Cross-Origin-Opener-Policy", "Referrer-Policy"} {
		assert.NotEmpty(t, page.header.Get(name), name)
		assert.Empty(t, answer.header.Get(name), name)
	}
	for _, a := range []string{page.header.Get("X-Content-Type-Options"), answer.header.Get("X-Content-Type-Options")} {
		assert.Equal(t, "nosniff", a)
	}
}

package redis

import (
	"context"
	"testing"

	"github.com/redis/rueidis"
	"github.com/stretchr/testify/assert"
)

// An errand is done once, as it was said last, and nobody has to have one.
func TestAnErrandIsDoneOnce(t *testing.T) {
	ctx, e := WithErrand(context.Background())
	heard := 0
	for i := range 3 {
		e.Put(func(rueidis.Client) rueidis.Completed { return rueidis.Completed{} }, func(error) { heard = i })
	}
	found, _ := ctx.Value(errandKey{}).(*Errand)
	command, done := found.take()
	assert.NotNil(t, command)
	done(nil)
	assert.Equal(t, 2, heard)
	command, _ = found.take()
	assert.Nil(t, command)
	var none *Errand
	command, _ = none.take()
	assert.Nil(t, command)
}

// Redis is away: whoever gave the errand hears of it.
func TestAnErrandThatIsNotDoneIsToldOf(t *testing.T) {
	ctx, e := WithErrand(t.Context())
	var heard error
	e.Put(func(rueidis.Client) rueidis.Completed { return rueidis.Completed{} }, func(err error) { heard = err })
	(&Client{}).Run(ctx, e)
	assert.ErrorIs(t, heard, ErrAway)
}

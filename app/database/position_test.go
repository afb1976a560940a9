package database

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParsePosition(t *testing.T) {
	for give, want := range map[string]Position{"0/0": 0, "0/16B3748": 0x16B3748, "2/1": 2<<32 + 1} {
		got, err := ParsePosition(give)
		require.NoError(t, err)
		assert.Equal(t, want, got)
		assert.Equal(t, give, got.String())
	}
	for _, give := range []string{"", "0", "x/1", "1/x", "1/100000000"} {
		_, err := ParsePosition(give)
		assert.Error(t, err, give)
	}
}

func TestSessionNeverGoesBack(t *testing.T) {
	s := NewSession(5)
	s.Advance(3)
	assert.Equal(t, Position(5), s.After())
	s.Advance(9)
	assert.Equal(t, Position(9), s.After())
	ctx := AtLeast(WithSession(context.Background(), s), 7)
	assert.Equal(t, Position(9), SessionOf(ctx).After())
}

func TestLag(t *testing.T) {
	start := time.Unix(1000, 0)
	at := func(s int) time.Time { return start.Add(time.Duration(s) * time.Second) }
	past := history{}.add(sample{at(0), 10}).add(sample{at(1), 20}).add(sample{at(2), 20}).add(sample{at(3), 30})
	tests := map[string]struct {
		replayed Position
		want     time.Duration
	}{
		"has everything":              {replayed: 30, want: 0},
		"is ahead of what was seen":   {replayed: 40, want: 0},
		"lacks the newest":            {replayed: 20, want: 2 * time.Second},
		"lacks the second":            {replayed: 15, want: 4 * time.Second},
		"has nothing of what is seen": {replayed: 1, want: 5 * time.Second},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) { assert.Equal(t, tt.want, past.lag(tt.replayed, at(5))) })
	}
}

// A quiet primary is asked less often, and no replica may be further behind for it.
func TestBeat(t *testing.T) {
	at := func(ms int) time.Time { return time.UnixMilli(int64(ms)) }
	var b beat
	past := history{{at(0), 10}}
	assert.Equal(t, watchEvery, b.next(0, past, true, at(0)), "something was written")
	assert.Equal(t, watchEvery, b.next(10, past, false, at(200)), "a replica has not all of it")
	assert.Equal(t, quietEvery, b.next(10, past, true, at(400)), "nothing is to come")
	past = past.add(sample{at(1400), 20})
	assert.Equal(t, soon, b.next(10, past, false, at(1400)), "written in a long pause, perhaps at its beginning")
	assert.Equal(t, 1020*time.Millisecond, past.lag(10, at(1420)), "and so a replica without it is left out")
	assert.Zero(t, past.lag(20, at(1420)))
	assert.Equal(t, watchEvery, b.next(20, past, false, at(1420)))
	past = past.add(sample{at(1620), 30})
	assert.Equal(t, watchEvery, b.next(20, past, true, at(1620)))
	assert.Equal(t, at(1620), past[len(past)-1].at, "after a short pause it is as new as it was seen")
	assert.Equal(t, watchEvery, new(beat).next(0, nil, false, at(0)), "a primary that is away")
}

package slots

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/rung-dev/rung/handover"
	"github.com/rung-dev/rung/handover/hosts"
)

func TestPieces(t *testing.T) {
	for name, tt := range map[string]struct {
		now, want []int
		most      int
		pieces    []piece
	}{
		"nothing":         {[]int{1, 2}, []int{1, 2}, 4, nil},
		"one row":         {[]int{1, 1, 1, 1}, []int{1, 2, 2, 1}, 4, []piece{{1, 2, 2}}},
		"two databases":   {[]int{1, 1, 1, 1}, []int{2, 2, 3, 3}, 4, []piece{{0, 1, 2}, {2, 3, 3}}},
		"a few at a time": {[]int{1, 1, 1, 1, 1}, []int{2, 2, 2, 2, 2}, 2, []piece{{0, 1, 2}, {2, 3, 2}, {4, 4, 2}}},
		"with a gap":      {[]int{1, 2, 1}, []int{2, 2, 2}, 4, []piece{{0, 0, 2}, {2, 2, 2}}},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, tt.pieces, pieces(tt.now, tt.want, tt.most)) })
	}
}

func TestPhaseOf(t *testing.T) {
	k := kept{Before: []int{1, 1, 1}, After: []int{1, 2, 2}}
	over := []handover.Entry{{Command: hosts.CommandFinish, Event: handover.EventEnded}}
	for name, tt := range map[string]struct {
		kept    kept
		owners  []int
		entries []handover.Entry
		want    Phase
	}{
		"never begun":        {kept{}, []int{1, 1, 1}, nil, Nothing},
		"begun":              {k, []int{1, 1, 1}, nil, Nothing},
		"half of the way":    {k, []int{1, 1, 2}, nil, Moving},
		"all of it":          {k, []int{1, 2, 2}, nil, Moved},
		"moved by others":    {k, []int{2, 2, 2}, nil, Moving},
		"finished":           {k, []int{1, 2, 2}, over, Finished},
		"of another number":  {k, []int{1, 2, 2, 1}, nil, Nothing},
		"begun anew, so far": {k, []int{1, 1, 2}, append(over, handover.Entry{Command: hosts.CommandStart}), Moving},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, tt.want, phaseOf(tt.kept, Map{Shards: 2, Owners: tt.owners}, tt.entries))
		})
	}
}

func TestMapCheck(t *testing.T) {
	for name, tt := range map[string]struct {
		give Map
		want string
	}{
		"good":            {Map{2, []int{1, 2}, []int{1, 2}}, ""},
		"no slots":        {Map{Shards: 2}, "got 2 databases, 0 owners"},
		"of another size": {Map{2, []int{1}, []int{1, 2}}, "1 owners and 2 of a balance"},
		"nowhere":         {Map{2, []int{1, 3}, []int{1, 2}}, "slot 1 is of the database 3"},
	} {
		t.Run(name, func(t *testing.T) {
			if err := tt.give.check(); tt.want == "" {
				assert.NoError(t, err)
			} else {
				assert.ErrorContains(t, err, tt.want)
			}
		})
	}
	assert.ErrorContains(t, Spec{Step: -1}.Check(), "--shards: want")
	assert.ErrorContains(t, Spec{Step: -1}.Check(), "--shards-step")
}

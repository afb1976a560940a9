package guard

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/resource/token"
)

func TestCheckAnew(t *testing.T) {
	create := Change{Op: "create", URN: dbURN, Type: token.RDSInstance, Name: "database-primary"}
	for name, tt := range map[string]struct {
		give           Change
		had, confirmed []string
		blocked        bool
	}{
		"it stood before":                {create, []string{"database-primary"}, nil, true},
		"confirmed by name":              {create, []string{"database-primary"}, []string{"database-primary"}, false},
		"confirmed by URN":               {create, []string{"database-primary"}, []string{dbURN}, false},
		"it is new":                      {create, []string{"database"}, nil, false},
		"an update makes nothing":        {Change{Op: "update", Type: token.RDSInstance, Name: "database-primary"}, []string{"database-primary"}, nil, false},
		"what holds no data comes again": {Change{Op: "create", Type: token.EC2Instance, Name: "server"}, []string{"server"}, nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			got := CheckAnew([]Change{tt.give}, tt.had, tt.confirmed)
			require.Equal(t, tt.blocked, len(got) == 1)
			if tt.blocked {
				assert.Contains(t, got[0].Message, "rung:confirmDataLoss must name \"database-primary\"")
			}
		})
	}
}

func TestCheckForgotten(t *testing.T) {
	db, web := Change{URN: dbURN, Type: token.RDSInstance, Name: "database-primary"},
		Change{Type: token.EC2Instance, Name: "server"}
	got := CheckForgotten([]Change{web, db}, nil)
	require.Len(t, got, 1)
	assert.Equal(t, "database-primary", got[0].Name)
	assert.Contains(t, got[0].Message, "restore it from its backup first")
	assert.Empty(t, CheckForgotten([]Change{web, db}, []string{"database-primary"}))
}

func TestVanished(t *testing.T) {
	some := func(typ string, n int) (all []Change) {
		for i := range n {
			all = append(all, Change{Type: typ, Name: fmt.Sprint(i)})
		}
		return all
	}
	for name, tt := range map[string]struct {
		data, rest, dataGone, restGone int
		want                           bool
	}{
		"nothing is gone":                 {3, 20, 0, 0, false},
		"all of it":                       {3, 20, 3, 20, true},
		"all that holds data":             {2, 200, 2, 0, true},
		"the only one that holds data":    {1, 20, 1, 0, false},
		"one of several that hold data":   {5, 20, 1, 0, false},
		"most of what holds none":         {3, 20, 0, 12, true},
		"half":                            {2, 20, 0, 11, false},
		"a stack too small to judge":      {0, 3, 0, 3, false},
		"all of a small one without data": {0, 4, 0, 4, true},
	} {
		t.Run(name, func(t *testing.T) {
			all := append(some(token.RDSInstance, tt.data), some(token.EC2Instance, tt.rest)...)
			gone := append(some(token.RDSInstance, tt.dataGone), some(token.EC2Instance, tt.restGone)...)
			assert.Equal(t, tt.want, Vanished(all, gone))
		})
	}
}

package main

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
)

// What is wrong with a load's flags is said before anything is asked, all at once.
func TestLoadsAreRefused(t *testing.T) {
	for _, tt := range []struct {
		args []string
		want []string
	}{
		{nil, []string{"--url"}},
		{[]string{"--url", "http://127.0.0.1:1", "--stage", "7"}, []string{"--stage", "1 to 6"}},
		{[]string{"--url", "nonsense", "--rate", "0", "--for", "2h"}, []string{"--url: got", "--rate: got 0", "--for: got 2h"}},
		{[]string{"--rate", "-1", "--stage", "9", "--people", "-3", "--posts", "1"},
			[]string{"--url: want", "--rate: got -1", "--stage", "--people: got -3", "--posts: got 1"}},
	} {
		var out, problems bytes.Buffer
		a := &app{out: &out, err: &problems}
		c := a.labLoadCommand()
		a.flags.common(c.PersistentFlags())
		c.SetArgs(tt.args)
		c.SetErr(&problems)
		c.SilenceUsage = true
		err := c.ExecuteContext(t.Context())
		assert.Equal(t, codeUsage, codeOf(err), "%v", tt.args)
		for _, want := range tt.want {
			assert.ErrorContains(t, err, want)
		}
	}
}

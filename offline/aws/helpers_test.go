package aws_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/aws"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/offline/simtest"
)

// refusal is one thing that a service refuses: the whole error must have the
// code, and say the words of the hint.
type refusal struct {
	token string
	in    sim.Props
	code  string
	hint  string
}

// refuses creates each resource and demands its refusal.
func refuses(t *testing.T, c *simtest.Cloud, cases map[string]refusal) {
	t.Helper()
	for name, tt := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := c.Create(tt.token, "refused", tt.in)
			mustRefuse(t, err, tt.code, tt.hint)
		})
	}
}

// taken creates, and gives the refusal, or what is dropped of it without a word as if it
// were one.
func taken(t *testing.T, c *simtest.Cloud, token, label string, in sim.Props) error {
	t.Helper()
	r, err := c.Create(token, label, in)
	if err != nil {
		return err
	}
	for _, u := range c.Unheard(awsPackage(t)) {
		if u.URN == string(r.URN) {
			return fmt.Errorf("dropped: api error %s. %s", u.Reason, u.Hint)
		}
	}
	return nil
}

func mustRefuse(t *testing.T, err error, code, hint string) {
	t.Helper()
	require.ErrorContains(t, err, "api error "+code+":")
	assert.ErrorContains(t, err, hint)
}

// invalid demands that inputs fail the check with these words.
func invalid(t *testing.T, c *simtest.Cloud, token string, cases map[string]struct {
	in   sim.Props
	want string
}) {
	t.Helper()
	for name, tt := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := c.Check(token, "x", tt.in, nil)
			assert.ErrorContains(t, err, tt.want)
		})
	}
}

// decides demands that a change to each of the inputs replaces a resource, and
// that the others update it.
func decides(t *testing.T, c *simtest.Cloud, r *simtest.Resource, in sim.Props, changes map[string]struct {
	to       sim.Props
	replaced bool
}) {
	t.Helper()
	for name, tt := range changes {
		t.Run(name, func(t *testing.T) {
			diff, _, err := c.Diff(r, but(in, tt.to))
			require.NoError(t, err)
			require.NotEmpty(t, diff.DetailedDiff, "no difference at all")
			assert.Equal(t, tt.replaced, len(diff.ReplaceKeys) > 0, "replace keys %v", diff.ReplaceKeys)
		})
	}
}

type (
	obj  = map[string]any
	list = []any
	// badInput is a row for invalid, change one for decides.
	badInput = struct {
		in   sim.Props
		want string
	}
	change = struct {
		to       sim.Props
		replaced bool
	}
)

func awsPackage(t *testing.T) *sim.Package {
	t.Helper()
	pkg, err := aws.Package()
	require.NoError(t, err)
	return pkg
}

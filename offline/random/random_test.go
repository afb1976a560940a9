package random_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/bcrypt"

	"github.com/rung-dev/rung/offline/random"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/offline/simtest"
	"github.com/rung-dev/rung/resource/token"
)

func values(t *testing.T) *simtest.Cloud {
	t.Helper()
	pkg, err := random.Package()
	require.NoError(t, err)
	return simtest.New(t, pkg, sim.Props{})
}

func TestPasswords(t *testing.T) {
	c := values(t)
	in := sim.Props{"length": 40.0, "special": false, "minUpper": 5.0, "minNumeric": 3.0}
	p := c.Must(token.RandomPassword, "p", in)
	text := sim.FromPulumi(p.Outputs).Str("result")
	assert.Regexp(t, `^[A-Za-z0-9]{40}$`, text)
	assert.True(t, p.Outputs["result"].IsSecret())
	require.NoError(t, bcrypt.CompareHashAndPassword([]byte(p.Str("bcryptHash")), []byte(text)))
	other := c.Must(token.RandomPassword, "q", in)
	assert.NotEqual(t, p.Str("result"), other.Str("result"), "several passwords live side by side")
	same, err := c.Read(p)
	require.NoError(t, err)
	assert.Equal(t, text, same.Str("result"))
	diff, _, err := c.Diff(p, in)
	require.NoError(t, err)
	assert.Empty(t, diff.DetailedDiff)
	longer := in.Copy()
	longer["length"] = 41.0
	diff, _, err = c.Diff(p, longer)
	require.NoError(t, err)
	assert.NotEmpty(t, diff.ReplaceKeys)
	shown, err := c.Preview(token.RandomPassword, "r", in)
	require.NoError(t, err)
	assert.Equal(t, sim.Unknown{}, shown.Get("result"))
}

func TestPasswordsHoldTheirMinimums(t *testing.T) {
	c := values(t)
	for i := range 20 {
		p := c.Must(token.RandomPassword, strings.Repeat("p", i+1),
			sim.Props{"length": 6.0, "minLower": 1.0, "minUpper": 1.0, "minNumeric": 1.0, "minSpecial": 1.0,
				"overrideSpecial": "-"})
		text := p.Str("result")
		assert.Len(t, text, 6)
		for _, class := range []string{"abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789", "-"} {
			assert.True(t, strings.ContainsAny(text, class), "%q has none of %q", text, class)
		}
	}
}

func TestOtherValues(t *testing.T) {
	c := values(t)
	for typ, tt := range map[string]struct {
		in   sim.Props
		key  string
		want string
	}{
		token.RandomString:  {sim.Props{"length": 8.0, "special": false}, "result", `^[A-Za-z0-9]{8}$`},
		token.RandomId:      {sim.Props{"byteLength": 4.0, "prefix": "a-"}, "hex", `^a-[0-9a-f]{8}$`},
		token.RandomPet:     {sim.Props{}, "id", `^[a-z]+-[a-z]+$`},
		token.RandomInteger: {sim.Props{"min": 3.0, "max": 3.0}, "id", `^3$`},
		token.RandomUuid:    {sim.Props{}, "result", `^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$`},
	} {
		t.Run(typ, func(t *testing.T) {
			assert.Regexp(t, tt.want, c.Settled(typ, "v", tt.in).Str(tt.key))
		})
	}
}

func TestRandomRefuses(t *testing.T) {
	c := values(t)
	for name, tt := range map[string]struct {
		token string
		in    sim.Props
		want  string
	}{
		"no length": {token.RandomPassword, sim.Props{}, "length"},
		"zero":      {token.RandomPassword, sim.Props{"length": 0.0}, "at least 1"},
		"minimums":  {token.RandomPassword, sim.Props{"length": 3.0, "minLower": 2.0, "minUpper": 2.0}, "at least 4"},
		"bytes":     {token.RandomId, sim.Props{"byteLength": 0.0}, "1 to 1024"},
		"order":     {token.RandomInteger, sim.Props{"min": 2.0, "max": 1.0}, "at least min (2)"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := c.Create(tt.token, "v", tt.in)
			assert.ErrorContains(t, err, tt.want)
		})
	}
}

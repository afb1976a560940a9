package names_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/rung-dev/rung/names"
)

func TestCheck(t *testing.T) {
	for _, good := range []string{"dev", "Dev", "a", "7", "stage1", "my_stack", "_x", "a-", "a--b",
		strings.Repeat("a", 100)} {
		assert.NoError(t, names.Check(good), good)
	}
	for bad, near := range map[string]string{
		"":                       "",
		".":                      "",
		"..":                     "",
		"-":                      "",
		"-x":                     "x",
		"--":                     "",
		"dev.eu":                 "dev-eu",
		".dev":                   "dev",
		"dev.":                   "dev",
		"a b":                    "a-b",
		"org/rung/dev":           "org-rung-dev",
		`a\b`:                    "a-b",
		"über":                   "ber",
		"a\nb":                   "a-b",
		"a\x00b":                 "a-b",
		"dev\n":                  "dev",
		strings.Repeat("a", 101): strings.Repeat("a", 100),
		strings.Repeat(".", 5e5): "",
	} {
		err := names.Check(bad)
		require.Error(t, err, bad)
		assert.LessOrEqual(t, len(err.Error()), 1000)
		if near != "" {
			assert.ErrorContains(t, err, ": "+near+", say")
			assert.NoError(t, names.Check(near))
		} else {
			assert.NotContains(t, err.Error(), "say")
		}
	}
}

// The nearest name that is offered must itself be taken.
func TestWhatIsOfferedIsTaken(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		err := names.Check(rapid.String().Draw(t, "stack"))
		if err == nil {
			return
		}
		if offer := regexp.MustCompile(`in front: (.*), say$`).FindStringSubmatch(err.Error()); offer != nil {
			assert.NoError(t, names.Check(offer[1]))
		}
	})
}

var rds = names.Form{Max: 63, Refused: regexp.MustCompile(`[^a-z0-9]+`), Lower: true, Letter: true}

func TestOf(t *testing.T) {
	long := strings.Repeat("a", 44)
	worker := names.Form{Max: 63, Refused: regexp.MustCompile(`[^a-z0-9-]+`), Lower: true, Alone: true}
	for name, tt := range map[string]struct {
		form            names.Form
		stack, own, end string
		want            string
	}{
		"what fits stays":              {rds, "dev", "database-primary", "-0a1b2c3d", "dev-database-primary-0a1b2c3d"},
		"what a service refuses":       {rds, "My.Stack_1", "database", "-0a1b2c3d", "my-stack-1-database-0a1b2c3d"},
		"a letter first":               {rds, "1st", "database", "-0a1b2c3d", "s1st-database-0a1b2c3d"},
		"cut in the middle":            {rds, long, "database-replica-1", "-0a1b2c3d", "aaaaaaaaaaaaaaaaaaaaaaaaaa-c04ceda6-database-replica-1-0a1b2c3d"},
		"a long own keeps its end":     {names.Form{Max: 40}, long, strings.Repeat("b", 40) + "-euw1", "", "aaaaaaaaaa-544bb2a8-bbbbbbbbbbbbbbb-euw1"},
		"the stack alone":              {names.Form{Max: 20}, long, "", "", "aaaaaaaaaaa-d4f8dbcf"},
		"nothing random, nothing lost": {worker, "rung-dev", "edge", "", "rung-dev-edge"},
		"nothing random, a capital":    {worker, "rung-Dev", "edge", "", "rung-dev-c3586c3f-edge"},
		"nothing but underscores":      {worker, "___", "", "", "1e159483"},
	} {
		t.Run(name, func(t *testing.T) {
			got := tt.form.Of(tt.stack, tt.own, tt.end)
			assert.Equal(t, tt.want, got)
			assert.LessOrEqual(t, len(got), tt.form.Max)
		})
	}
}

// legal draws a stack name that Check takes, the longest ones as often as others.
func legal() *rapid.Generator[string] {
	return rapid.OneOf(rapid.StringMatching(`[A-Za-z0-9_][A-Za-z0-9_-]{0,99}`),
		rapid.StringMatching(`[a-z]{30}[a-z-]{10,69}`))
}

// Any stack's siblings are apart, in what the service takes, and the same again.
func TestSiblingsAreApart(t *testing.T) {
	forms := map[string]struct {
		names.Form
		takes string
	}{
		"RDS":         {rds, `^[a-z][a-z0-9]*(-[a-z0-9]+)*$`},
		"worker":      {names.Form{Max: 63, Refused: regexp.MustCompile(`[^a-z0-9-]+`), Lower: true, Alone: true}, `^[a-z0-9][a-z0-9-]*$`},
		"free":        {names.Form{Max: 50}, `^[A-Za-z0-9_][A-Za-z0-9_-]*$`},
		"as is, long": {names.Form{Max: 255}, `^[A-Za-z0-9_][A-Za-z0-9_-]*$`},
	}
	rapid.Check(t, func(t *rapid.T) {
		stack := legal().Draw(t, "stack")
		own := rapid.SliceOfNDistinct(rapid.StringMatching(`[a-z][a-z0-9]{0,60}(-[0-9]{1,2})?`), 2, 20,
			rapid.ID[string]).Draw(t, "own")
		for name, form := range forms {
			seen := map[string]string{}
			for _, o := range own {
				got := form.Of(stack, o, "")
				require.LessOrEqual(t, len(got), form.Max, "%s: %s", name, got)
				require.Regexp(t, form.takes, got, name)
				require.Empty(t, seen[got], "%s: %s and %s of %s are both %s", name, seen[got], o, stack, got)
				require.Equal(t, got, form.Of(stack, o, ""))
				seen[got] = o
			}
		}
	})
}

// Where nothing random is part of a name, two stacks are apart by it alone.
func TestStacksAreApart(t *testing.T) {
	form := names.Form{Max: 63, Refused: regexp.MustCompile(`[^a-z0-9-]+`), Lower: true, Alone: true}
	rapid.Check(t, func(t *rapid.T) {
		one := legal().Draw(t, "one")
		other := rapid.OneOf(legal(), rapid.Just(strings.ToUpper(one)), rapid.Just(strings.ReplaceAll(one, "-", "_")),
			rapid.Just(one+"_")).Draw(t, "other")
		if one != other && names.Check(other) == nil {
			require.NotEqual(t, form.Of(one, "edge", ""), form.Of(other, "edge", ""))
		}
	})
}

// What older versions made of a name that fits is what Of makes of it.
func TestWhatFitsIsAsItWas(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		stack := rapid.StringMatching(`[A-Za-z0-9_.-]{1,100}`).Draw(t, "stack")
		if len(stack)+len("-database-primary-0a1b2c3d") <= 62 {
			require.Equal(t, rds.Cut(stack, "database-primary", "-0a1b2c3d"), rds.Of(stack, "database-primary", "-0a1b2c3d"))
		}
	})
}

func TestBrief(t *testing.T) {
	assert.Equal(t, "dev", names.Brief("dev", 40))
	assert.Len(t, names.Brief(strings.Repeat("a", 100), 40), 40)
}

func TestKept(t *testing.T) {
	long := strings.Repeat("a", 80)
	assert.Equal(t, names.RDS.Cut(long, "primary", "-1"), names.RDS.Kept(long, "primary", "-1", true))
	assert.Equal(t, names.RDS.Of(long, "primary", "-1"), names.RDS.Kept(long, "primary", "-1", false))
}

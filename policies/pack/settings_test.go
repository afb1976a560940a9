package pack_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/policies/pack"
	"github.com/rung-dev/rung/policies/rule"
	"github.com/rung-dev/rung/policies/rules"
	"github.com/rung-dev/rung/policies/settings"
	"github.com/rung-dev/rung/stacks/config"
)

var today = time.Date(2026, 11, 22, 15, 0, 0, 0, time.UTC)

func parse(config map[string]string) (rule.Settings, error) {
	return pack.Settings(config, today)
}

func TestNoConfigurationIsNoRungStack(t *testing.T) {
	s, err := parse(nil)
	require.NoError(t, err)
	assert.Zero(t, s.Stage)
	assert.True(t, s.Budget.IsZero())
	for _, r := range rules.Staged() {
		if r.Default.From > 0 {
			assert.Equal(t, rule.Disabled, r.LevelFor(s), r.ID)
		}
	}
	for _, r := range rules.General() {
		assert.NotEqual(t, rule.Disabled, r.LevelFor(s), r.ID)
	}
}

func TestStageBringsLoadAndBudget(t *testing.T) {
	s, err := parse(map[string]string{"stage": "3", "users": "50000", "regions": `["eu-west-1"]`})
	require.NoError(t, err)
	assert.Equal(t, int64(1000), s.Budget.IntPart(), "the upper end of the seeds' band")
	assert.False(t, s.OwnBudget)
	assert.Equal(t, 50_000, s.Traffic.Users)
	assert.Equal(t, "eu-west-1", s.Region)
	s, err = parse(map[string]string{"stage": "3", "budget": "820.50", "regions": "eu-west-1"})
	require.NoError(t, err)
	assert.Equal(t, "820.5", s.Budget.String())
	assert.True(t, s.OwnBudget)
	assert.Equal(t, "eu-west-1", s.Region)
}

// TestTheConfigurationIsReadOnce: the policies go by what stacks, estimates and
// commands go by, defaults and commitments included.
func TestTheConfigurationIsReadOnce(t *testing.T) {
	raw := map[string]string{"stage": "5", "commitment": "three-years", "database.replicas": "3"}
	s, err := parse(raw)
	require.NoError(t, err)
	c, err := config.Parse(raw)
	require.NoError(t, err)
	assert.Equal(t, c.Reserved(), s.Reserved)
	assert.NotEmpty(t, s.Reserved)
	assert.Equal(t, "0.6", s.ReservedDiscount.String())
	assert.Equal(t, c.Traffic(), s.Traffic)
	assert.Equal(t, c.Home(), s.Region)
	_, err = parse(map[string]string{"stage": "3", "web.min": "many", "databse": "x"})
	assert.ErrorContains(t, err, "rung:web.min")
	assert.ErrorContains(t, err, "rung:databse")
	_, err = parse(map[string]string{"theirs": "x"})
	assert.NoError(t, err, "another program's own key")
}

func TestShortFormsReadLikeObjects(t *testing.T) {
	for name, config := range map[string]map[string]string{
		"short": {"reservedInstances": "c7g.medium=2, m7g.large=1", "confirmDataLoss": "a, b"},
		"JSON":  {"reservedInstances": `{"c7g.medium":2,"m7g.large":1}`, "confirmDataLoss": `["a","b"]`},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := parse(config)
			require.NoError(t, err)
			assert.Equal(t, map[string]int{"c7g.medium": 2, "m7g.large": 1}, s.Reserved)
			assert.Equal(t, []string{"a", "b"}, s.Confirmed)
		})
	}
}

func TestOwnRules(t *testing.T) {
	s, err := parse(map[string]string{"stage": "3", "policy": `{
		"rds-multi-az": "mandatory",
		"rds-backups": {"level": "advisory", "days": 14},
		"sg-no-admin-ports": {"ports": ["22"]},
		"premature-complexity": {"strict": true},
		"alb-waf": {"exceptions": [{"resource": "loadbalancer-alb", "reason": "until launch", "until": "2026-11-22"}]}}`})
	require.NoError(t, err)
	level := func(id string) rule.Level {
		r, ok := rules.ByID(id)
		require.True(t, ok)
		return r.LevelFor(s)
	}
	assert.Equal(t, rule.Mandatory, level("rds-multi-az"))
	assert.Equal(t, rule.Advisory, level("rds-backups"))
	assert.Equal(t, rule.Mandatory, level("premature-complexity"))
	assert.Equal(t, rule.Mandatory, level("sg-no-admin-ports"), "a parameter leaves the level")
	backups, _ := rules.ByID("rds-backups")
	assert.Equal(t, 14.0, s.Param(backups, "days"))
	_, ok := s.Exception("alb-waf", rule.Finding{Name: "loadbalancer-alb"})
	assert.True(t, ok, "its last day")
	_, ok = s.Exception("alb-waf", rule.Finding{Name: "other"})
	assert.False(t, ok)
	assert.NoError(t, settings.Expired(s))
}

func TestExpiredExceptions(t *testing.T) {
	s, err := parse(map[string]string{"policy": `{"alb-waf": {"exceptions": [{"resource": "lb", "reason": "r", "until": "2026-11-21"}]}}`})
	require.NoError(t, err, "the pack reports it as a violation")
	_, ok := s.Exception("alb-waf", rule.Finding{Name: "lb"})
	assert.False(t, ok)
	assert.EqualError(t, settings.Expired(s),
		"rung:policy.alb-waf.exceptions[0].until: 2026-11-21 is in the past; fix lb, or renew the exception with a new date")
}

func TestWrongSettings(t *testing.T) {
	one := func(rule string) map[string]string { return map[string]string{"policy": rule} }
	for name, tt := range map[string]struct {
		give map[string]string
		want string
	}{
		"stage":                 {map[string]string{"stage": "7"}, `rung:stage: got "7", want a whole number from 1 to 6`},
		"budget":                {map[string]string{"budget": "plenty"}, `rung:budget: got "plenty", want an amount`},
		"a negative budget":     {map[string]string{"budget": "-1"}, `rung:budget: got "-1"`},
		"users":                 {map[string]string{"stage": "1", "users": "many"}, `rung:users: got "many"`},
		"reservations":          {map[string]string{"reservedInstances": "c7g"}, `rung:reservedInstances: got "c7g"`},
		"a list":                {one(`["a"]`), "rung:policy: want an object"},
		"an unknown rule":       {one(`{"rds-multi-as": "mandatory"}`), "rung:policy.rds-multi-as: no such rule: did you mean rds-multi-az?"},
		"nothing like it":       {one(`{"wallpaper": "blue"}`), "rung:policy.wallpaper: no such rule; policies/RULES.md lists them"},
		"a level":               {one(`{"alb-waf": "fatal"}`), `rung:policy.alb-waf: got "fatal", want advisory, mandatory, disabled`},
		"a level in an object":  {one(`{"alb-waf": {"level": "fatal"}}`), `rung:policy.alb-waf.level: got "fatal"`},
		"a level that is none":  {one(`{"alb-waf": {"level": 3}}`), `rung:policy.alb-waf.level: got "3"`},
		"a number":              {one(`{"alb-waf": 3}`), "rung:policy.alb-waf: got 3, want a level"},
		"null":                  {one(`{"alb-waf": null}`), `rung:policy.alb-waf: got "", want advisory`},
		"a parameter":           {one(`{"rds-backups": {"weeks": 2}}`), "rung:policy.rds-backups.weeks: no such setting; want level, exceptions, days"},
		"out of bounds":         {one(`{"rds-backups": {"days": 99}}`), "rung:policy.rds-backups.days: got 99, want a number from 1 to 35"},
		"text for a number":     {one(`{"rds-backups": {"days": "14"}}`), `rung:policy.rds-backups.days: got "14"`},
		"a text for a list":     {one(`{"sg-no-admin-ports": {"ports": "22"}}`), "want a list of texts"},
		"a number for a flag":   {one(`{"premature-complexity": {"strict": 1}}`), "want true or false"},
		"exceptions":            {one(`{"alb-waf": {"exceptions": "lb"}}`), "rung:policy.alb-waf.exceptions: got"},
		"no reason":             {one(`{"alb-waf": {"exceptions": [{"resource": "lb", "until": "2027-01-31"}]}}`), "rung:policy.alb-waf.exceptions[0].reason: required"},
		"no date":               {one(`{"alb-waf": {"exceptions": [{"resource": "lb", "reason": "r"}]}}`), `rung:policy.alb-waf.exceptions[0].until: got "", want the last day`},
		"an unknown field":      {one(`{"alb-waf": {"exceptions": [{"resource": "lb", "reason": "r", "until": "2027-01-31", "who": "me"}]}}`), "exceptions[0].who: no such field"},
		"a bomb":                {map[string]string{"stage": "3", "budget": "1e1000000000"}, "rung:budget"},
		"a load that is none":   {map[string]string{"stage": "3", "users": "NaN"}, "rung:users"},
		"a load without end":    {map[string]string{"stage": "3", "peakRequestsPerSecond": "Inf"}, "rung:peakRequestsPerSecond"},
		"several, all together": {map[string]string{"stage": "0", "budget": "x", "policy": `{"a": "b"}`}, "rung:budget"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := parse(tt.give)
			assert.ErrorContains(t, err, tt.want)
		})
	}
	_, err := parse(map[string]string{"stage": "0", "budget": "x", "policy": `{"a": "b"}`})
	for _, key := range []string{"rung:stage", "rung:budget", "rung:policy.a"} {
		assert.ErrorContains(t, err, key)
	}
}

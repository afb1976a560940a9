package loadbalancer

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/record/recordtest"
	"github.com/rung-dev/rung/resource/token"
)

func TestCheckRoutes(t *testing.T) {
	users := Route{Name: "users", Paths: []string{"/api/users*"}, Priority: 10, Weight: 5}
	tests := map[string]struct {
		give []Route
		move *Move
		want []string
	}{
		"none":      {},
		"one":       {give: []Route{users}},
		"all of it": {give: []Route{{Name: "users", Paths: []string{"/a", "/b", "/c", "/d"}, Priority: 999, Weight: 100}}},
		"twice":     {give: []Route{users, users}, want: []string{`Routes[1].Name: got "users"`, "Routes[1].Priority: 10 stands twice"}},
		"within another": {give: []Route{{Name: "pages", Paths: []string{"/a", "/b", "/c", "/d", "/e"}, Priority: 9}, users},
			want: []string{"Routes[1].Priority: 10 stands twice"}},
		"a taken name":  {give: []Route{{Name: "targets", Paths: []string{"/x"}, Priority: 1}}, want: []string{`Routes[0].Name: got "targets"`}},
		"during a move": {give: []Route{users}, move: &Move{InstanceID: pulumi.String("i-1")}, want: []string{"finish the move"}},
		"everything at once": {
			give: []Route{{Name: "U", Paths: append(make([]string, 16), "users"), Priority: 1000, Weight: 101, Health: HealthCheck{IntervalSeconds: 2}}},
			want: []string{`Name: got "U"`, `Paths: got "users"`, "Paths: got 17, want 1 to 16", "Priority: got 1000, want 1 to 995",
				"Weight: got 101", "Health.IntervalSeconds: got 2"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			err := good(func(a *Args) { a.Routes, a.Move = tt.give, tt.move }).withDefaults().validate()
			if len(tt.want) == 0 {
				require.NoError(t, err)
			}
			for _, part := range tt.want {
				assert.ErrorContains(t, err, part)
			}
		})
	}
}

// routed is a balancer with two services on their way out of the fleet.
func routed(a *Args) {
	a.Routes = []Route{
		{Name: "users", Paths: []string{"/api/users*", "/api/sessions*"}, Priority: 10, Weight: 25},
		{Name: "search", Paths: []string{"/api/search*"}, Priority: 20, Weight: 100, Health: HealthCheck{Path: "/health"}},
	}
}

func TestPathsMoveByWeightAndBack(t *testing.T) {
	rec, l := run(t, routed)
	fleet := recordtest.Named(t, rec, token.LBTargetGroup, "loadbalancer-targets")
	users := recordtest.Named(t, rec, token.LBTargetGroup, "loadbalancer-users")
	rule := recordtest.Named(t, rec, token.LBListenerRule, "loadbalancer-users-route")
	assert.Equal(t, []any{"/api/users*", "/api/sessions*"}, rule.Value("conditions[0].pathPattern.values"))
	assert.Equal(t, fleet.Output("arn"), rule.Value("actions[0].forward.targetGroups[0].arn"))
	assert.EqualValues(t, 75, rule.Number("actions[0].forward.targetGroups[0].weight"))
	assert.Equal(t, users.Output("arn"), rule.Value("actions[0].forward.targetGroups[1].arn"))
	assert.EqualValues(t, 25, rule.Number("actions[0].forward.targetGroups[1].weight"))

	done := recordtest.Named(t, rec, token.LBListenerRule, "loadbalancer-search-route")
	assert.EqualValues(t, 0, done.Number("actions[0].forward.targetGroups[0].weight"),
		"the fleet stays, so that the way back is one update")
	assert.Equal(t, "/health", recordtest.Named(t, rec, token.LBTargetGroup,
		"loadbalancer-search").Value("healthCheck.path"))
	assert.Equal(t, "forward", recordtest.Only(t, rec, token.LBListener).Value("defaultActions[0].type"),
		"the fleet serves what no route names")
	assert.Len(t, l.Services, 2)
	assert.Len(t, l.Services["users"].GateAlarms, 2)
	assert.Len(t, l.Services["users"].Widgets(), 3)
}

// AWS takes few patterns in a rule: what is more stands in further ones, of the same share.
func TestManyPathsAreSeveralRules(t *testing.T) {
	rec, _ := run(t, func(a *Args) {
		a.Routes = []Route{{Name: "users", Paths: []string{"/a", "/b", "/c", "/d", "/e"}, Priority: 10, Weight: 25}}
	})
	for name, want := range map[string]struct {
		paths    []any
		priority int
	}{"": {[]any{"/a", "/b", "/c", "/d"}, 10}, "-2": {[]any{"/e"}, 11}} {
		rule := recordtest.Named(t, rec, token.LBListenerRule, "loadbalancer-users-route"+name)
		assert.Equal(t, want.paths, rule.Value("conditions[0].pathPattern.values"))
		assert.EqualValues(t, want.priority, rule.Number("priority"))
		assert.EqualValues(t, 25, rule.Number("actions[0].forward.targetGroups[1].weight"))
	}
}

func TestRoutesAskForTheOriginSecretToo(t *testing.T) {
	rec, _ := run(t, func(a *Args) {
		routed(a)
		a.OriginSecret = pulumi.String("open sesame")
	})
	for _, name := range []string{"loadbalancer-users-route", "loadbalancer-search-route"} {
		rule := recordtest.Named(t, rec, token.LBListenerRule, name)
		assert.Equal(t, "X-Origin-Verify", rule.Value("conditions[1].httpHeader.httpHeaderName"), name)
		assert.True(t, rule.Secret("conditions"), name)
	}
}

func TestNoRoutesNothingNew(t *testing.T) {
	without, _ := run(t, nil)
	with, _ := run(t, routed)
	assert.Empty(t, without.All(token.LBListenerRule))
	var names []string
	for _, r := range with.Resources {
		names = append(names, r.URN)
	}
	for _, r := range without.Resources {
		assert.Contains(t, names, r.URN, "a route must not rename what is there")
	}
}

func TestServicesAreWatchedOneByOne(t *testing.T) {
	rec, _ := run(t, routed)
	for _, name := range []string{"users-errors", "users-slow", "users-unhealthy", "search-errors", "search-slow",
		"search-unhealthy"} {
		alarm := recordtest.Named(t, rec, token.CloudWatchMetricAlarm, "loadbalancer-"+name)
		assert.True(t, alarm.Has("dimensions"), name)
	}
}

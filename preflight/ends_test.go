package preflight_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/preflight"
	"github.com/rung-dev/rung/resource"
	"github.com/rung-dev/rung/resource/token"
)

func TestWhatEndsWithinAYearIsToldOf(t *testing.T) {
	const aurora = token.RDSGlobalCluster
	database := func(version string) resource.Resource {
		return thing(token.RDSInstance, "db", props{"engine": "postgres", "engineVersion": version})
	}
	machine := thing(token.EC2Instance, "server", props{"instanceType": "t4g.small"})
	for name, tt := range map[string]struct {
		stack preflight.Stack
		day   string
		want  string // empty for nothing to tell
	}{
		"years to go": {preflight.Stack{Planned: []resource.Resource{database("17")}}, "2026-11-29", ""},
		"within a year": {preflight.Stack{Planned: []resource.Resource{database("14.12")}}, "2026-11-29",
			"ends its standard support of postgres 14.12 on 2027-02-28"},
		"over": {preflight.Stack{Planned: []resource.Resource{database("13")}}, "2026-11-29",
			"has ended its standard support of postgres 13"},
		"what stands and no up upgrades": {
			preflight.Stack{
				Planned:  []resource.Resource{thing(aurora, "g", props{"engine": "aurora-postgresql", "engineVersion": "17.7"})},
				Standing: []resource.Resource{thing(aurora, "g", props{"engine": "aurora-postgresql", "engineVersionActual": "16.9"})},
			}, "2026-11-29", "aurora-postgresql 16.9 on 2026-12-31"},
		"a runtime": {
			preflight.Stack{Planned: []resource.Resource{thing(token.LambdaFunction, "f", props{"runtime": "nodejs22.x"})}},
			"2026-11-29", "lambda nodejs22.x on 2027-04-30"},
		"rung's image":       {preflight.Stack{Planned: []resource.Resource{machine}, Image: "al2023-ami-x"}, "2028-12-01", "2029-06-30"},
		"the user's image":   {preflight.Stack{Planned: []resource.Resource{machine}}, "2028-12-01", ""},
		"no end announced":   {preflight.Stack{Planned: []resource.Resource{database("99")}}, "2028-12-01", ""},
		"no machine at all":  {preflight.Stack{Image: "al2023-ami-x"}, "2028-12-01", ""},
		"an image for years": {preflight.Stack{Planned: []resource.Resource{machine}, Image: "al2023-ami-x"}, "2026-11-29", ""},
	} {
		t.Run(name, func(t *testing.T) {
			day, err := time.Parse(time.DateOnly, tt.day)
			require.NoError(t, err)
			need := preflight.NeedOf(tt.stack)
			found := preflight.Aging(need, day)
			if tt.want == "" {
				assert.Empty(t, found)
				return
			}
			require.Len(t, found, 1)
			assert.Contains(t, found[0].Text, tt.want)
			assert.NotEmpty(t, found[0].Do)
			assert.Contains(t, found[0].Link, "https://docs.aws.amazon.com/")
			assert.False(t, preflight.Stopping(preflight.Check(need, preflight.Account{}, day)), "it stops no up")
		})
	}
}

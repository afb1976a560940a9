package tests

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// What a stack of several regions grows by is created and updated, never
// replaced or deleted; what would leave data behind is refused at once.
func TestSeveralRegionsGrow(t *testing.T) {
	t.Parallel()
	u := newUser(t, "budget=1000000")
	u.does("up", "5")
	t.Run("nothing leaves its place", u.staysInPlace)

	before := data(u.state())
	u.settings = append(u.settings, "regions=us-east-1,eu-west-1,ap-southeast-2", "zones=3", "database.shards=3",
		"database.replicas=2", "cache.replicas=2", "web.min=3", "services.min=3")
	grown := u.report("up", "5")
	grown.keepsData(t)
	assert.Empty(t, grown.ops("replace"))
	assert.Empty(t, grown.ops("delete"))
	for urn, id := range before {
		assert.Equal(t, id, data(u.state())[urn], urn)
	}
	u.settled("5")
	u.consistent()
}

// staysInPlace holds wrong input against a stack that stands: all problems at
// once, and nothing is changed.
func (u *user) staysInPlace(t *testing.T) {
	u = u.in(t)
	there := u.cloud().urns()
	for name, tt := range map[string]struct{ settings, want []string }{
		"shards":               {[]string{"database.shards=1"}, []string{"the stack has 2, and each holds the data of its users"}},
		"writes":               {[]string{"regions=us-east-1,eu-west-1,eu-west-2", "database.writeRegion=eu-west-2"}, []string{`"eu-west-2", database has no copy of it there yet`}},
		"home and all at once": {[]string{"regions=eu-west-1,us-east-1", "database.shards=1"}, []string{"home is us-east-1", "the stack has 2"}},
		"a range":              {[]string{"network.ranges=eu-west-1=10.64.0.0/16"}, []string{"the network in eu-west-1 has 10.4.0.0/16"}},
	} {
		t.Run(name, func(t *testing.T) {
			asked := *u.in(t)
			asked.settings = append(asked.settings[:len(asked.settings):len(asked.settings)], tt.settings...)
			got := asked.rung("up", "5")
			assert.Equal(t, usage, got.code, got.all())
			for _, part := range tt.want {
				assert.Contains(t, got.err, part)
			}
			assert.Equal(t, there, u.cloud().urns(), "nothing was changed")
		})
	}
}

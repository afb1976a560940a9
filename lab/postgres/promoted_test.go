package postgres

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/lab/cloud"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// A copy that is promoted, and copies that are made of it, keep the administrator's password
// that is in their data.
func TestAPromotedCopyKeepsItsPassword(t *testing.T) {
	passwords := func(sources map[string]string) map[string]string {
		var all []*sim.Entry
		for id, source := range sources {
			p := sim.Props{"identifier": id, "address": id + ".rds", "engine": "postgres", "resourceId": "db-" + id}
			if source != "" {
				p["replicateSourceDb"] = source
			}
			all = append(all, &sim.Entry{Type: token.RDSInstance, ID: id, Name: id, Region: "us-east-1", Properties: p})
		}
		part, err := Instances(cloud.Of(all), here(), nil, func(name string) string { return "secret of " + name })
		require.NoError(t, err)
		admins := map[string]string{}
		for _, u := range part.Units {
			for _, f := range u.Files {
				if strings.HasSuffix(f.Path, "/admin") {
					admins[u.Name] = f.Content
				}
			}
		}
		return admins
	}
	before := passwords(map[string]string{"home": "", "away": "home"})
	after := passwords(map[string]string{"home": "", "away": "", "next": "away"})
	require.Len(t, before, 2)
	assert.Equal(t, before["away/postgresql"], after["away/postgresql"])
	assert.Equal(t, before["away/postgresql"], after["next/postgresql"])
	assert.Equal(t, before["home/postgresql"], after["home/postgresql"])
}

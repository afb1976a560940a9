package tests

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/resource/token"
)

// The whole life of a stack: up the ladder, drift, the handover, the end.
func TestTheClimb(t *testing.T) {
	t.Parallel()
	u := newUser(t)
	ids := map[string]string{} // of all that holds data, as first seen
	for _, stage := range []string{"1", "2", "3"} {
		got := u.report("up", stage)
		got.keepsData(t)
		now := data(u.state())
		for urn, id := range ids {
			require.Equal(t, id, now[urn], "stage %s keeps %s", stage, urn)
		}
		maps.Copy(ids, now)
		u.unchanged(stage)
		u.consistent()
		assert.Contains(t, u.does("refresh").out, "no drift")
	}
	require.NotEmpty(t, ids)
	named(t, u.state(), "server-data")
	named(t, u.state(), "server")

	t.Run("a hand in the cloud is found", u.drift)
	t.Run("the handover needs a word", u.endOfHandover)
	t.Run("the end needs a word", u.teardown)
}

// drift is made in the file of the offline cloud; a refresh finds it, and an up
// brings the resource back.
func (u *user) drift(t *testing.T) {
	u = u.in(t)
	u.edit(token.SQSQueue, "jobs-main", "visibilityTimeoutSeconds", 7)
	got := u.does("refresh", "--format", "json")
	var found struct {
		Resources []struct {
			Name       string
			Properties []struct {
				Path    string
				Was, Is float64
			}
		}
	}
	require.NoError(t, json.Unmarshal([]byte(got.out), &found), got.out)
	require.Len(t, found.Resources, 1, got.out)
	assert.Equal(t, "jobs-main", found.Resources[0].Name)
	require.Len(t, found.Resources[0].Properties, 1, got.out)
	p := found.Resources[0].Properties[0]
	assert.Equal(t, "visibilityTimeoutSeconds", p.Path)
	assert.EqualValues(t, 7, p.Is)
	assert.Greater(t, p.Was, p.Is)

	back := u.report("up", "3")
	assert.Equal(t, []string{"jobs-main"}, back.ops("update"))
	u.unchanged("3")
	u.edit(token.SQSQueue, "jobs-main", "visibilityTimeoutSeconds", 9)
	assert.Contains(t, u.does("refresh").out, fmt.Sprintf("visibilityTimeoutSeconds: was %v, is 9", p.Was))
	u.does("up", "3")
	assert.Contains(t, u.does("refresh").out, "no drift")
	u.does("up", "3") // which notes where a refresh has left the marks of secrets
}

// edit changes a property of a resource in the file of the offline cloud.
func (u *user) edit(typ, name, property string, value any) {
	u.t.Helper()
	path := u.path("cloud.json")
	text, err := os.ReadFile(path)
	require.NoError(u.t, err)
	var all map[string]any
	require.NoError(u.t, json.Unmarshal(text, &all))
	found := false
	for _, r := range all["resources"].(map[string]any) {
		if entry := r.(map[string]any); entry["name"] == name && entry["type"] == typ {
			entry["properties"].(map[string]any)[property] = value
			found = true
		}
	}
	require.True(u.t, found, "the cloud holds %s", name)
	text, err = json.MarshalIndent(all, "", "  ")
	require.NoError(u.t, err)
	require.NoError(u.t, os.WriteFile(path, text, 0o600))
}

// in is the same user in a subtest.
func (u *user) in(t *testing.T) *user {
	c := *u
	c.t = t
	return &c
}

func (u *user) endOfHandover(t *testing.T) {
	u = u.in(t)
	before := u.cloud().urns()
	got := u.rung("up", "3", "--set", "handover=done")
	assert.Equal(t, guarded, got.code, got.all())
	assert.Contains(t, got.out, "server-data")
	assert.Equal(t, before, u.cloud().urns(), "nothing was changed")
	u.unchanged("3")

	pass := u.rung(u.advised(got)...)
	require.Equal(t, done, pass.code, pass.all())
	u.consistent()
	for _, urn := range u.cloud().urns() {
		assert.NotContains(t, urn, "rung:components:Server", "the server is gone")
	}
	u.unchanged("3")
}

func (u *user) teardown(t *testing.T) {
	u = u.in(t)
	before := u.cloud().urns()
	got := u.rung("destroy")
	assert.Equal(t, guarded, got.code, got.all())
	assert.Equal(t, before, u.cloud().urns(), "nothing was deleted")
	held := slices.Sorted(maps.Keys(data(u.state())))
	advice := u.advised(got)
	for _, urn := range held {
		assert.Contains(t, advice[len(advice)-1], urn[strings.LastIndex(urn, ":")+1:])
	}
	pass := u.rung(advice...)
	require.Equal(t, done, pass.code, pass.all())
	assert.Empty(t, u.cloud().Resources)
	assert.Empty(t, u.state())
	assert.Contains(t, u.does("destroy").err, "holds no resources")
}

var advice = regexp.MustCompile(`(?m)^\s*(rung (?:up|destroy) .*confirmDataLoss=.*)$`)

// advised is the command that rung advises, as the words that a shell would make
// of it, without its --dir and the settings that every command here gets.
func (u *user) advised(r result) []string {
	u.t.Helper()
	found := advice.FindStringSubmatch(r.err)
	require.NotNil(u.t, found, "a command to copy: %s", r.err)
	words := strings.Fields(found[1])[1:]
	i := slices.Index(words, "--dir")
	require.GreaterOrEqual(u.t, i, 0, "the command names the directory: %s", found[1])
	require.Equal(u.t, u.dir, words[i+1])
	return slices.Delete(words, i, i+2)
}

package guard

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/resource/token"
)

const (
	dbURN = "urn:pulumi:dev::rung::rung:components:Database$aws:rds/instance:Instance::database-primary"
)

func TestCheck(t *testing.T) {
	db := func(op string, keys ...string) Change {
		return Change{Op: op, URN: dbURN, Type: token.RDSInstance, Name: "database-primary", Keys: keys}
	}
	tests := map[string]struct {
		give      []Change
		confirmed []string
		want      []string // op and keys of each blocked step
	}{
		"nothing planned":              {},
		"creating passes":              {give: []Change{db("create")}},
		"updating passes":              {give: []Change{db("update", "instanceClass")}},
		"deleting is blocked":          {give: []Change{db("delete")}, want: []string{"delete "}},
		"a resource without data goes": {give: []Change{{Op: "delete", URN: "urn:x", Type: token.EC2Instance, Name: "server"}}},
		"a retained resource stays":    {give: []Change{{Op: "delete", URN: dbURN, Type: token.RDSInstance, Name: "database-primary", Retained: true}}},
		"a replacement is one block that names its keys once": {
			give: []Change{db("create-replacement", "kmsKeyId"), db("replace", "kmsKeyId", "engine"), db("delete-replaced")},
			want: []string{"replace engine,kmsKeyId"},
		},
		"confirmed by name":               {give: []Change{db("delete")}, confirmed: []string{"database-primary"}},
		"confirmed by URN":                {give: []Change{db("delete")}, confirmed: []string{dbURN}},
		"another one's name is no excuse": {give: []Change{db("delete")}, confirmed: []string{"database"}, want: []string{"delete "}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, b := range Check(tt.give, tt.confirmed) {
				got = append(got, b.Op+" "+strings.Join(b.Keys, ","))
			}
			assert.Equal(t, tt.want, got)
		})
	}
}

func TestMessageNamesResourceKeyAndWayOut(t *testing.T) {
	got := Check([]Change{{Op: "replace", URN: dbURN, Type: token.RDSInstance, Name: "database-primary",
		Keys: []string{"storageEncrypted"}}}, nil)
	require.Len(t, got, 1)
	for _, part := range []string{"database-primary", "storageEncrypted", "Take the change of storageEncrypted back",
		"second database", "rung:confirmDataLoss"} {
		assert.Contains(t, got[0].Message, part)
	}
}

// The guard of a component in another language is confirmed by the component's property,
// and not by a setting that its program does not read.
func TestARefusalNamesWhatConfirms(t *testing.T) {
	args := &pulumi.ResourceHookArgs{URN: dbURN, Type: token.RDSInstance, Name: "database-primary"}
	for _, by := range []string{setting, "confirmDataLoss of Database-database"} {
		require.ErrorContains(t, (&Guard{by: by}).refuse(args), by+` must name "database-primary"`)
		require.NoError(t, (&Guard{by: by, confirmed: []string{"database-primary"}}).refuse(args))
	}
}

func TestKindsAreComplete(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range Kinds() {
		assert.False(t, seen[k.Type], "%s stands twice", k.Type)
		seen[k.Type] = true
		assert.NotEmpty(t, k.Noun, k.Type)
		assert.NotEmpty(t, k.Rescue, k.Type)
	}
}

func TestNilGuardProtects(t *testing.T) {
	var g *Guard
	assert.False(t, g.Lifted("database-primary"))
	assert.Len(t, g.Options("database-primary"), 1)
}

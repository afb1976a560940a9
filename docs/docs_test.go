package docs

import (
	"encoding/xml"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/record/recordtest"
	"github.com/rung-dev/rung/stacks/ladder"
)

// The picture in the README is what the table of stages says; -update draws it anew.
func TestLadderPictureIsCurrent(t *testing.T) {
	const file = "ladder.svg"
	if recordtest.Updating() {
		require.NoError(t, os.WriteFile(file, []byte(Ladder()), 0o644))
	}
	drawn, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, Ladder(), string(drawn), "run go test ./docs -update")
}

func TestLadderPictureIsAnImageWithEveryStage(t *testing.T) {
	picture := Ladder()
	require.NoError(t, xml.Unmarshal([]byte(picture), new(struct{ XMLName xml.Name })))
	for _, s := range ladder.Stages() {
		assert.Contains(t, picture, s.Name)
		assert.True(t, !s.Band.Known() || strings.Contains(picture, s.Band.String()), s.Name)
	}
	assert.Equal(t, len(ladder.Stages()), strings.Count(picture, " users</text>"))
}

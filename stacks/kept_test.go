package stacks_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/record/recordtest"
	"github.com/rung-dev/rung/resource/token"
)

// The server of stage 2 has the same program in the same environment while it is kept beside
// stage 3.
func TestTheClimbLeavesTheServersAppAlone(t *testing.T) {
	for _, set := range []settings{{}, {"domain": "example.com"}, {"cdn": "cloudflare", "domain": "example.com",
		"cloudflareZone": "0123456789abcdef0123456789abcdef"}} {
		type release struct {
			Key         string
			Environment map[string]string
		}
		of := func(stage string) (r release) {
			all := settings{"stage": stage}
			if stage == "3" {
				all["handover"] = "pending"
			}
			for key, value := range set {
				all[key] = value
			}
			text := recordtest.Only(t, build(t, all), token.SSMParameter).String("value")
			require.NoError(t, json.Unmarshal([]byte(text), &r))
			return r
		}
		assert.NotEmpty(t, of("2").Environment)
		assert.Equal(t, of("2"), of("3"), "%v", set)
	}
}

package stacks_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/rung-dev/rung/resource/token"
)

// Who may not list a bucket is told 403 of what is not in it, and the app, which asks
// whether a picture has come, takes that for a fault.
func TestTheAppIsToldWhatIsNotThere(t *testing.T) {
	for _, stage := range []string{"3", "4", "5"} {
		rec := build(t, settings{"stage": stage})
		found := 0
		for _, p := range rec.All(token.IAMRolePolicy) {
			text := p.String("policy")
			if !strings.Contains(text, "s3:DeleteObject") {
				continue
			}
			found++
			assert.Contains(t, text, "s3:ListBucket", "%s of stage %s", p.Name, stage)
			assert.Regexp(t, `"arn:[a-z:]*s3:::[^/"]+"`, text, "listing is a right on the bucket itself")
		}
		assert.Positive(t, found, "stage %s keeps uploads in a bucket", stage)
	}
}

package stacks_test

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/resource/token"
	"github.com/rung-dev/rung/stacks/config"
)

// mostUserData is three quarters of what EC2 takes, in bytes.
const mostUserData = 12 << 10

// bootObject is what user data fetches: a bucket, a key, a version and a hash.
var bootObject = regexp.MustCompile(`\nbucket=(.+)\nkey=(boot/.+)\nversion=(.+)\nsha256=([0-9a-f]{64})\n`)

// machinesBoot: user data stays far below EC2's limit, and where it fetches the
// rest, that lies in the bucket before the machine may boot.
func machinesBoot(t require.TestingT, _ config.Config, rec *record.Recording) {
	objects := map[string]record.Resource{}
	for _, o := range rec.All(token.S3BucketObjectv2) {
		objects[o.String("bucket")+"/"+o.String("key")] = o
	}
	for _, typ := range []string{token.EC2Instance, token.EC2LaunchTemplate} {
		for _, m := range rec.All(typ) {
			text := decoded(m.String("userData"))
			assert.LessOrEqual(t, len(text), mostUserData, m.Name)
			from := bootObject.FindStringSubmatch(text)
			if from == nil {
				assert.Contains(t, m.Name, "-nat-instance", "only that one fits its user data as a whole")
				continue
			}
			object := objects[from[1]+"/"+from[2]]
			sum := sha256.Sum256([]byte(object.String("content")))
			assert.Equal(t, from[4], hex.EncodeToString(sum[:]), "%s: something else lies at %s", m.Name, from[0])
			assert.Equal(t, from[3], object.Output("versionId"), m.Name)
			assert.Contains(t, m.Dependencies, object.URN, "%s boots before what it fetches is there", m.Name)
		}
	}
}

// The longest names that are taken, and the most databases: what they are called
// stands in every web machine's environment.
func TestUserDataOfTheLongestSettings(t *testing.T) {
	shards := "64"
	if os.Getenv("RUNG_SWEEP") == "" {
		shards = "12" // 64 make 12,000 resources, and are part of make nightly
	}
	for stage := 1; stage <= int(config.Built); stage++ {
		s := settings{"stage": strconv.Itoa(stage), "domain": strings.Repeat("d", 38) + ".example.com"}
		if stage >= 3 {
			s["database.replicas"], s["handover"] = "15", "pending"
		}
		if stage == 5 && os.Getenv("RUNG_SWEEP") == "" {
			continue // as large as stage 6, which has all of its steps; part of make nightly
		}
		if stage >= 5 {
			s["regions"], s["database.shards"], s["database.replicas"] = "ap-southeast-2,us-east-1", shards, "14"
			s["database.backupRegion"] = "none"
		}
		t.Run("stage"+s["stage"], func(t *testing.T) {
			c, err := config.Parse(s)
			require.NoError(t, err)
			machinesBoot(t, c, build(t, s, record.Stack(strings.Repeat("s", 100))))
		})
	}
}

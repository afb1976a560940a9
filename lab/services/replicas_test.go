package services

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/rung-dev/rung/lab/cloud"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// What is put into a bucket of one region is in that of the other, where the plan says so;
// a destination that is not there, or a rule that is off, copies nothing.
func TestBucketsAreReplicatedAsPlanned(t *testing.T) {
	rule := func(to, status string) any {
		return map[string]any{"status": status, "filter": map[string]any{"prefix": ""},
			"destination": map[string]any{"bucket": "arn:aws:s3:::" + to}}
	}
	entry := func(typ, id string, p sim.Props) *sim.Entry {
		return &sim.Entry{Type: typ, ID: id, Name: id, Region: "us-east-1", Properties: p}
	}
	c := cloud.Of([]*sim.Entry{
		entry(token.S3BucketV2, "home", nil), entry(token.S3BucketV2, "abroad", nil), entry(token.S3BucketV2, "third", nil),
		entry(token.S3BucketReplicationConfig, "home", sim.Props{"bucket": "home", "rules": []any{
			rule("abroad", "Enabled"), rule("third", "Disabled"), rule("gone", "Enabled")}}),
	})
	got := map[string][]string{}
	for _, b := range read(c).Plan.Buckets {
		got[b.Name] = b.Replicas
	}
	assert.Equal(t, map[string][]string{"home": {"abroad"}, "abroad": nil, "third": nil}, got)
}

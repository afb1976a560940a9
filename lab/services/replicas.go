package services

import (
	"slices"
	"strings"

	"github.com/rung-dev/rung/lab/cloud"
	"github.com/rung-dev/rung/resource/token"
)

// replicas are the buckets that get a copy of all that is put into another or removed
// there. Rules for a part of a bucket copy nothing: rung has none.
func replicas(c cloud.Cloud, bucket string) (names []string) {
	for _, r := range c.Where(token.S3BucketReplicationConfig, "bucket", bucket) {
		for _, rule := range r.Maps("rules") {
			name := strings.TrimPrefix(rule.Str("destination.bucket"), "arn:aws:s3:::")
			_, there := c.ByID(token.S3BucketV2, name)
			if there && rule.Str("status") == "Enabled" && rule.Str("filter.prefix")+rule.Str("prefix") == "" {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

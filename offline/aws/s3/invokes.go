package s3

import (
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// Invokes are S3's functions.
func Invokes() map[string]sim.Invoke { return map[string]sim.Invoke{token.S3GetBucket: lookup} }

func lookup(o *sim.Op) (sim.Props, error) {
	name := o.In.Str("bucket")
	for _, kind := range []string{token.S3BucketV2, token.S3Bucket} {
		for _, b := range o.Anywhere(kind) {
			if b.ID != name {
				continue
			}
			out := sim.Props{"id": name, "bucket": name}
			for _, key := range []string{"arn", "bucketDomainName", "bucketRegionalDomainName", "hostedZoneId", "region"} {
				out[key] = b.Props.Str(key)
			}
			out["websiteDomain"], out["websiteEndpoint"] = b.Props.Str("websiteDomain"), b.Props.Str("websiteEndpoint")
			return out, nil
		}
	}
	return nil, sim.Refuse("NotFound", "couldn't find resource: bucket "+name,
		"Offline, buckets that a program made are known.")
}

package polyglot

import (
	"github.com/rung-dev/rung/components/assets"
	"github.com/rung-dev/rung/components/aurora"
	"github.com/rung-dev/rung/components/key"
	"github.com/rung-dev/rung/components/search"
	"github.com/rung-dev/rung/components/secret"
)

// dataComponents are those that keep something.
func dataComponents() []component {
	return []component{
		derive(derived{kind: "Assets", folder: "assets", required: "Purpose",
			renames: map[string]string{"Name": "bucketName"},
			says: map[string]string{"policyLater": "Leaves the bucket without a policy: the program gives it one of its own, " +
				"an aws:s3:BucketPolicy that names the CDN say."}}, assets.New),
		derive(derived{kind: "Aurora", folder: "aurora", required: "VPCID Subnets Region KMSKeyARN", without: "Global",
			renames: map[string]string{"Name": "databaseName"}}, aurora.New),
		derive(derived{kind: "Search", folder: "search", required: "VPCID Subnets", without: "After", hides: "ServiceRole",
			renames: map[string]string{"Name": "domainName"}}, search.New),
		derive(derived{kind: "Key", folder: "key", required: "AccountID"}, key.New),
		derive(derived{kind: "Secret", folder: "secret"}, secret.New),
	}
}

// Package athena simulates Athena: workgroups, databases and queries that have a name. None is run.
package athena

import (
	"fmt"
	"regexp"

	"github.com/rung-dev/rung/offline/aws/internal/check"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

const (
	invalid = "InvalidRequestException"
	// primary is the workgroup that every account has.
	primary = "primary"
)

// Kinds is the table of Athena.
func Kinds() []sim.Kind { return []sim.Kind{workgroup(), database(), query()} }

func workgroup() sim.Kind {
	const config = "configuration."
	return sim.Kind{
		Token: token.AthenaWorkgroup, Service: "Athena", API: "WorkGroup", Noun: "Athena WorkGroup",
		Verbs: map[sim.Verb]string{sim.Update: "UpdateWorkGroup"},
		Name: &sim.Name{Auto: true, Max: 128, Taken: invalid, Pattern: sim.Pattern{
			Match: regexp.MustCompile(`^[0-9A-Za-z_.-]+$`), Want: "letters, digits, periods, hyphens and underscores",
		}},
		Defaults: sim.Props{
			"forceDestroy": false, "state": "ENABLED", config + "enforceWorkgroupConfiguration": true,
			config + "publishCloudwatchMetricsEnabled": true, config + "requesterPaysEnabled": false,
		},
		Enums: map[string][]string{"state": {"ENABLED", "DISABLED"},
			config + "resultConfiguration.encryptionConfiguration.encryptionOption": {"SSE_S3", "SSE_KMS", "CSE_KMS"}},
		Checks:    []sim.Check{scansEnough},
		Lengths:   map[string]sim.Range{"description": {Max: 1024}},
		ReplaceOn: []string{"name"},
		Outputs: func(o *sim.Op) sim.Props {
			return sim.Props{"arn": o.ARN("athena", "workgroup/"+o.NameOf()), "configuration.engineVersion": map[string]any{
				"selectedEngineVersion": "AUTO", "effectiveEngineVersion": "Athena engine version 3"}}
		},
		Rules: sim.Many(sim.Delete, groupEmpty),
		Quota: &sim.Quota{Key: "athena.workgroups", Default: 1000, Code: invalid},
	}
}

// leastScanned is the smallest bound of what a query may read, in bytes.
const leastScanned = 10 << 20

func scansEnough(in sim.Props) []sim.Failure {
	const path = "configuration.bytesScannedCutoffPerQuery"
	if n := in.Int(path); n == 0 || n >= leastScanned {
		return nil
	}
	return check.Wrong(path, "got %d, want at least %d", in.Int(path), leastScanned)
}

func groupEmpty(o *sim.Op) error {
	for _, q := range o.All(token.AthenaNamedQuery) {
		if q.Props.Str("workgroup") != o.In.Str("name") {
			continue
		}
		if o.In.Bool("forceDestroy") {
			o.Drop(q)
			continue
		}
		return sim.Refuse(invalid, fmt.Sprintf("WorkGroup %s is not empty", o.ID),
			"Delete the query "+q.Props.Str("name")+" first, or set forceDestroy.")
	}
	return nil
}

// database is made by a query, whose outcome goes into a bucket.
func database() sim.Kind {
	return sim.Kind{
		Token: token.AthenaDatabase, Service: "Athena", API: "Database", Noun: "Athena Database",
		Verbs: map[sim.Verb]string{sim.Create: "StartQueryExecution", sim.Delete: "StartQueryExecution"},
		Name: &sim.Name{Auto: true, Underscored: true, Lower: true, Max: 255, Taken: "AlreadyExistsException", Pattern: sim.Pattern{
			Match: regexp.MustCompile(`^[0-9a-z_]+$`), Want: "lower-case letters, digits and underscores",
		}},
		Defaults: sim.Props{"forceDestroy": false},
		Enums: map[string][]string{"encryptionConfiguration.encryptionOption": {"SSE_S3", "SSE_KMS", "CSE_KMS"},
			"aclConfiguration.s3AclOption": {"BUCKET_OWNER_FULL_CONTROL"}},
		ReplaceOn: []string{
			"aclConfiguration", "bucket", "comment", "encryptionConfiguration", "expectedBucketOwner", "name", "properties",
		},
		Refs: []sim.Ref{{Path: "bucket", To: []sim.Target{{Token: token.S3BucketV2}, {Token: token.S3Bucket}}, Missing: invalid}},
		Rules: sim.Many(sim.Create, func(o *sim.Op) error { // both make databases of one catalogue
			if _, ok := o.FindBy(token.GlueCatalogDatabase, "name", o.NameOf()); !ok {
				return nil
			}
			return sim.Refuse("AlreadyExistsException", "Database "+o.NameOf()+" already exists", "Give another name.")
		}),
	}
}

func query() sim.Kind {
	return sim.Kind{
		Token: token.AthenaNamedQuery, Service: "Athena", API: "NamedQuery", Noun: "Athena Named Query",
		Name: &sim.Name{Auto: true, Max: 128}, Defaults: sim.Props{"workgroup": primary},
		Lengths:   map[string]sim.Range{"description": {Max: 1024}, "query": {Min: 1, Max: 262144}},
		ReplaceOn: []string{"database", "description", "name", "query", "workgroup"},
		ID:        func(o *sim.Op) string { return o.UUID("query") },
		Refs: []sim.Ref{{Path: "workgroup", To: []sim.Target{{Token: token.AthenaWorkgroup}}, Missing: invalid,
			Unless: func(v string) bool { return v == primary }}},
	}
}

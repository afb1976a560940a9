package rules

import (
	"slices"
	"strings"

	"github.com/rung-dev/rung/policies/iam"
	"github.com/rung-dev/rung/policies/rule"
)

// refuseStrangers reports a policy that lets in everybody.
func refuseStrangers(c *rule.Check, r *rule.Resource, path string) {
	doc, there := iam.Read(r.At(path))
	if there == rule.Unknown {
		c.Undecided(r, path)
	}
	if _, open := doc.OpenTo(); open {
		c.Fail(r, path, `a statement that allows Principal "*" and keeps no stranger out`,
			"name the service or account, or compare a key such as aws:SourceArn or aws:PrincipalOrgID with a value of your own")
	}
}

const leastPrivilege = "list the actions and resources that are needed"

// refuseAdmin reports a policy that allows everything.
func refuseAdmin(c *rule.Check, r *rule.Resource, path string, v rule.Value) {
	doc, there := iam.Read(v)
	if there == rule.Unknown {
		c.Undecided(r, path)
	}
	if doc.AllowsAll() {
		c.Fail(r, path, "a policy that allows every action on every resource", leastPrivilege)
	}
}

// plainHTTP is a request without TLS: nothing else is known of it.
var plainHTTP = iam.Context{"aws:securetransport": {"false"}, "s3:tlsversion": nil}

// deniesPlainHTTP says whether a bucket's policy denies everybody everything,
// on the bucket and on what is in it, where a request comes without TLS.
func deniesPlainHTTP(v rule.Value, bucket *rule.Resource) rule.Tri {
	doc, there := iam.Read(v)
	if there != rule.Yes {
		return there
	}
	return rule.Of(slices.ContainsFunc(bucketARNs(doc, bucket), func(arn string) bool {
		return doc.Denies("s3", []string{arn, arn + "/zzz/Zzz"}, plainHTTP)
	}))
}

// bucketARNs are the ARNs that the bucket may have: its own, or, where its name
// is not known yet, those that the document names.
func bucketARNs(doc iam.Document, bucket *rule.Resource) []string {
	partitions, names := []string{"aws"}, bucketNames(bucket)
	known := len(names) > 0
	for _, s := range doc {
		for _, resource := range s.Resources {
			partition, name, ok := bucketOf(resource)
			if !ok {
				continue
			}
			partitions = append(partitions, partition)
			if !known {
				names = append(names, name)
			}
		}
	}
	if len(names) == 0 {
		names = []string{"zzz"}
	}
	var all []string
	for _, p := range partitions {
		for _, n := range names {
			all = append(all, "arn:"+p+":s3:::"+n)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func bucketNames(b *rule.Resource) []string {
	for _, key := range []string{"bucket", "id"} {
		if name, there := b.At(key).Text(); there == rule.Yes {
			return []string{name}
		}
	}
	return nil
}

// bucketOf takes apart the ARN of a bucket or of what is in it.
func bucketOf(arn string) (partition, name string, ok bool) {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 || strings.ContainsAny(parts[1], "*?") {
		return "", "", false
	}
	name, _, _ = strings.Cut(parts[5], "/")
	return parts[1], name, true
}

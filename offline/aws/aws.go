// Package aws simulates the AWS provider, one table of kinds per service.
//
// Each file holds the tables of one service: which inputs force a replacement,
// what AWS fills in, what refers to what, and which of AWS's own refusals apply.
// It simulates one account, which the state file names, in all commercial regions. It refuses
// types that no table has; it costs nothing and reaches no network.
package aws

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"github.com/rung-dev/rung/offline/sim"
)

//go:generate go run ../schemagen github.com/pulumi/pulumi-aws/sdk/v6/go/aws types.txt schema.json

//go:embed schema.json
var schemaJSON []byte

// AccountID is the account that a new state file is of; another may be written
// into the file.
const AccountID = "123456789012"

// Package is the simulated AWS provider.
func Package() (*sim.Package, error) {
	schema, err := sim.ParseSchema(schemaJSON)
	if err != nil {
		return nil, err
	}
	p := &sim.Package{
		Name: "aws", Version: "6.83.4", Schema: schema, Account: AccountID,
		Invokes: invokes(), Configure: configure, ReplaceOn: []string{"region"},
	}
	return p, p.Register(demanding(slices.Concat(network(), peering(), transit(), accelerators(), securityGroups(),
		compute(), capacityKinds(), dataKinds(), deliveryKinds())))
}

// configure reads the provider's inputs. Credentials are taken and not looked at.
func configure(account string, in sim.Props) (sim.Settings, []sim.Failure) {
	s := sim.Settings{Account: account, Partition: "aws", Region: in.Str("region")}
	var failures []sim.Failure
	fail := func(key, format string, args ...any) {
		failures = append(failures, sim.Failure{Property: key, Reason: fmt.Sprintf(format, args...)})
	}
	switch {
	case in.Known("region") && zonesOf(s.Region) == nil:
		fail("region", "invalid AWS Region: %s; want one of %s", s.Region, strings.Join(Regions(), ", "))
	case !in.Has("region"):
		fail("region", "missing AWS region: set aws:region, for example \"pulumi config set aws:region us-east-1\"")
	}
	if allowed := in.Strs("allowedAccountIds"); len(allowed) > 0 && !slices.Contains(allowed, account) {
		fail("allowedAccountIds", "AWS account ID not allowed: %s; the offline cloud has only this account", account)
	}
	if slices.Contains(in.Strs("forbiddenAccountIds"), account) {
		fail("forbiddenAccountIds", "AWS account ID not allowed: %s; the offline cloud has only this account", account)
	}
	s.DefaultTags = in.Map("defaultTags.tags")
	return s, failures
}

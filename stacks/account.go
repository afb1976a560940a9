package stacks

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// knowAccount finds whose account the credentials are of, and stops where that is
// not the stack's. It has a provider of its own: the others allow that one account
// only, so that whatever runs on the stack's state alone, `pulumi refresh` above
// all, is refused in another account instead of finding everything gone there.
func (c *cell) knowAccount() error {
	asker, err := aws.NewProvider(c.ctx, "aws-account", &aws.ProviderArgs{Region: pulumi.String(c.region)})
	if err != nil {
		return fmt.Errorf("configure AWS in %s: %w", c.region, err)
	}
	identity, err := aws.GetCallerIdentity(c.ctx, nil, pulumi.Provider(asker))
	if err != nil {
		return fmt.Errorf("ask AWS whose account this is: %w", err)
	}
	was, err := c.before(outputAccount)
	if err != nil {
		return err
	}
	if known, _ := was.(string); known != "" && known != identity.AccountId {
		return wrongAccount(known, identity.AccountId, c.ctx.Stack(), c.region)
	}
	c.account = identity.AccountId
	return nil
}

// wrongAccount is the error of credentials of another account than the stack's.
func wrongAccount(stands, given, stack, region string) error {
	return fmt.Errorf("stack %s stands in account %s (home is %s), and these credentials are of account %s: "+
		"choose those of %s (AWS_PROFILE), or make another stack for the other account; nothing was changed",
		stack, stands, region, given, stands)
}

// hadData are the names of the resources that held data at the end of the last run.
func (s *site) hadData() ([]string, error) {
	was, err := s.before(outputData)
	return texts(was), err
}

// Package tagged asks an AWS account what it holds of a stack: every resource of a
// stack that takes tags carries the stack's name, and the Resource Groups Tagging
// API finds resources by their tags.
//
// It costs nothing and needs the permission tag:GetResources. It does not find
// what takes no tags (routes, policies of roles and buckets, records of a zone:
// they go with what they belong to) nor what that API does not cover, such as
// roles and scaling groups. Its index may lag by minutes behind what was deleted.
package tagged

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	api "github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi"
	"github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi/types"
	"github.com/aws/smithy-go"

	"github.com/rung-dev/rung/orphans"
)

const (
	// stackTag is the tag with a stack's name, componentTag that with the name of
	// the component, and nameTag the one that consoles show.
	stackTag     = "rung:stack"
	componentTag = "rung:component"
	nameTag      = "Name"
	// groupTag is AWS's own on machines that a scaling group has started.
	groupTag = "aws:autoscaling:groupName"
)

// globalRegion is where the API answers for what has no region.
const globalRegion = "us-east-1"

// attempts is how often a request is tried that AWS throttles.
const attempts = 8

// Account is the account of the caller's credentials.
type Account struct {
	// Config is how AWS is reached.
	Config aws.Config
	// Regions are those that the stack is in.
	Regions []string
}

// Open finds the caller's credentials as the AWS CLI does.
func Open(ctx context.Context, regions []string) (*Account, error) {
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return nil, fmt.Errorf("find AWS credentials: %w", err)
	}
	return &Account{Config: cfg, Regions: regions}, nil
}

var _ orphans.Cloud = (*Account)(nil)

// Holds gives what carries the stack's tag in the account's regions, by ARN. What a
// service has made by itself and tagged like its origin is left out: machines of
// scaling groups with their disks, and snapshots.
func (a *Account) Holds(ctx context.Context, stack string) ([]orphans.Thing, error) {
	found := map[string]orphans.Thing{}
	for _, region := range a.regions() {
		if err := a.look(ctx, region, stack, found); err != nil {
			return nil, fmt.Errorf("find what is tagged %s=%s in %s: %w%s", stackTag, stack, region, err, advice(err))
		}
	}
	var things []orphans.Thing
	for _, t := range found {
		things = append(things, t)
	}
	slices.SortFunc(things, func(a, b orphans.Thing) int { return cmp.Compare(a.ARN, b.ARN) })
	return things, nil
}

func (a *Account) regions() []string {
	return slices.Compact(slices.Sorted(slices.Values(append([]string{globalRegion}, a.Regions...))))
}

// look reads all pages of one region.
func (a *Account) look(ctx context.Context, region, stack string, found map[string]orphans.Thing) error {
	client := api.NewFromConfig(a.Config, func(o *api.Options) {
		o.Region, o.RetryMaxAttempts = region, attempts
	})
	pages := api.NewGetResourcesPaginator(client, &api.GetResourcesInput{
		TagFilters:       []types.TagFilter{{Key: aws.String(stackTag), Values: []string{stack}}},
		ResourcesPerPage: aws.Int32(100),
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, m := range page.ResourceTagMappingList {
			arn, tags := aws.ToString(m.ResourceARN), tagsOf(m.Tags)
			if !byService(arn, tags) {
				found[arn] = thing(arn, region, tags)
			}
		}
	}
	return nil
}

func tagsOf(list []types.Tag) map[string]string {
	tags := map[string]string{}
	for _, t := range list {
		tags[aws.ToString(t.Key)] = aws.ToString(t.Value)
	}
	return tags
}

func thing(arn, region string, tags map[string]string) orphans.Thing {
	name := tags[nameTag]
	if name == "" {
		name = tags[componentTag]
	}
	return orphans.Thing{ARN: arn, Name: name, Provider: "aws", Region: region}
}

// made are the beginnings of the resources that AWS makes by itself out of one of
// a stack's and tags alike, by service.
var made = map[string][]string{
	"ec2":         {"snapshot/", "image/", "network-interface/"},
	"rds":         {"snapshot:", "cluster-snapshot:", "auto-backup:"},
	"elasticache": {"snapshot:"},
	"backup":      {"recovery-point:"},
}

// byService reports whether AWS has made a resource by itself. The disks of a scaling
// group's machines are tagged like those, with one name for both.
func byService(arn string, tags map[string]string) bool {
	if tags[groupTag] != "" {
		return true
	}
	if strings.Contains(arn, ":volume/") && tags[nameTag] == tags[componentTag] {
		return true
	}
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 {
		return false
	}
	service, rest := parts[2], parts[5]
	return slices.ContainsFunc(made[service], func(prefix string) bool { return strings.HasPrefix(rest, prefix) })
}

// advice is what to do about an error, where that is known.
func advice(err error) string {
	var denied smithy.APIError
	if errors.As(err, &denied) && strings.HasPrefix(denied.ErrorCode(), "AccessDenied") {
		return "; allow the caller the action tag:GetResources"
	}
	return ""
}

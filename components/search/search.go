// Package search builds an OpenSearch domain inside the network: data nodes
// over two or three zones, dedicated masters, encrypted disks, and logs.
//
// A system needs it when searching burdens the database and must rank, correct
// typing errors or filter by many properties: stage 4. It holds a copy of what
// the database holds, so that it can be built again; still it is protected and
// kept, because building it again takes hours. The default, three
// m7g.large.search with 100 GiB each and three masters of m7g.medium.search,
// is paid by the node hour and the GB (see `rung cost`); each alarm is $0.10.
//
// The package refuses a public endpoint, plain HTTP, old TLS, access without
// a user of its own (fine-grained access control), fewer zones than nodes can
// lose, an even number of masters, and small types that cannot encrypt. It
// always keeps AWS's automatic snapshots, one an hour for two weeks.
//
// OpenSearch needs the account's service-linked role before the first domain
// in a network: `aws iam create-service-linked-role --aws-service-name
// opensearchservice.amazonaws.com`, or CreateServiceRole, which takes the one
// that is there.
//
// To remove the domain, confirm it by name first; AWS takes no final snapshot
// that outlives a domain.
package search

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/opensearch"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/internal/door"
	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/components/secret"
)

// Token is the component's type. It stands in every stack's state, so it is frozen.
const Token = "rung:components:Search"

// Port is where a domain answers, with TLS only.
const Port = 443

// TLSPolicy offers TLS 1.2 and 1.3 with forward secrecy.
const TLSPolicy = "Policy-Min-TLS-1-2-PFS-2023-10"

var _ pulumi.ComponentResource = (*Search)(nil)

// Search is a domain.
type Search struct {
	pulumi.ResourceState

	// Endpoint is the domain's: HTTPS, and the secret with username and
	// password as JSON; the secret is unset where a role is the user.
	Endpoint part.Endpoint
	// URL is https:// and the host.
	URL pulumi.StringOutput
	// ARN and Name are the domain's.
	ARN, Name pulumi.StringOutput
	// SecurityGroupID is the domain's group.
	SecurityGroupID pulumi.StringOutput
	// ServiceRole is the account's role, where CreateServiceRole made it; nil
	// elsewhere.
	ServiceRole pulumi.Resource

	door *door.Opened
}

// New builds the domain. It fails before touching the cloud when args are
// inconsistent; the error lists every wrong field.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Search, error) {
	args = args.withDefaults()
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("search %s: %w", name, err)
	}
	s := &Search{}
	if err := ctx.RegisterComponentResource(Token, name, s, opts...); err != nil {
		return nil, fmt.Errorf("register search %s: %w", name, err)
	}
	b := builder{ctx: ctx, search: s, name: name, args: args, before: slices.Clone(args.After)}
	for _, step := range []func() error{b.buildUser, b.buildDoor, b.buildLogs, b.buildServiceRole, b.buildDomain,
		b.buildPolicy, b.buildAlarms} {
		if err := step(); err != nil {
			return nil, fmt.Errorf("search %s: %w", name, err)
		}
	}
	return s, ctx.RegisterResourceOutputs(s, pulumi.Map{"url": s.URL, "arn": s.ARN})
}

// builder carries what the children share.
type builder struct {
	ctx    *pulumi.Context
	search *Search
	name   string
	args   Args

	password *secret.Secret // nil where a role is the user
	logs     opensearch.DomainLogPublishingOptionArray
	before   []pulumi.Resource // what must stand before the domain
	domain   *opensearch.Domain
}

func (b *builder) child() pulumi.ResourceOption { return pulumi.Parent(b.search) }

func (b *builder) buildUser() (err error) {
	if b.args.RoleARN != nil {
		return nil
	}
	b.password, err = secret.New(b.ctx, b.name+"-secret", secret.Args{
		Common:      b.args.Common,
		Description: "Master user of the OpenSearch domain " + b.name,
		Username:    b.args.Username,
		Special:     true,
	}, b.child())
	return err
}

func (b *builder) buildDoor() (err error) {
	b.search.door, err = door.New(b.ctx, b.search, b.name, b.args.Common, door.Door{
		VPCID: b.args.VPCID, What: "search domain", Port: Port, Clients: b.args.Clients,
	})
	if err == nil {
		b.search.SecurityGroupID = b.search.door.SecurityGroupID
	}
	return err
}

// Admit lets one more client connect.
func (s *Search) Admit(client part.Client) error { return s.door.Admit(client) }

// domainName is the domain's logical name, by which it is confirmed.
func (b *builder) domainName() string { return b.name + "-domain" }

func (b *builder) buildDomain() (err error) {
	b.domain, err = opensearch.NewDomain(b.ctx, b.domainName(), b.domainArgs(),
		b.args.Data(b.search, b.domainName(), pulumi.DependsOn(b.before))...)
	if err != nil {
		return fmt.Errorf("create the domain: %w", err)
	}
	s := b.search
	s.ARN, s.Name = b.domain.Arn, b.domain.DomainName
	s.Endpoint = part.Endpoint{Host: b.domain.Endpoint, Port: Port}
	if b.password != nil {
		s.Endpoint.Secret = b.password.ARN
	}
	s.URL = pulumi.Sprintf("https://%s", b.domain.Endpoint)
	return nil
}

func (b *builder) domainArgs() *opensearch.DomainArgs {
	a := b.args
	return &opensearch.DomainArgs{
		EngineVersion: pulumi.String(a.EngineVersion),
		ClusterConfig: a.cluster(),
		EbsOptions: &opensearch.DomainEbsOptionsArgs{
			EbsEnabled: pulumi.Bool(true), VolumeType: pulumi.String("gp3"), VolumeSize: pulumi.Int(a.GiB),
			Iops: pulumi.Int(a.IOPS), Throughput: pulumi.Int(a.ThroughputMiBps),
		},
		VpcOptions: &opensearch.DomainVpcOptionsArgs{
			SubnetIds: part.IDs(a.place()), SecurityGroupIds: pulumi.StringArray{b.search.SecurityGroupID},
		},
		EncryptAtRest:        &opensearch.DomainEncryptAtRestArgs{Enabled: pulumi.Bool(true)},
		NodeToNodeEncryption: &opensearch.DomainNodeToNodeEncryptionArgs{Enabled: pulumi.Bool(true)},
		DomainEndpointOptions: &opensearch.DomainDomainEndpointOptionsArgs{
			EnforceHttps: pulumi.Bool(true), TlsSecurityPolicy: pulumi.String(TLSPolicy),
		},
		AdvancedSecurityOptions: b.security(),
		LogPublishingOptions:    b.logs,
		OffPeakWindowOptions:    &opensearch.DomainOffPeakWindowOptionsArgs{Enabled: pulumi.Bool(true)},
		SoftwareUpdateOptions:   &opensearch.DomainSoftwareUpdateOptionsArgs{AutoSoftwareUpdateEnabled: pulumi.Bool(true)},
		Tags:                    a.TagsFor(b.ctx, b.name, part.Named(b.name)),
	}
}

// security turns fine-grained access on: it cannot be turned off again.
func (b *builder) security() *opensearch.DomainAdvancedSecurityOptionsArgs {
	s := &opensearch.DomainAdvancedSecurityOptionsArgs{
		Enabled: pulumi.Bool(true), InternalUserDatabaseEnabled: pulumi.Bool(b.password != nil),
	}
	if b.password == nil {
		s.MasterUserOptions = &opensearch.DomainAdvancedSecurityOptionsMasterUserOptionsArgs{
			MasterUserArn: b.args.RoleARN.ToStringOutput().ToStringPtrOutput(),
		}
		return s
	}
	s.MasterUserOptions = &opensearch.DomainAdvancedSecurityOptionsMasterUserOptionsArgs{
		MasterUserName: pulumi.String(b.args.Username), MasterUserPassword: b.password.Value.ToStringPtrOutput(),
	}
	return s
}

// buildPolicy says whom the domain listens to at all. With a password, that is
// whoever the security group lets in and who has it: such requests are not
// signed, so that a policy cannot tell them apart.
func (b *builder) buildPolicy() error {
	who := pulumi.String("*").ToStringOutput()
	if b.args.RoleARN != nil {
		who = b.args.RoleARN.ToStringOutput()
	}
	_, err := opensearch.NewDomainPolicy(b.ctx, b.name+"-policy", &opensearch.DomainPolicyArgs{
		DomainName: b.domain.DomainName,
		AccessPolicies: pulumi.All(b.domain.Arn, who).ApplyT(func(v []any) (string, error) {
			return document(map[string]any{
				"Effect": "Allow", "Principal": map[string]any{"AWS": v[1]}, "Action": "es:ESHttp*", "Resource": v[0].(string) + "/*",
			})
		}).(pulumi.StringOutput),
	}, b.child())
	if err != nil {
		return fmt.Errorf("set the domain's policy: %w", err)
	}
	return nil
}

func document(statement map[string]any) (string, error) {
	policy, err := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": []any{statement}})
	return string(policy), err
}

package database

import (
	"encoding/json"
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/rds"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/vpc"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/internal/door"
	"github.com/rung-dev/rung/components/part"
)

// ProxyToken is the proxy's type. It stands in every stack's state: never change it.
const ProxyToken = "rung:components:DatabaseProxy"

// Proxy is an RDS Proxy: many short connections of clients over few long ones
// to the database. A system needs it when its machines together may open more
// connections than the database takes. It costs $0.015 an hour for each vCPU
// of the database (us-east-1), two at the least, and some milliseconds a
// query; clients that keep state in a session (SET, advisory locks, prepared
// statements by name) pin a connection and win nothing.
type Proxy struct {
	pulumi.ResourceState
	// Endpoint is what clients use in place of the database's: TLS only, the
	// same secret.
	Endpoint part.Endpoint
	// Name is the proxy's name, the dimension of its metrics.
	Name pulumi.StringOutput
	// SecurityGroupID is the proxy's group.
	SecurityGroupID pulumi.StringOutput

	door *door.Opened
}

var _ pulumi.ComponentResource = (*Proxy)(nil)

// NewProxy puts a proxy before a database. It fails before touching the cloud
// when args are inconsistent; the error lists every wrong field.
func NewProxy(ctx *pulumi.Context, name string, args ProxyArgs, opts ...pulumi.ResourceOption) (*Proxy, error) {
	args = args.withDefaults()
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("database proxy %s: %w", name, err)
	}
	p := &Proxy{}
	if err := ctx.RegisterComponentResource(ProxyToken, name, p, opts...); err != nil {
		return nil, fmt.Errorf("register database proxy %s: %w", name, err)
	}
	b := proxyBuilder{ctx: ctx, proxy: p, name: name, args: args}
	for _, step := range []func() error{b.buildRole, b.buildDoor, b.buildLog, b.buildProxy, b.buildTarget, b.buildAlarms} {
		if err := step(); err != nil {
			return nil, fmt.Errorf("database proxy %s: %w", name, err)
		}
	}
	return p, ctx.RegisterResourceOutputs(p, pulumi.Map{"host": p.Endpoint.Host, "secret": p.Endpoint.Secret})
}

// proxyBuilder carries what the children share.
type proxyBuilder struct {
	ctx   *pulumi.Context
	proxy *Proxy
	name  string
	args  ProxyArgs

	role pulumi.StringOutput
	// called is the physical name, which its role's has made sure is nobody else's:
	// the log group must bear it before there is a proxy.
	called pulumi.StringOutput
	log    *cloudwatch.LogGroup
	made   *rds.Proxy
}

func (b *proxyBuilder) child() pulumi.ResourceOption { return pulumi.Parent(b.proxy) }

// proxyTrust lets RDS act as the role.
const proxyTrust = `{"Version":"2012-10-17","Statement":[` +
	`{"Effect":"Allow","Principal":{"Service":"rds.amazonaws.com"},"Action":"sts:AssumeRole"}]}`

// buildRole lets the proxy read the one secret that opens the database.
func (b *proxyBuilder) buildRole() error {
	role, err := iam.NewRole(b.ctx, b.name+"-role", &iam.RoleArgs{
		Description:      pulumi.String("RDS Proxy " + b.name),
		AssumeRolePolicy: pulumi.String(proxyTrust),
		Tags:             b.args.TagsFor(b.ctx, b.name),
	}, b.child())
	if err != nil {
		return fmt.Errorf("create the proxy's role: %w", err)
	}
	policy, err := iam.NewRolePolicy(b.ctx, b.name+"-secret", &iam.RolePolicyArgs{
		Role:   role.Name,
		Policy: b.args.Database.Endpoint.Secret.ApplyT(readSecret).(pulumi.StringOutput),
	}, b.child())
	if err != nil {
		return fmt.Errorf("let the proxy read the secret: %w", err)
	}
	b.called = role.Name
	// The proxy tries the secret at once: hand the role out with its policy only.
	b.role = pulumi.All(role.Arn, policy.ID()).ApplyT(func(v []any) string { return v[0].(string) }).(pulumi.StringOutput)
	return nil
}

func readSecret(arn string) (string, error) {
	policy, err := json.Marshal(map[string]any{
		"Version": "2012-10-17",
		"Statement": []any{map[string]any{
			"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": arn,
		}},
	})
	return string(policy), err
}

// buildDoor makes the proxy's own group: clients in, the database out.
func (b *proxyBuilder) buildDoor() error {
	opened, err := door.New(b.ctx, b.proxy, b.name, b.args.Common, door.Door{
		VPCID: b.args.VPCID, What: "database proxy", Port: b.args.port(), Clients: b.args.Clients,
	})
	if err != nil {
		return err
	}
	b.proxy.door, b.proxy.SecurityGroupID = opened, opened.SecurityGroupID
	_, err = vpc.NewSecurityGroupEgressRule(b.ctx, b.name+"-to-database", &vpc.SecurityGroupEgressRuleArgs{
		SecurityGroupId:           b.proxy.SecurityGroupID,
		ReferencedSecurityGroupId: b.args.Database.SecurityGroupID,
		Description:               pulumi.String("to the database"),
		IpProtocol:                pulumi.String("tcp"),
		FromPort:                  pulumi.Int(b.args.port()),
		ToPort:                    pulumi.Int(b.args.port()),
		Tags:                      b.args.TagsFor(b.ctx, b.name),
	}, b.child())
	if err != nil {
		return fmt.Errorf("let the proxy reach the database: %w", err)
	}
	// The rule is the proxy's, not the database's: two proxies of one database
	// would otherwise meet in a name.
	return door.At(b.ctx, b.args.Database.SecurityGroupID, b.proxy, b.name+"-database", b.args.Common,
		door.Door{What: "database", Port: b.args.port()}).
		Admit(part.Client{Name: b.name, SecurityGroupID: b.proxy.SecurityGroupID})
}

// Admit lets one more client connect through the proxy.
func (p *Proxy) Admit(client part.Client) error { return p.door.Admit(client) }

// AdmitRange lets the clients of another region connect through the proxy, by
// their addresses: a proxy stands beside its database, wherever its clients are.
func (p *Proxy) AdmitRange(from part.Range) error { return p.door.AdmitRange(from) }

func (b *proxyBuilder) buildProxy() (err error) {
	engine := b.args.Database.args.Engine
	b.made, err = rds.NewProxy(b.ctx, b.name+"-proxy", &rds.ProxyArgs{
		Name:         b.called,
		EngineFamily: pulumi.String(b.args.Database.args.kind().proxyFamily),
		RequireTls:   pulumi.Bool(true),
		RoleArn:      b.role,
		Auths: rds.ProxyAuthArray{&rds.ProxyAuthArgs{
			AuthScheme:             pulumi.String("SECRETS"),
			SecretArn:              b.args.Database.Endpoint.Secret,
			IamAuth:                pulumi.String("DISABLED"),
			ClientPasswordAuthType: pulumi.String(engine.proxyAuth(b.args.Database.args.EngineVersion)),
			Description:            pulumi.String("the database's own user"),
		}},
		IdleClientTimeout:   pulumi.Int(b.args.IdleClientSeconds),
		VpcSubnetIds:        part.IDs(firstOfZones(b.args.Subnets, proxyZones)),
		VpcSecurityGroupIds: pulumi.StringArray{b.proxy.SecurityGroupID},
		Tags:                b.args.TagsFor(b.ctx, b.name),
	}, b.child(), keepsName, pulumi.DeleteBeforeReplace(true), pulumi.DependsOn([]pulumi.Resource{b.log}))
	if err != nil {
		return fmt.Errorf("create the proxy: %w", err)
	}
	b.proxy.Name = b.made.Name
	return nil
}

func (b *proxyBuilder) buildTarget() error {
	group, err := rds.NewProxyDefaultTargetGroup(b.ctx, b.name+"-pool", &rds.ProxyDefaultTargetGroupArgs{
		DbProxyName: b.made.Name,
		ConnectionPoolConfig: &rds.ProxyDefaultTargetGroupConnectionPoolConfigArgs{
			MaxConnectionsPercent:     pulumi.Int(b.args.PoolPercent),
			MaxIdleConnectionsPercent: pulumi.Int(b.args.IdlePercent),
			ConnectionBorrowTimeout:   pulumi.Int(b.args.BorrowSeconds),
		},
	}, b.child())
	if err != nil {
		return fmt.Errorf("set the proxy's pool: %w", err)
	}
	target, err := rds.NewProxyTarget(b.ctx, b.name+"-target", &rds.ProxyTargetArgs{
		DbProxyName:          b.made.Name,
		TargetGroupName:      group.Name,
		DbInstanceIdentifier: b.args.Database.Identifier,
	}, b.child())
	if err != nil {
		return fmt.Errorf("connect the proxy to the database: %w", err)
	}
	// Without its target the proxy answers, but only with errors.
	host := pulumi.All(b.made.Endpoint, target.ID()).ApplyT(func(v []any) string {
		return v[0].(string)
	}).(pulumi.StringOutput)
	b.proxy.Endpoint = part.Endpoint{Host: host, Port: b.args.port(), Secret: b.args.Database.Endpoint.Secret}
	return nil
}

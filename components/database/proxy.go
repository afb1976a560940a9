package database

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/rds"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/vpc"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/alarms"
	"github.com/rung-dev/rung/components/internal/door"
	"github.com/rung-dev/rung/components/part"
)

// ProxyToken is the proxy's type. It stands in every stack's state: never change it.
const ProxyToken = "rung:components:DatabaseProxy"

const (
	// DefaultPoolPercent leaves a tenth of the connections to administrators
	// and to what connects beside the proxy.
	DefaultPoolPercent = 90
	// DefaultIdlePercent is half of the pool: enough for the next peak, while
	// idle connections cost the database memory.
	DefaultIdlePercent = 50
	// DefaultBorrowSeconds is how long a client waits for a connection before
	// it is told so: a web request that waits longer has failed already.
	DefaultBorrowSeconds = 10
	// DefaultIdleClientSeconds is AWS's own.
	DefaultIdleClientSeconds = 1800
)

// proxyZones is how many zones a proxy stands in: the least that AWS takes,
// and the same however many a network has, because other subnets are another
// proxy with another address.
const proxyZones = 2

// ProxyArgs describe a proxy. VPCID, Subnets and Database are required.
type ProxyArgs struct {
	part.Common
	// VPCID is the database's network and Subnets the subnets in it; the
	// proxy stands in the first two zones.
	VPCID   pulumi.StringInput
	Subnets []part.Subnet
	// Database is what the proxy connects to: its primary. Reads that may lag
	// go to the replicas without a proxy. RDS takes no copy of another
	// database, so where the writes move to another region, the proxy must be
	// another one there.
	Database *Database
	// Clients are the security groups that may connect.
	Clients []part.Client
	// PoolPercent is the share of the database's connections that the proxy
	// may open, 10 to 90. Zero means DefaultPoolPercent.
	PoolPercent int
	// IdlePercent is the share that it keeps open when nobody needs them, 1
	// to PoolPercent. Zero means DefaultIdlePercent or PoolPercent, the
	// smaller of the two.
	IdlePercent int
	// BorrowSeconds is how long a client may wait for a connection, 1 to 120.
	// Zero means DefaultBorrowSeconds.
	BorrowSeconds int
	// IdleClientSeconds closes a client's connection on which nothing
	// happens, 60 to 28,800. Zero means DefaultIdleClientSeconds.
	IdleClientSeconds int
	// LogDays is how long the proxy's log is kept, in days. Zero means DefaultLogDays.
	LogDays int
}

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

// port is the database's.
func (a ProxyArgs) port() int { return a.Database.args.kind().port }

func (a ProxyArgs) withDefaults() ProxyArgs {
	a.PoolPercent = cmp.Or(a.PoolPercent, DefaultPoolPercent)
	a.IdlePercent = cmp.Or(a.IdlePercent, min(DefaultIdlePercent, a.PoolPercent))
	a.BorrowSeconds = cmp.Or(a.BorrowSeconds, DefaultBorrowSeconds)
	a.IdleClientSeconds = cmp.Or(a.IdleClientSeconds, DefaultIdleClientSeconds)
	a.LogDays = cmp.Or(a.LogDays, DefaultLogDays)
	return a
}

func (a ProxyArgs) validate() error {
	errs := door.Check(a.Clients)
	if a.VPCID == nil {
		errs = append(errs, errors.New("VPCID: required"))
	}
	switch {
	case a.Database == nil:
		errs = append(errs, errors.New("Database: required"))
	case a.Database.args.follows():
		errs = append(errs, errors.New("Database: it is a copy, before which RDS puts no proxy; name the one that takes "+
			"the writes"))
	}
	if zones := door.Zones(a.Subnets); len(zones) < proxyZones {
		errs = append(errs, fmt.Errorf("Subnets: got %d zones %v, want subnets in at least %d", len(zones), zones,
			proxyZones))
	}
	errs = append(errs, part.CheckLogDays(a.LogDays))
	for _, f := range []struct {
		field          string
		got, low, high int
	}{
		{"PoolPercent", a.PoolPercent, 10, DefaultPoolPercent},
		{"IdlePercent", a.IdlePercent, 1, a.PoolPercent},
		{"BorrowSeconds", a.BorrowSeconds, 1, 120},
		{"IdleClientSeconds", a.IdleClientSeconds, 60, 28_800},
	} {
		if f.got < f.low || f.got > f.high {
			errs = append(errs, fmt.Errorf("%s: got %d, want %d to %d", f.field, f.got, f.low, f.high))
		}
	}
	return errors.Join(errs...)
}

// firstOfZones are the subnets of the first n zones, one each, in order.
func firstOfZones(subnets []part.Subnet, n int) []part.Subnet {
	var first []part.Subnet
	seen := map[string]bool{}
	for _, s := range subnets {
		if len(first) < n && !seen[s.Zone] {
			seen[s.Zone] = true
			first = append(first, s)
		}
	}
	return first
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

// keepsName leaves a proxy that stands, and its log, what they are called: the
// proxies of earlier versions had names of Pulumi's.
var keepsName = pulumi.IgnoreChanges([]string{"name"})

// buildLog keeps the proxy's log for a while: RDS itself would make the group with
// the proxy and keep it for ever.
func (b *proxyBuilder) buildLog() (err error) {
	b.log, err = cloudwatch.NewLogGroup(b.ctx, b.name+"-log", &cloudwatch.LogGroupArgs{
		Name:            pulumi.Sprintf("/aws/rds/proxy/%s", b.called),
		RetentionInDays: pulumi.Int(b.args.LogDays),
		Tags:            b.args.TagsFor(b.ctx, b.name),
	}, b.child(), keepsName)
	if err != nil {
		return fmt.Errorf("create the proxy's log group: %w", err)
	}
	return nil
}

func (p *Proxy) dimensions() pulumi.StringMap { return pulumi.StringMap{"ProxyName": p.Name} }

func (b *proxyBuilder) buildAlarms() error {
	_, err := alarms.Create(b.ctx, b.proxy, b.name, b.args.Common,
		alarms.Alarm{
			Name: "pinned", Namespace: namespace, Metric: "DatabaseConnectionsCurrentlySessionPinned", Dimensions: b.proxy.dimensions(),
			Statistic: "Maximum", Threshold: 10, Missing: alarms.MissingIsGood,
			Why: "Over 10 connections are pinned to one client each: the proxy saves nothing on them. Find the session state in the app (SET, temporary tables, advisory locks).",
		},
		alarms.Alarm{
			Name: "borrow-slow", Namespace: namespace, Metric: "DatabaseConnectionsBorrowLatency", Dimensions: b.proxy.dimensions(),
			Threshold: borrowMicroseconds, Missing: alarms.MissingIsGood,
			Why: "Clients wait over 100 ms for a connection: the pool is used up. Look for long transactions; then take the database's next class.",
		},
		alarms.Alarm{
			Name: "unreachable", Namespace: namespace, Metric: "DatabaseConnectionsSetupFailed", Dimensions: b.proxy.dimensions(),
			Statistic: "Sum", Threshold: 10, Periods: 3, Missing: alarms.MissingIsGood,
			Why: "The proxy cannot connect to the database: it is down, failing over, or the secret no longer opens it.",
		},
	)
	return err
}

// borrowMicroseconds is 100 ms in the metric's unit.
const borrowMicroseconds = 100_000

// Widgets are the graphs of the proxy for a dashboard.
func (p *Proxy) Widgets() []part.Widget {
	metric := func(name, statistic, label string) part.Metric {
		return part.Metric{Namespace: namespace, Name: name, Dimensions: p.dimensions(), Statistic: statistic, Label: label}
	}
	return []part.Widget{
		{Title: "Proxy connections", Metrics: []part.Metric{
			metric("ClientConnections", "Maximum", "of clients"), metric("DatabaseConnections", "Maximum", "to the database"),
			metric("DatabaseConnectionsCurrentlySessionPinned", "Maximum", "pinned"),
		}},
		{Title: "Proxy: wait for a connection (µs)", Metrics: []part.Metric{
			metric("DatabaseConnectionsBorrowLatency", "Average", "average"),
		}},
	}
}

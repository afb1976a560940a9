package loadbalancer

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/alarms"
	"github.com/rung-dev/rung/components/part"
)

// TCPToken is the TCP balancer's type. It stands in every stack's state, so it is
// frozen.
const TCPToken = "rung:components:TCPLoadBalancer"

var _ pulumi.ComponentResource = (*TCP)(nil)

// TCPArgs describe a balancer of connections. VPCID, Subnets and Port are required.
type TCPArgs struct {
	part.Common
	// VPCID is the network and Subnets the balancer's subnets in it, one in each of
	// two zones or more: public ones, or private ones if Internal.
	VPCID   pulumi.StringInput
	Subnets []part.Subnet
	// Internal makes a balancer that the internet cannot reach. It cannot be changed
	// later without a new balancer.
	Internal bool

	// Port is where the balancer listens, 1 to 65,535.
	Port int
	// CertificateARN is a certificate in the balancer's region, with which it ends
	// TLS itself. Nil passes on what comes: the targets speak TLS, or nobody does.
	CertificateARN pulumi.StringInput
	// CIDRs and Clients admit nobody but these ranges and security groups. Neither
	// means the world, or nobody yet if Internal.
	CIDRs   []string
	Clients []part.Client

	// TargetPort is where targets listen. Zero means Port.
	TargetPort int
	// TargetCIDR is the range in which the targets live: the balancer may connect to
	// nothing else. Empty means any address, on TargetPort only.
	TargetCIDR string
	// CrossZone spreads connections over the targets of all zones, not those of the
	// zone that they came in by: even where zones have unequal numbers of targets,
	// for $0.01 a GB and direction between zones (us-east-1).
	CrossZone bool
	// ProxyProtocol tells targets by a first line (version 2) who connects. They see
	// the visitor's address anyway, unless CertificateARN ends TLS in front of them.
	ProxyProtocol bool
	// Sticky sends all connections of one address to one target.
	Sticky bool
	// DrainSeconds is how long connections to a target that left may last; then they
	// are cut. Zero means DefaultTCPDrainSeconds. At most 3,600.
	DrainSeconds int
	// IdleSeconds forgets a connection on which nothing happens, 60 to 6,000; clients
	// and targets need a shorter keep-alive. Zero means DefaultTCPIdleSeconds.
	// Where the balancer ends TLS it is AWS's 350, always.
	IdleSeconds int
	// Health is how targets are asked. Without a Path an open port is health enough;
	// with one they are asked over HTTP.
	Health HealthCheck

	// AlarmResets is how many connections a minute targets may reset before an alarm
	// is raised. Zero means DefaultAlarmResets.
	AlarmResets int
}

// TCP is a balancer of connections: an AWS network load balancer with one group of
// targets. A service needs it that speaks anything but HTTP, or needs fixed
// addresses or millions of connections. It costs $16.43 a month, $0.006 for each
// hour and 1 GB (or 800 new connections a second), and $3.65 for the address in
// each zone (us-east-1).
type TCP struct {
	pulumi.ResourceState

	// ARN, DNSName and ZoneID are the balancer's; an alias record needs the last two.
	ARN, DNSName, ZoneID pulumi.StringOutput
	// ARNSuffix is the dimension of its metrics.
	ARNSuffix pulumi.StringOutput
	// SecurityGroupID is what targets must admit.
	SecurityGroupID pulumi.StringOutput
	// TargetGroupARN is the group that a fleet joins, known once the listener serves
	// it; TargetGroupARNSuffix is the dimension of its metrics.
	TargetGroupARN, TargetGroupARNSuffix pulumi.StringOutput
	// ListenerARN is the listener.
	ListenerARN pulumi.StringOutput
	// TLS is true where the balancer ends it.
	TLS bool
	// Port is the port that serves.
	Port int
	// Alarms are the physical names of its alarms.
	Alarms alarms.Names
	// GateAlarms are the names of the alarms that should stop a rollout.
	GateAlarms pulumi.StringArray

	door   doorway
	open   bool // to the world
	ctx    *pulumi.Context
	name   string
	args   TCPArgs
	target *lb.TargetGroup
}

// NewTCP builds the balancer. It fails before touching the cloud when args are
// inconsistent; the error lists every wrong field.
func NewTCP(ctx *pulumi.Context, name string, args TCPArgs, opts ...pulumi.ResourceOption) (*TCP, error) {
	args = args.withDefaults()
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("TCP load balancer %s: %w", name, err)
	}
	l := &TCP{TLS: args.CertificateARN != nil, Port: args.Port, open: !args.restricted(), ctx: ctx, name: name, args: args}
	if err := ctx.RegisterComponentResource(TCPToken, name, l, opts...); err != nil {
		return nil, fmt.Errorf("register TCP load balancer %s: %w", name, err)
	}
	for _, step := range []func() error{l.buildGroup, l.buildBalancer, l.buildTargets, l.buildListener, l.watch} {
		if err := step(); err != nil {
			return nil, fmt.Errorf("TCP load balancer %s: %w", name, err)
		}
	}
	return l, ctx.RegisterResourceOutputs(l, pulumi.Map{
		"arn": l.ARN, "dnsName": l.DNSName, "zoneId": l.ZoneID, "securityGroupId": l.SecurityGroupID,
		"targetGroupArn": l.TargetGroupARN,
	})
}

// Admit lets one more client connect. It is for clients that need the balancer's
// group to be built, and so cannot stand in Args.Clients. It fails for a balancer
// that is open to the world anyway.
func (l *TCP) Admit(client part.Client) error {
	if err := admissible(client, l.open, l.name); err != nil {
		return err
	}
	return l.door.admit(l.Port, visitor{part: client.Name, who: client.Name, sg: client.SecurityGroupID})
}

func (l *TCP) tags() pulumi.StringMap { return l.args.TagsFor(l.ctx, l.name) }

func (l *TCP) buildGroup() error {
	group, err := ec2.NewSecurityGroup(l.ctx, l.name+"-sg", &ec2.SecurityGroupArgs{
		Description: pulumi.String("Load balancer " + l.name),
		VpcId:       l.args.VPCID.ToStringOutput(),
		Tags:        l.tags(),
	}, pulumi.Parent(l))
	if err != nil {
		return fmt.Errorf("create the security group: %w", err)
	}
	l.SecurityGroupID = group.ID().ToStringOutput()
	l.door = doorway{ctx: l.ctx, parent: l, name: l.name, common: l.args.Common, group: l.SecurityGroupID}
	for _, who := range visitors(nil, l.args.CIDRs, l.args.Clients, l.open) {
		if err := l.door.admit(l.Port, who); err != nil {
			return err
		}
	}
	return l.door.reach(l.args.TargetPort, l.args.TargetCIDR)
}

func (l *TCP) buildBalancer() error {
	made, err := lb.NewLoadBalancer(l.ctx, l.name+"-nlb", &lb.LoadBalancerArgs{
		NamePrefix:                   pulumi.String(namePrefix),
		LoadBalancerType:             pulumi.String("network"),
		Internal:                     pulumi.Bool(l.args.Internal),
		Subnets:                      part.IDs(l.args.Subnets),
		SecurityGroups:               pulumi.StringArray{l.SecurityGroupID},
		EnableCrossZoneLoadBalancing: pulumi.Bool(l.args.CrossZone),
		EnableDeletionProtection:     pulumi.Bool(!l.args.Guard.Lifted(l.name + "-nlb")),
		Tags:                         l.tags(),
	}, pulumi.Parent(l), part.Ways(l.args.Subnets...))
	if err != nil {
		return fmt.Errorf("create the balancer: %w", err)
	}
	l.ARN, l.ARNSuffix, l.DNSName, l.ZoneID = made.Arn, made.ArnSuffix, made.DnsName, made.ZoneId
	return nil
}

func (l *TCP) buildTargets() (err error) {
	l.target, err = lb.NewTargetGroup(l.ctx, l.name+"-targets", &lb.TargetGroupArgs{
		NamePrefix:            pulumi.String(namePrefix),
		VpcId:                 l.args.VPCID.ToStringOutput().ToStringPtrOutput(),
		TargetType:            pulumi.String("instance"),
		Port:                  pulumi.Int(l.args.TargetPort),
		Protocol:              pulumi.String("TCP"),
		DeregistrationDelay:   pulumi.Int(l.args.DrainSeconds),
		ConnectionTermination: pulumi.Bool(true), // else what outlasts the drain is never cut
		ProxyProtocolV2:       pulumi.Bool(l.args.ProxyProtocol),
		HealthCheck:           l.args.Health.tcpInputs(),
		Stickiness: &lb.TargetGroupStickinessArgs{
			Type: pulumi.String("source_ip"), Enabled: pulumi.Bool(l.args.Sticky),
		},
		Tags: l.tags(),
	}, pulumi.Parent(l))
	if err != nil {
		return fmt.Errorf("create the target group: %w", err)
	}
	return nil
}

// tcpInputs asks for a connection, or over HTTP where there is a path.
func (h HealthCheck) tcpInputs() *lb.TargetGroupHealthCheckArgs {
	if h.Path != "" {
		return h.inputs()
	}
	return &lb.TargetGroupHealthCheckArgs{
		Enabled:            pulumi.Bool(true),
		Protocol:           pulumi.String("TCP"),
		Port:               pulumi.String("traffic-port"),
		Interval:           pulumi.Int(h.IntervalSeconds),
		Timeout:            pulumi.Int(h.TimeoutSeconds),
		HealthyThreshold:   pulumi.Int(h.Up),
		UnhealthyThreshold: pulumi.Int(h.Down),
	}
}

func (l *TCP) buildListener() error {
	args := &lb.ListenerArgs{
		LoadBalancerArn: l.ARN,
		Port:            pulumi.Int(l.Port),
		Protocol:        pulumi.String("TCP"),
		DefaultActions: lb.ListenerDefaultActionArray{lb.ListenerDefaultActionArgs{
			Type: pulumi.String("forward"), TargetGroupArn: l.target.Arn.ToStringPtrOutput(),
		}},
		Tags: l.tags(),
	}
	if l.TLS {
		args.Protocol = pulumi.String("TLS")
		args.SslPolicy = pulumi.String(TLSPolicy)
		args.CertificateArn = l.args.CertificateARN.ToStringOutput().ToStringPtrOutput()
	} else {
		args.TcpIdleTimeoutSeconds = pulumi.Int(l.args.IdleSeconds)
	}
	made, err := lb.NewListener(l.ctx, fmt.Sprintf("%s-listener-%d", l.name, l.Port), args, pulumi.Parent(l))
	if err != nil {
		return fmt.Errorf("listen on port %d: %w", l.Port, err)
	}
	l.ListenerARN = made.Arn
	l.TargetGroupARN = after(l.target.Arn, made, nil)
	l.TargetGroupARNSuffix = after(l.target.ArnSuffix, made, nil)
	return nil
}

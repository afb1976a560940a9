// Package discovery gives services names inside the network: a Cloud Map
// namespace in which instances register themselves, and names that stand for
// an internal load balancer.
//
// A system needs it when services call one another: stage 4. A name that stands
// for a balancer is the simpler choice: the balancer checks health and spreads
// the load. Services whose instances register themselves save that hop, and
// their clients must spread the load and try again themselves. It costs $0.50
// a month for the namespace's hosted zone, $0.10 for each registered resource
// and $1.00 for a million look-ups by API (us-east-1); queries by DNS are the
// zone's.
//
// The package refuses names that DNS does not take, a namespace that ends in a
// public domain's suffix, and a name that is two things at once. Nothing here
// holds data: what is registered registers again.
package discovery

import (
	"errors"
	"fmt"
	"regexp"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/servicediscovery"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/part"
)

// Token is the component's type. It stands in every stack's state, so it is frozen.
const Token = "rung:components:Discovery"

// DefaultTTLSeconds is short, so that an instance that left is soon forgotten.
const DefaultTTLSeconds = 10

var _ pulumi.ComponentResource = (*Discovery)(nil)

// Args describe a namespace. VPCID and Namespace are required.
type Args struct {
	part.Common
	// VPCID is the network in which the names are known.
	VPCID pulumi.StringInput
	// Namespace is the names' suffix, "dev.internal" say: at least two labels,
	// the last of them "internal", "local" or "test". It cannot be changed
	// without new names.
	Namespace string
	// Services are the names below it.
	Services []Service
}

// Service is one name.
type Service struct {
	// Name is the first label, "users" say.
	Name string
	// TTLSeconds is how long resolvers keep an answer. Zero means
	// DefaultTTLSeconds. 1 to 3,600.
	TTLSeconds int
	// Balancer is the DNS name of an internal load balancer that the name
	// stands for. Nil means that instances register themselves.
	Balancer pulumi.StringInput
}

// Discovery is a namespace and its services.
type Discovery struct {
	pulumi.ResourceState

	// Namespace is the names' suffix.
	Namespace string
	// ID is the namespace's id, HostedZoneID that of its private zone.
	ID, HostedZoneID pulumi.StringOutput
	// ServiceIDs are the ids by which instances register, by name.
	ServiceIDs map[string]pulumi.StringOutput

	arns map[string]pulumi.StringOutput // of services that instances register with
}

// Host is the name of a service, "users.dev.internal" say.
func (d *Discovery) Host(service string) string { return service + "." + d.Namespace }

// New builds the namespace. It fails before touching the cloud when args are
// inconsistent; the error lists every wrong field.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Discovery, error) {
	args = args.withDefaults()
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("discovery %s: %w", name, err)
	}
	d := &Discovery{Namespace: args.Namespace, ServiceIDs: map[string]pulumi.StringOutput{},
		arns: map[string]pulumi.StringOutput{}}
	if err := ctx.RegisterComponentResource(Token, name, d, opts...); err != nil {
		return nil, fmt.Errorf("register discovery %s: %w", name, err)
	}
	if err := d.build(ctx, name, args); err != nil {
		return nil, fmt.Errorf("discovery %s: %w", name, err)
	}
	return d, ctx.RegisterResourceOutputs(d, pulumi.Map{"namespaceId": d.ID, "namespace": pulumi.String(d.Namespace)})
}

func (a Args) withDefaults() Args {
	services := make([]Service, len(a.Services)) // the caller's own stay as they are
	for i, s := range a.Services {
		if s.TTLSeconds == 0 {
			s.TTLSeconds = DefaultTTLSeconds
		}
		services[i] = s
	}
	a.Services = services
	return a
}

var (
	namespaceForm = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+(internal|local|test)$`)
	labelForm     = regexp.MustCompile(`^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$`)
)

// maxTTLSeconds keeps a name from pointing at an instance for hours after it went.
const maxTTLSeconds = 3_600

func (a Args) validate() error {
	var errs []error
	if a.VPCID == nil {
		errs = append(errs, errors.New("VPCID: required"))
	}
	if !namespaceForm.MatchString(a.Namespace) {
		errs = append(errs, fmt.Errorf("Namespace: got %q, want a name such as dev.internal that no public domain has "+
			"(.internal, .local or .test)", a.Namespace))
	}
	seen := map[string]bool{}
	for i, s := range a.Services {
		if !labelForm.MatchString(s.Name) || seen[s.Name] {
			errs = append(errs, fmt.Errorf("Services[%d].Name: got %q, want a DNS label that stands once", i, s.Name))
		}
		seen[s.Name] = true
		if s.TTLSeconds < 1 || s.TTLSeconds > maxTTLSeconds {
			errs = append(errs, fmt.Errorf("Services[%d].TTLSeconds: got %d, want 1 to %d", i, s.TTLSeconds, maxTTLSeconds))
		}
	}
	return errors.Join(errs...)
}

func (d *Discovery) build(ctx *pulumi.Context, name string, args Args) error {
	namespace, err := servicediscovery.NewPrivateDnsNamespace(ctx, name+"-namespace",
		&servicediscovery.PrivateDnsNamespaceArgs{
			Name:        pulumi.String(args.Namespace),
			Vpc:         args.VPCID.ToStringOutput(),
			Description: pulumi.String("Services of stack " + ctx.Stack()),
			Tags:        args.TagsFor(ctx, name),
		}, pulumi.Parent(d))
	if err != nil {
		return fmt.Errorf("create the namespace: %w", err)
	}
	d.ID, d.HostedZoneID = namespace.ID().ToStringOutput(), namespace.HostedZone
	for _, s := range args.Services {
		if err := d.service(ctx, name, args, s); err != nil {
			return fmt.Errorf("service %s: %w", s.Name, err)
		}
	}
	return nil
}

func (d *Discovery) service(ctx *pulumi.Context, name string, args Args, s Service) error {
	made, err := servicediscovery.NewService(ctx, name+"-"+s.Name, d.serviceArgs(ctx, name, args, s), pulumi.Parent(d))
	if err != nil {
		return err
	}
	d.ServiceIDs[s.Name] = made.ID().ToStringOutput()
	if s.Balancer == nil {
		d.arns[s.Name] = made.Arn
		return nil
	}
	_, err = servicediscovery.NewInstance(ctx, name+"-"+s.Name+"-balancer", &servicediscovery.InstanceArgs{
		ServiceId:  d.ServiceIDs[s.Name],
		InstanceId: pulumi.String("balancer"),
		Attributes: pulumi.StringMap{"AWS_ALIAS_DNS_NAME": s.Balancer},
	}, pulumi.Parent(d))
	return err
}

// serviceArgs: instances answer with all healthy addresses, and say themselves
// whether they are; an alias takes one answer, and its health is the balancer's.
func (d *Discovery) serviceArgs(ctx *pulumi.Context, name string, args Args, s Service) *servicediscovery.ServiceArgs {
	made := &servicediscovery.ServiceArgs{
		Name:        pulumi.String(s.Name),
		Description: pulumi.String(s.Name + " of stack " + ctx.Stack()),
		// Instances that died without a word would keep the service for ever.
		ForceDestroy: pulumi.Bool(true),
		Tags:         args.TagsFor(ctx, name),
	}
	policy := "WEIGHTED"
	if s.Balancer == nil {
		policy = "MULTIVALUE"
		made.HealthCheckCustomConfig = &servicediscovery.ServiceHealthCheckCustomConfigArgs{FailureThreshold: pulumi.Int(1)}
	}
	made.DnsConfig = &servicediscovery.ServiceDnsConfigArgs{
		NamespaceId:   d.ID,
		RoutingPolicy: pulumi.String(policy),
		DnsRecords: servicediscovery.ServiceDnsConfigDnsRecordArray{&servicediscovery.ServiceDnsConfigDnsRecordArgs{
			Type: pulumi.String("A"), Ttl: pulumi.Int(s.TTLSeconds),
		}},
	}
	return made
}

// Register is what a role needs whose instances register with a service, say
// that they are well, and leave: the service itself, and the records of the
// namespace's zone, which Cloud Map writes in the caller's name. It fails for
// a service that stands for a balancer or that there is not.
func (d *Discovery) Register(service string) ([]part.Permission, error) {
	arn, ok := d.arns[service]
	if !ok {
		return nil, fmt.Errorf("permit registering with %q: want a service of this namespace that stands for no balancer",
			service)
	}
	return []part.Permission{
		{
			Name: "discovery-register",
			Actions: []string{"servicediscovery:RegisterInstance", "servicediscovery:DeregisterInstance",
				"servicediscovery:UpdateInstanceCustomHealthStatus", "servicediscovery:GetInstancesHealthStatus"},
			Resources: pulumi.StringArray{arn},
		},
		{
			Name:      "discovery-records",
			Actions:   []string{"route53:ChangeResourceRecordSets"},
			Resources: pulumi.StringArray{pulumi.Sprintf("arn:aws:route53:::hostedzone/%s", d.HostedZoneID)},
		},
	}, nil
}

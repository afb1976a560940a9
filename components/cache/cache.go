// Package cache builds a Redis-compatible cache on ElastiCache for sessions
// and hot reads: a primary and a replica in another zone that takes over.
//
// Stage 3 needs it, when several web servers must share sessions, and when the
// database spends its time on the same reads. Its default, two
// cache.t4g.small with Valkey, costs about $37 a month; the slow log and five
// alarms for each node a little more.
//
// Connections need TLS and a token of our own (package secret); memory and
// snapshots are encrypted; a final snapshot is taken before AWS deletes the
// cache. What is in a cache must still be something that can be made again:
// it may evict, and a failover loses the last second.
//
// The package refuses shards without the cluster protocol, the cluster
// protocol without a failover, a cache in one zone, and any door but its
// clients' security groups. Changing the cluster mode is one-way; the
// deployment says so in its log.
package cache

import (
	"fmt"
	"maps"
	"regexp"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/elasticache"
	"github.com/pulumi/pulumi-random/sdk/v4/go/random"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/alarms"
	"github.com/rung-dev/rung/components/internal/door"
	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/components/secret"
	"github.com/rung-dev/rung/names"
)

// Token is the component's type. It stands in every stack's state: never change it.
const Token = "rung:components:Cache"

// Cache is one replication group.
type Cache struct {
	pulumi.ResourceState
	// Endpoint is where to write: the primary, or with a cluster mode the
	// configuration endpoint. Its secret is the bare token.
	Endpoint part.Endpoint
	// Reader is the host that spreads reads over the replicas; with a cluster
	// mode it is the configuration endpoint too.
	Reader pulumi.StringOutput
	// ClusterMode is true when clients must speak the cluster protocol.
	ClusterMode bool
	// SecurityGroupID is the group of all nodes.
	SecurityGroupID pulumi.StringOutput
	// Alarms are the physical names of its alarms.
	Alarms alarms.Names

	door  *door.Opened
	group *elasticache.ReplicationGroup
	nodes int
	cpu   string
}

var _ pulumi.ComponentResource = (*Cache)(nil)

// New builds the cache. It fails before touching the cloud when args are
// inconsistent; the error lists every wrong field.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Cache, error) {
	args = args.withDefaults()
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("cache %s: %w", name, err)
	}
	c := &Cache{ClusterMode: args.ClusterMode.Clustered(), nodes: args.nodes()}
	if err := ctx.RegisterComponentResource(Token, name, c, opts...); err != nil {
		return nil, fmt.Errorf("register cache %s: %w", name, err)
	}
	b := builder{ctx: ctx, cache: c, name: name, args: args}
	if err := b.build(); err != nil {
		return nil, fmt.Errorf("cache %s: %w", name, err)
	}
	return c, ctx.RegisterResourceOutputs(c, pulumi.Map{
		"host": c.Endpoint.Host, "reader": c.Reader, "secret": c.Endpoint.Secret,
	})
}

// builder carries what the children share.
type builder struct {
	ctx   *pulumi.Context
	cache *Cache
	name  string
	args  Args

	token   *secret.Secret
	subnets *elasticache.SubnetGroup
	params  *elasticache.ParameterGroup
	slowLog *cloudwatch.LogGroup
	final   pulumi.StringOutput
}

func (b *builder) build() error {
	for _, step := range []func() error{
		b.warn, b.buildToken, b.buildSubnets, b.buildDoor, b.buildParameters, b.buildSlowLog, b.buildFinalName, b.buildGroup,
		b.buildAlarms,
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// warn says in the deployment's log what cannot be taken back.
func (b *builder) warn() error {
	if !b.args.ClusterMode.Clustered() {
		return nil
	}
	return b.ctx.Log.Warn(fmt.Sprintf(
		"cache %s: cluster mode %q cannot be taken back; the way is disabled, compatible, enabled, one step in a "+
			"deployment of its own, with nothing else changed",
		b.name, b.args.ClusterMode), &pulumi.LogArgs{Resource: b.cache})
}

func (b *builder) buildToken() (err error) {
	b.token, err = secret.New(b.ctx, b.name+"-secret", secret.Args{
		Common: b.args.Common, Description: "Token of the cache " + b.name,
	}, pulumi.Parent(b.cache))
	return err
}

func (b *builder) buildSubnets() (err error) {
	b.subnets, err = elasticache.NewSubnetGroup(b.ctx, b.name+"-subnets", &elasticache.SubnetGroupArgs{
		Description: pulumi.String("Where the cache may stand"),
		SubnetIds:   part.IDs(b.args.Subnets),
		Tags:        b.args.TagsFor(b.ctx, b.name),
	}, pulumi.Parent(b.cache))
	if err != nil {
		return fmt.Errorf("create the subnet group: %w", err)
	}
	return nil
}

func (b *builder) buildDoor() (err error) {
	b.cache.door, err = door.New(b.ctx, b.cache, b.name, b.args.Common, door.Door{
		VPCID: b.args.VPCID, What: "cache", Port: Port, Clients: b.args.Clients,
	})
	if err != nil {
		return err
	}
	b.cache.SecurityGroupID = b.cache.door.SecurityGroupID
	return nil
}

// buildParameters leaves the name to Pulumi, so that a new family or cluster
// mode gets a new group while the old one is still in use.
func (b *builder) buildParameters() (err error) {
	values := b.args.parameterValues()
	var list elasticache.ParameterGroupParameterArray
	for _, name := range slices.Sorted(maps.Keys(values)) {
		list = append(list, elasticache.ParameterGroupParameterArgs{Name: pulumi.String(name),
			Value: pulumi.String(values[name])})
	}
	b.params, err = elasticache.NewParameterGroup(b.ctx, b.name+"-parameters", &elasticache.ParameterGroupArgs{
		Family:      pulumi.String(family(b.args.Engine, b.args.EngineVersion)),
		Description: pulumi.String("The cache as rung sets it"),
		Parameters:  list,
		Tags:        b.args.TagsFor(b.ctx, b.name),
	}, pulumi.Parent(b.cache))
	if err != nil {
		return fmt.Errorf("create the parameter group: %w", err)
	}
	return nil
}

// buildSlowLog creates the log group. Names under /aws/vendedlogs need no
// further entry in the account's log resource policy, which is limited in size.
func (b *builder) buildSlowLog() (err error) {
	b.slowLog, err = cloudwatch.NewLogGroup(b.ctx, b.name+"-slow-log", &cloudwatch.LogGroupArgs{
		NamePrefix:      pulumi.String("/aws/vendedlogs/elasticache/" + b.name + "-"),
		RetentionInDays: pulumi.Int(b.args.LogDays),
		Tags:            b.args.TagsFor(b.ctx, b.name),
	}, pulumi.Parent(b.cache))
	if err != nil {
		return fmt.Errorf("create the slow log: %w", err)
	}
	return nil
}

// groupName is the group's logical name, by which it is confirmed.
func (b *builder) groupName() string { return b.name + "-group" }

// buildFinalName draws the name of the final snapshot, anew whenever the group
// may be: its keeper is what can replace it. The name alone holds nothing, so it
// has no protection: from Redis to Valkey AWS goes in place, with another name
// for the last snapshot.
func (b *builder) buildFinalName() error {
	id, err := random.NewRandomId(b.ctx, b.name+"-incarnation", &random.RandomIdArgs{
		ByteLength: pulumi.Int(4),
		Keepers:    pulumi.StringMap{"engine": pulumi.String(string(b.args.Engine))},
	}, pulumi.Parent(b.cache))
	if err != nil {
		return fmt.Errorf("draw the incarnation: %w", err)
	}
	stack, name := b.ctx.Stack(), b.name
	b.final = id.Hex.ApplyT(func(hex string) string { return finalSnapshot(stack, name, hex) }).(pulumi.StringOutput)
	return nil
}

// snapshot is what ElastiCache takes as the name of a snapshot: letters, digits
// and single hyphens, beginning with a letter, at most 50 of them here.
var snapshot = names.Form{Max: 50, Refused: regexp.MustCompile(`[^a-z0-9]+`), Lower: true, Letter: true}

// finalSnapshot is the name of the snapshot before the end of an incarnation.
func finalSnapshot(stack, name, incarnation string) string {
	return snapshot.Of(stack, name, "-"+incarnation+"-final")
}

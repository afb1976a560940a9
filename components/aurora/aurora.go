// Package aurora builds Aurora PostgreSQL over regions: a global database, whose
// storage AWS copies to every region within about a second, with a cluster of
// instances in each.
//
// It is the choice beside package database for stage 5. It needs no chain of
// replicas, moves its writes by AWS's own switchover in a minute or two without
// losing any, and costs more: the smallest pair, two db.r7g.large in each of
// two regions, is about $800 a month, storage $0.10 a GB in each region, I/O
// and replicated writes $0.20 for a million each (us-east-1). A database of
// package database does not become one: its data must be copied.
//
// What AWS leaves open is closed here: storage is encrypted with a key of each
// region, TLS forced, deletion refused for the global database and for each
// cluster, backups kept 7 days and beyond the cluster's life, and a final
// snapshot is taken of every cluster, because any may have had the writes last.
// After a switchover the program stays as it is: clients write to an address
// that follows the writes.
//
// The package refuses classes that a global database does not take, fewer than
// two zones, two clusters of one region, and any door but its clients'. To
// remove a region, confirm its cluster by name and deploy; then remove it.
package aurora

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/rds"
	"github.com/pulumi/pulumi-random/sdk/v4/go/random"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/internal/door"
	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/components/secret"
)

// Token is the component's type. It stands in every stack's state: never change it.
const Token = "rung:components:Aurora"

// Aurora is one region's cluster of a global database.
type Aurora struct {
	pulumi.ResourceState
	// Endpoint is where to write, from every region the same host, which
	// follows the writes; with the secret as it is read in this region.
	Endpoint part.Endpoint
	// ReaderHost spreads reads over the region's instances. Writes that reach
	// a further region's are forwarded to where the writes are.
	ReaderHost pulumi.StringOutput
	// Readers holds ReaderHost alone, as lists of replicas are read.
	Readers []pulumi.StringOutput
	// Name is the name of the first database.
	Name string
	// ARN is the cluster's and Identifier its RDS identifier.
	ARN, Identifier pulumi.StringOutput
	// SecurityGroupID is the group of all instances.
	SecurityGroupID pulumi.StringOutput

	args    Args
	door    *door.Opened
	secret  *secret.Secret
	global  *rds.GlobalCluster
	cluster *rds.Cluster
	// joined is the global database's id, known once its first region stands:
	// no other may join before.
	joined pulumi.StringOutput
}

var _ pulumi.ComponentResource = (*Aurora)(nil)

// New builds a cluster: the first of a new global database, or with
// Args.Global a further region of it. It fails before touching the cloud when
// args are inconsistent; the error lists every wrong field.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Aurora, error) {
	args = args.withDefaults()
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("aurora %s: %w", name, err)
	}
	a := &Aurora{Name: args.DatabaseName, args: args}
	if err := ctx.RegisterComponentResource(Token, name, a, opts...); err != nil {
		return nil, fmt.Errorf("register aurora %s: %w", name, err)
	}
	b := builder{ctx: ctx, made: a, name: name, args: args}
	for _, step := range []func() error{
		b.buildIncarnation, b.buildSecret, b.buildSubnets, b.buildDoor, b.buildGlobal, b.buildParameters,
		b.buildMonitoring, b.buildCluster, b.buildInstances, b.buildAlarms,
	} {
		if err := step(); err != nil {
			return nil, fmt.Errorf("aurora %s: %w", name, err)
		}
	}
	return a, ctx.RegisterResourceOutputs(a,
		pulumi.Map{"host": a.Endpoint.Host, "readerHost": a.ReaderHost, "secret": a.Endpoint.Secret})
}

// SecretIn is the ARN by which machines of that region read the secret.
func (a *Aurora) SecretIn(region string) pulumi.StringOutput { return a.secret.In(region) }

// Admit lets one more client connect.
func (a *Aurora) Admit(client part.Client) error { return a.door.Admit(client) }

// AdmitRange lets the clients of another region connect, by their addresses.
// Every region's cluster must admit every other: the writes may come to it.
func (a *Aurora) AdmitRange(from part.Range) error { return a.door.AdmitRange(from) }

// CopyFrom lets the database connect to a PostgreSQL elsewhere, as a logical
// replication that copies from it does. Without it the database reaches nothing.
func (a *Aurora) CopyFrom(source part.Client) error { return a.door.Reach(source) }

// builder carries what the children share.
type builder struct {
	ctx  *pulumi.Context
	made *Aurora
	name string
	args Args

	incarnation pulumi.StringOutput
	subnets     *rds.SubnetGroup
	params      *rds.ClusterParameterGroup
	monitoring  pulumi.StringOutput
}

func (b *builder) child() pulumi.ResourceOption { return pulumi.Parent(b.made) }

// clusterName is the cluster's logical name, by which it is confirmed.
func clusterName(name string) string { return name + "-cluster" }

func globalName(name string) string { return name + "-global" }

// buildIncarnation draws a number that is new whenever the cluster is. It
// follows the cluster's protection, because a new one would rename everything.
func (b *builder) buildIncarnation() error {
	id, err := random.NewRandomId(b.ctx, b.name+"-incarnation", &random.RandomIdArgs{
		ByteLength: pulumi.Int(4),
		Keepers:    pulumi.StringMap{"username": pulumi.String(b.args.Username), "dbName": pulumi.String(b.args.DatabaseName)},
	}, b.args.Data(b.made, clusterName(b.name))...)
	if err != nil {
		return fmt.Errorf("draw the incarnation: %w", err)
	}
	b.incarnation = id.Hex
	return nil
}

// buildSecret makes the secret; a further region has the first one's users.
func (b *builder) buildSecret() (err error) {
	if b.args.Global != nil {
		b.made.secret = b.args.Global.secret
		return nil
	}
	b.made.secret, err = secret.New(b.ctx, b.name+"-secret", secret.Args{
		Common:      b.args.Common,
		Description: "Master user of the Aurora PostgreSQL database " + b.name,
		Username:    b.args.Username,
		Fields:      map[string]string{"engine": "postgres", "dbname": b.args.DatabaseName},
		Replicas:    secret.ReplicasIn(b.args.SecretRegions),
	}, b.child())
	return err
}

func (b *builder) buildSubnets() (err error) {
	b.subnets, err = rds.NewSubnetGroup(b.ctx, b.name+"-subnets", &rds.SubnetGroupArgs{
		Description: pulumi.String("Where the cluster may stand"),
		SubnetIds:   part.IDs(b.args.Subnets),
		Tags:        b.args.TagsFor(b.ctx, b.name),
	}, b.child())
	if err != nil {
		return fmt.Errorf("create the subnet group: %w", err)
	}
	return nil
}

func (b *builder) buildDoor() (err error) {
	b.made.door, err = door.New(b.ctx, b.made, b.name, b.args.Common, door.Door{
		VPCID: b.args.VPCID, What: "database", Port: Port, Clients: b.args.Clients,
	})
	if err != nil {
		return err
	}
	b.made.SecurityGroupID = b.made.door.SecurityGroupID
	return nil
}

// Package database builds PostgreSQL or MySQL on RDS: a primary with a standby in a
// second zone, read replicas in other zones, and one internal name that
// spreads reads over them.
//
// Stage 3 needs it, when several web servers share one database. Its default, a
// Multi-AZ db.m7g.large with 50 GiB, costs about $260 a month before replicas;
// the hosted zone of the reader name $0.50, each alarm $0.10.
//
// What AWS leaves open is closed here: storage is encrypted, TLS forced,
// backups kept 7 days and beyond the instance's life, deletion refused, a
// final snapshot taken under a name that is never used twice. The master
// password is ours (package secret): one that RDS manages rules out replicas,
// blue/green deployments and the way to Aurora.
//
// A database may be a copy of one in another region (Args.Source): readable
// there, kept up to date within seconds, and promoted in place when the writes
// move (Args.Promoted). [Lineage] says which databases a stack has after such
// moves. A copy costs what its instances cost, and $0.02 for each GB that is
// written and crosses the regions (us-east-1).
//
// Of PostgreSQL logical replication is on from the first day (rds.logical_replication). The
// users' database of stage 4 and an Aurora cluster are filled by it while the
// old one is still written, and so is a new major version. It is a static
// parameter: switched on when it is needed, it would cost a restart of the one
// database that must not pause, and no deployment restarts it. The price is
// more write-ahead log, most for updates and deletions in tables without a
// primary key. A database from before takes the setting over at its next
// restart, which a new class or a failover is; until then nothing changes. Drop
// the slot when a copy is done: one that nobody reads keeps the log. An alarm rings
// when that is a fifth of the disk, and at two fifths (max_slot_wal_keep_size)
// PostgreSQL throws it away, so that a forgotten copy begins anew and the database
// goes on. A replica in another region that is as far behind must be made anew, too.
//
// The package refuses replicas without backups, major versions that nobody
// asked for (an upgrade needs a flag, extended support is off), fewer than two
// zones, and any door but its clients' security groups. It does not use the
// provider's blue/green updates: they delete the old primary without a
// snapshot and orphan replicas.
//
// To remove a replica or the database, confirm it by name first and deploy:
// that lifts the protections. Remove it in a second deployment. AWS deletes
// with the settings that were applied last.
package database

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/rds"
	"github.com/pulumi/pulumi-random/sdk/v4/go/random"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/alarms"
	"github.com/rung-dev/rung/components/internal/door"
	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/components/secret"
)

// Token is the component's type. It stands in every stack's state: never change it.
const Token = "rung:components:Database"

// Database is a primary and its replicas.
type Database struct {
	pulumi.ResourceState
	// Endpoint is where to write: the primary's host and port, and the secret
	// with username and password as JSON. A copy's is its source's host, and
	// the secret as it is read in the copy's region.
	Endpoint part.Endpoint
	// ReaderHost is an internal name that answers with one of the replicas,
	// by weight, or with the primary when there is none. Clients that verify
	// host names must use Readers: RDS's certificates do not know this name.
	ReaderHost pulumi.StringOutput
	// Readers are the own host names of those that answer reads, in order: the
	// replicas, and before them a copy's first instance. Empty without any.
	Readers []pulumi.StringOutput
	// Name is the name of the first database.
	Name string
	// ARN is the primary's, by which another region copies it.
	ARN pulumi.StringOutput
	// Identifier is the primary's RDS identifier.
	Identifier pulumi.StringOutput
	// ResourceID is the primary's immutable id, for IAM database authentication.
	ResourceID pulumi.StringOutput
	// SecurityGroupID is the group of all instances.
	SecurityGroupID pulumi.StringOutput
	// Alarms are the physical names of its alarms.
	Alarms alarms.Names

	ctx      *pulumi.Context
	name     string
	args     Args
	door     *door.Opened
	secret   *secret.Secret
	primary  *rds.Instance
	replicas []*rds.Instance
}

var _ pulumi.ComponentResource = (*Database)(nil)

// New builds the database. It fails before touching the cloud when args are
// inconsistent; the error lists every wrong field.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Database, error) {
	args = args.withDefaults()
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("database %s: %w", name, err)
	}
	d := &Database{Name: args.DatabaseName, ctx: ctx, name: name, args: args}
	if err := ctx.RegisterComponentResource(Token, name, d, opts...); err != nil {
		return nil, fmt.Errorf("register database %s: %w", name, err)
	}
	b := builder{ctx: ctx, db: d, name: name, args: args}
	if err := b.build(); err != nil {
		return nil, fmt.Errorf("database %s: %w", name, err)
	}
	return d, ctx.RegisterResourceOutputs(d, pulumi.Map{
		"host": d.Endpoint.Host, "readerHost": d.ReaderHost, "secret": d.Endpoint.Secret,
	})
}

// builder carries what the children share.
type builder struct {
	ctx  *pulumi.Context
	db   *Database
	name string
	args Args

	incarnation pulumi.StringOutput
	subnets     *rds.SubnetGroup
	params      *rds.ParameterGroup
	monitoring  pulumi.StringOutput
}

func (b *builder) build() error {
	for _, step := range []func() error{
		b.buildIncarnation, b.buildSecret, b.buildSubnets, b.buildDoor, b.buildParameters, b.buildMonitoring,
		b.buildPrimary, b.buildReplicas, b.buildReaderName, b.buildAlarms,
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// primaryName is the logical name of the primary, or of a copy's first
// instance, by which it is confirmed. It stays when a copy is promoted.
func (b *builder) primaryName() string { return primaryName(b.name) }

func primaryName(name string) string { return name + "-primary" }

// buildIncarnation draws a number that is new whenever the database is: its
// keepers are the properties that replace it. It follows the primary's
// protection, because a new number would rename all instances.
func (b *builder) buildIncarnation() error {
	id, err := random.NewRandomId(b.ctx, b.name+"-incarnation", &random.RandomIdArgs{
		ByteLength: pulumi.Int(4),
		Keepers:    pulumi.StringMap{"username": pulumi.String(b.args.Username), "dbName": pulumi.String(b.args.DatabaseName)},
	}, b.args.Data(b.db, b.primaryName())...)
	if err != nil {
		return fmt.Errorf("draw the incarnation: %w", err)
	}
	b.incarnation = id.Hex
	return nil
}

// buildSecret makes the secret. A copy has its source's: the users in a copy of
// a database are the source's users.
func (b *builder) buildSecret() (err error) {
	if b.args.Source != nil {
		b.db.secret = b.args.Source.secret
		return nil
	}
	b.db.secret, err = secret.New(b.ctx, b.name+"-secret", secret.Args{
		Common:      b.args.Common,
		Description: "Master user of the " + b.args.kind().name + " database " + b.name,
		Username:    b.args.Username,
		Fields:      map[string]string{"engine": string(b.args.Engine), "dbname": b.args.DatabaseName},
		Replicas:    secret.ReplicasIn(b.args.SecretRegions),
	}, pulumi.Parent(b.db))
	return err
}

func (b *builder) buildSubnets() (err error) {
	b.subnets, err = rds.NewSubnetGroup(b.ctx, b.name+"-subnets", &rds.SubnetGroupArgs{
		Description: pulumi.String("Where the database may stand"),
		SubnetIds:   part.IDs(b.args.Subnets),
		Tags:        b.args.TagsFor(b.ctx, b.name),
	}, pulumi.Parent(b.db))
	if err != nil {
		return fmt.Errorf("create the subnet group: %w", err)
	}
	return nil
}

func (b *builder) buildDoor() (err error) {
	b.db.door, err = door.New(b.ctx, b.db, b.name, b.args.Common, door.Door{
		VPCID: b.args.VPCID, What: "database", Port: b.args.kind().port, Clients: b.args.Clients,
	})
	if err != nil {
		return err
	}
	b.db.SecurityGroupID = b.db.door.SecurityGroupID
	return nil
}

// buildParameters uses a prefix: a new major version needs a new group while
// the old one is still in use.
func (b *builder) buildParameters() (err error) {
	b.params, err = rds.NewParameterGroup(b.ctx, b.name+"-parameters", &rds.ParameterGroupArgs{
		NamePrefix:  pulumi.String(b.name + "-"),
		Family:      pulumi.String(family(b.args.Engine, b.args.EngineVersion)),
		Description: pulumi.String(b.args.kind().name + " as rung sets it"),
		Parameters:  b.args.parameters(),
		Tags:        b.args.TagsFor(b.ctx, b.name),
	}, pulumi.Parent(b.db))
	if err != nil {
		return fmt.Errorf("create the parameter group: %w", err)
	}
	return nil
}

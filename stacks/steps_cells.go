package stacks

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/components/assets"
	"github.com/rung-dev/rung/components/database"
	"github.com/rung-dev/rung/components/key"
	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/components/peering"
	"github.com/rung-dev/rung/stacks/config"
)

// replicateUploads copies what users upload from each cell to each other one.
func (w *world) replicateUploads() error {
	for _, c := range w.cells {
		var targets []assets.Target
		for _, other := range w.others(c) {
			targets = append(targets, assets.Target{Code: config.Code(other.region), Bucket: other.uploads})
		}
		if err := c.uploads.ReplicateTo(c.ctx, targets...); err != nil {
			return err
		}
	}
	return nil
}

// addPeering joins the cells' networks.
func (w *world) addPeering() error {
	args := peering.Args{Common: w.home.common, Kind: peering.Kind(w.home.cfg.Network.Link)}
	for _, c := range w.cells {
		args.Sides = append(args.Sides, peering.Side{
			Region: c.region, Code: config.Code(c.region),
			VPCID: c.network.VPCID, CIDR: c.network.CIDR, Tables: c.network.RouteTables, Subnets: c.network.Private,
			Provider: c.here, Alerts: c.common.Alerts,
		})
	}
	_, err := peering.New(w.home.ctx, "peering", args, w.home.in())
	return err
}

// addKey makes the key under which copies are encrypted: RDS asks for one of
// the copy's own region.
func (w *world) addKey() (err error) {
	args := key.Args{
		Common: w.home.common, Description: "Encrypts the copies of stack " + w.home.ctx.Stack() + " in other regions",
		AccountID: pulumi.String(w.home.account),
	}
	for _, c := range w.others(w.home) {
		args.Replicas = append(args.Replicas, key.Replica{Code: config.Code(c.region), Provider: c.here})
	}
	w.key, err = key.New(w.home.ctx, "key", args, w.home.in())
	return err
}

// The databases' names, which are also those of rungs 3 and 4.
const (
	postsDatabase = "database"
	usersDatabase = "users-database"
)

// shardName is the name of shard n; the first is the database of rung 3.
func shardName(n int) string {
	if n == 1 {
		return postsDatabase
	}
	return fmt.Sprintf("%s-shard-%d", postsDatabase, n)
}

func (w *world) addDatabases() error {
	made, err := w.addFamily(postsDatabase, (*cell).databaseArgs)
	for _, c := range w.cells {
		c.database = made.at[c.region]
	}
	return err
}

// addShards adds the further databases over which users are spread.
func (w *world) addShards() error {
	for n := 2; n <= w.home.cfg.Database.Shards; n++ {
		made, err := w.addFamily(shardName(n), (*cell).databaseArgs)
		if err != nil {
			return err
		}
		for _, c := range w.cells {
			c.shards = append(c.shards, made.at[c.region])
		}
	}
	return nil
}

func (w *world) addUsersDatabases() error {
	made, err := w.addFamily(usersDatabase, (*cell).usersDatabaseArgs)
	if err != nil {
		return err
	}
	for _, c := range w.cells {
		c.services.users = made.at[c.region]
	}
	return w.cell(w.home.cfg.WriteRegion()).services.joinUsers()
}

// addFamily makes a database in all regions: what takes the writes, its copies,
// and what was left behind when the writes moved.
func (w *world) addFamily(name string, args func(*cell) database.Args) (family, error) {
	f := family{name: name, at: map[string]*store{}}
	line, err := w.past.lineOf(name, w.home.region, w.home.cfg.WriteRegion())
	if err != nil {
		return f, err
	}
	list, err := database.Lineage(name, codes(line), codes(w.home.cfg.Regions))
	if err != nil {
		return f, err
	}
	made := map[string]*database.Database{}
	for _, d := range list {
		c := w.coded(d.Cell)
		if made[d.Name], err = w.addDescent(c, d, args(c), made[d.Of]); err != nil {
			return f, err
		}
		if d.Of == "" || d.Promoted {
			if err := w.copyBackups(c, made[d.Name]); err != nil {
				return f, err
			}
		}
		if !d.Former {
			f.at[c.region] = &store{d.Name, made[d.Name]}
		}
	}
	f.line, f.writer = line, f.at[line[len(line)-1]]
	w.families = append(w.families, f)
	return f, nil
}

// addDescent makes one database of a family in its cell.
func (w *world) addDescent(c *cell, d database.Descent, args database.Args, of *database.Database) (*database.Database, error) {
	if of == nil {
		for _, other := range w.others(c) {
			args.SecretRegions = append(args.SecretRegions, other.region)
		}
		return database.New(c.ctx, d.Name, args, c.in())
	}
	args.Source, args.Promoted = of, d.Promoted
	args.Region, args.KMSKeyARN = c.region, w.key.In(config.Code(c.region))
	if !d.Promoted { // a copy's first instance answers reads too
		args.Replicas = max(0, args.Replicas-1)
	}
	return database.New(c.ctx, d.Name, args, c.in())
}

func codes(regions []string) []string {
	list := make([]string, len(regions))
	for i, r := range regions {
		list[i] = config.Code(r)
	}
	return list
}

// coded is the cell with that code.
func (w *world) coded(code string) *cell {
	for _, c := range w.cells {
		if config.Code(c.region) == code {
			return c
		}
	}
	return nil
}

// admitCells lets the machines of the other cells write.
func (w *world) admitCells() error {
	for _, f := range w.families {
		writing := w.cell(f.line[len(f.line)-1])
		for _, c := range w.others(writing) {
			from := part.Range{Name: config.Code(c.region), CIDR: c.network.PrivateRange}
			if err := f.writer.AdmitRange(writing.ctx, f.writer.name, writing.common, from); err != nil {
				return err
			}
		}
	}
	return nil
}

// shardEnvironment names the further databases, in order: where they are
// written, what opens them, and which copies are read here. Empty without any.
func (c *cell) shardEnvironment() []part.Variable {
	if len(c.shards) == 0 {
		return nil
	}
	var hosts, secrets, readers []pulumi.StringOutput
	for i, s := range c.shards {
		hosts, secrets = append(hosts, s.Endpoint.Host), append(secrets, s.Endpoint.Secret)
		for _, r := range s.Readers {
			readers = append(readers, pulumi.Sprintf("%d=%s", i+2, r))
		}
	}
	return []part.Variable{
		{Name: contract.EnvShards, Value: joined(hosts)},
		{Name: contract.EnvShardSecrets, Value: joined(secrets)},
		{Name: contract.EnvShardReaders, Value: joined(readers)},
	}
}

// export publishes what the next run reads, and where the further cells are.
func (w *world) export() error {
	writers := pulumi.Map{}
	for _, f := range w.families {
		writers[f.name] = pulumi.ToStringArray(f.line)
	}
	w.home.ctx.Export(outputRegions, pulumi.ToStringArray(w.home.cfg.Regions))
	w.home.ctx.Export(outputShards, pulumi.Int(w.home.cfg.Database.Shards))
	w.home.ctx.Export(outputWriters, writers)
	for _, c := range w.cells {
		if err := c.services.exportServices(); err != nil {
			return err
		}
		if c.home() {
			continue
		}
		if err := c.exportParts(); err != nil {
			return err
		}
	}
	return nil
}

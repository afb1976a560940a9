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
func (m *multiRegion) replicateUploads() error {
	if err := m.needs("copy uploads between regions", hasBuckets); err != nil {
		return err
	}
	for _, c := range m.cells {
		var targets []assets.Target
		for _, other := range m.others(c) {
			targets = append(targets, assets.Target{Code: config.Code(other.region), Bucket: other.uploads})
		}
		if err := c.uploads.ReplicateTo(targets...); err != nil {
			return err
		}
	}
	return nil
}

// addPeering joins the cells' networks.
func (m *multiRegion) addPeering() error {
	if err := m.needs("join the networks", hasAlerts, hasNetwork); err != nil {
		return err
	}
	args := peering.Args{Common: m.home.common, Kind: peering.Kind(m.home.cfg.Network.Link)}
	for _, c := range m.cells {
		args.Sides = append(args.Sides, peering.Side{
			Region: c.region, Code: config.Code(c.region),
			VPCID: c.network.VPCID, CIDR: c.network.CIDR, Tables: c.network.RouteTables, Subnets: c.network.Private,
			Provider: c.here, Alerts: c.common.Alerts,
		})
	}
	_, err := peering.New(m.home.ctx, "peering", args, m.home.in())
	return err
}

// addKey makes the key under which copies are encrypted: RDS asks for one of
// the copy's own region.
func (m *multiRegion) addKey() (err error) {
	if err := m.needs("add the copies' key"); err != nil {
		return err
	}
	args := key.Args{
		Common: m.home.common, Description: "Encrypts the copies of stack " + m.home.ctx.Stack() + " in other regions",
		AccountID: pulumi.String(m.home.account),
	}
	for _, c := range m.others(m.home) {
		args.Replicas = append(args.Replicas, key.Replica{Code: config.Code(c.region), Provider: c.here})
	}
	m.home.key, err = key.New(m.home.ctx, "key", args, m.home.in())
	return err
}

// The databases' names, which are also those of stages 3 and 4.
const (
	postsDatabase = "database"
	usersDatabase = "users-database"
)

// shardName is the name of shard n; the first is the database of stage 3.
func shardName(n int) string {
	if n == 1 {
		return postsDatabase
	}
	return fmt.Sprintf("%s-shard-%d", postsDatabase, n)
}

func (m *multiRegion) addDatabase() error {
	if err := m.needs("add the database", hasHistory, hasKey, hasAlerts, hasNetwork); err != nil {
		return err
	}
	made, err := m.addFamily(postsDatabase, (*cell).databaseArgs)
	for _, c := range m.cells {
		c.database = made.at[c.region]
	}
	return err
}

// addShards adds the further databases over which users are spread.
func (m *multiRegion) addShards() error {
	if err := m.needs("add the shards", hasAlerts, hasNetwork, hasDatabase); err != nil {
		return err
	}
	for n := 2; n <= m.home.cfg.Database.Shards; n++ {
		made, err := m.addFamily(shardName(n), (*cell).databaseArgs)
		if err != nil {
			return err
		}
		for _, c := range m.cells {
			c.shards = append(c.shards, made.at[c.region])
		}
	}
	return nil
}

func (m *multiRegion) addServiceStores() error {
	if err := m.needs("add the services' databases", hasAlerts, hasNetwork, hasDatabase); err != nil {
		return err
	}
	for _, c := range m.cells {
		c.services.stores = map[string]*store{}
	}
	for _, service := range m.home.cfg.OwnDatabases() {
		made, err := m.addFamily(config.DatabaseOf(service), (*cell).usersDatabaseArgs)
		if err != nil {
			return err
		}
		for _, c := range m.cells {
			c.services.stores[service] = made.at[c.region]
		}
	}
	return m.cell(m.home.cfg.WriteRegion()).joinStores()
}

// addFamily makes a database in all regions: what takes the writes, its copies,
// and what was left behind when the writes moved.
func (m *multiRegion) addFamily(name string, args func(*cell) database.Args) (family, error) {
	f := family{name: name, at: map[string]*store{}}
	line, err := m.home.previous.lineOf(name, m.home.region, m.home.cfg.WriteRegion())
	if err != nil {
		return f, err
	}
	list, err := database.Lineage(name, codes(line), codes(m.home.cfg.Regions))
	if err != nil {
		return f, err
	}
	made := map[string]*database.Database{}
	for _, d := range list {
		c := m.coded(d.Cell)
		if made[d.Name], err = m.addDescent(c, d, args(c), made[d.Of]); err != nil {
			return f, err
		}
		if d.Of == "" || d.Promoted {
			if err := m.copyBackups(c, made[d.Name]); err != nil {
				return f, err
			}
		}
		if !d.Former {
			f.at[c.region] = &store{d.Name, made[d.Name]}
		}
	}
	f.line, f.writer = line, f.at[line[len(line)-1]]
	m.families = append(m.families, f)
	return f, nil
}

// addDescent makes one database of a family in its cell.
func (m *multiRegion) addDescent(c *cell, d database.Descent, args database.Args,
	of *database.Database) (*database.Database, error) {
	if of == nil {
		for _, other := range m.others(c) {
			args.SecretRegions = append(args.SecretRegions, other.region)
		}
		return database.New(c.ctx, d.Name, args, c.in())
	}
	args.Source, args.Promoted = of, d.Promoted
	args.Region, args.KMSKeyARN = c.region, m.home.key.In(config.Code(c.region))
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
func (m *multiRegion) coded(code string) *cell {
	for _, c := range m.cells {
		if config.Code(c.region) == code {
			return c
		}
	}
	return nil
}

// admitCells lets the machines of the other cells write.
func (m *multiRegion) admitCells() error {
	if err := m.needs("let all regions write", hasNetwork, hasDatabase, hasShards, hasStores); err != nil {
		return err
	}
	for _, f := range m.families {
		writing := m.cell(f.line[len(f.line)-1])
		for _, c := range m.others(writing) {
			from := part.Range{Name: config.Code(c.region), CIDR: c.network.PrivateRange}
			if err := f.writer.AdmitRange(from); err != nil {
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
func (m *multiRegion) export() error {
	if err := m.needs("publish the regions",
		hasNetwork, hasDatabase, hasShards, hasStores, hasCache, hasQueue, hasBalancer); err != nil {
		return err
	}
	writers := pulumi.Map{}
	for _, f := range m.families {
		writers[f.name] = pulumi.ToStringArray(f.line)
	}
	m.home.ctx.Export(outputRegions, pulumi.ToStringArray(m.home.cfg.Regions))
	m.home.ctx.Export(outputShards, pulumi.Int(m.home.cfg.Database.Shards))
	m.home.ctx.Export(outputWriters, writers)
	for _, c := range m.cells {
		if err := c.exportServices(); err != nil {
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

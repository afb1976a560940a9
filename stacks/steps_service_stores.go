package stacks

import (
	"github.com/rung-dev/rung/components/database"
	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/components/search"
	"github.com/rung-dev/rung/stacks/config"
)

// addServiceStores makes the databases that services have to themselves: the users'
// in rung's own app. Posts stay where all data was; users are copied over from there
// while both are written.
func (c *cell) addServiceStores() error {
	if err := c.needs("add the services' databases", hasAlerts, hasNetwork, hasDatabase); err != nil {
		return err
	}
	c.services.stores = map[string]*store{}
	for _, service := range c.cfg.OwnDatabases() {
		name := config.DatabaseOf(service)
		made, err := database.New(c.ctx, name, c.usersDatabaseArgs(), c.in())
		if err != nil {
			return err
		}
		c.services.stores[service] = &store{name, made}
	}
	return c.joinStores()
}

// usersDatabaseArgs are those of the database that a service's data leaves, but for
// what the configuration says of such.
func (c *cell) usersDatabaseArgs() database.Args {
	args, own := c.databaseArgs(), c.cfg.UsersDatabase
	if own.Class != "" {
		args.Class, args.ReplicaClass = own.Class, ""
	}
	if own.StorageGiB > 0 {
		args.AllocatedGiB, args.MaxAllocatedGiB = own.StorageGiB, 5*own.StorageGiB
	}
	args.Replicas = c.cfg.UsersReplicas()
	return args
}

// joinStores lets the services' databases copy from the one that their data leaves.
func (c *cell) joinStores() error {
	posts := part.Client{Name: postsDatabase, SecurityGroupID: c.database.SecurityGroupID}
	for _, service := range c.cfg.OwnDatabases() {
		own := c.services.stores[service]
		if err := own.CopyFrom(posts); err != nil {
			return err
		}
		if err := c.database.Admit(part.Client{Name: own.name, SecurityGroupID: own.SecurityGroupID}); err != nil {
			return err
		}
	}
	return nil
}

// searchZones never follows the network's zones: AWS replaces a domain whose
// subnets change.
const searchZones = 2

// addSearch makes the search engine. The one at home also makes the account's
// role, for which the others wait.
func (c *cell) addSearch() (err error) {
	if err := c.needs("add the search engine", hasAlerts, hasNetwork); err != nil || !c.cfg.HasSearch() {
		return err
	}
	args := search.Args{
		Common: c.common, VPCID: c.network.VPCID, Subnets: c.network.Data,
		Zones: searchZones, Instances: c.cfg.Search.Instances, InstanceType: c.cfg.Search.InstanceType,
		Masters: c.cfg.Search.Masters, MasterType: c.cfg.Search.MasterType, GiB: c.cfg.Search.StorageGiB,
		CreateServiceRole: c.home(),
	}
	if args.Masters == 0 {
		args.Masters = search.NoMasters
	}
	if c.searchRole != nil {
		args.After = append(args.After, c.searchRole)
	}
	if c.services.engine, err = search.New(c.ctx, c.name("search"), args, c.in()); err == nil && c.home() {
		c.searchRole = c.services.engine.ServiceRole
	}
	return err
}

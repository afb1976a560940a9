package stacks

import (
	"github.com/rung-dev/rung/components/database"
	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/components/search"
)

// addUsersDatabase makes the users' own database. Posts stay where all data
// was; users are copied over from there while both are written.
func (c *cell) addUsersDatabase() error {
	if err := c.needs("add the users' database", hasAlerts, hasNetwork, hasDatabase); err != nil {
		return err
	}
	made, err := database.New(c.ctx, usersDatabase, c.usersDatabaseArgs(), c.in())
	if err != nil {
		return err
	}
	c.services.users = &store{usersDatabase, made}
	return c.joinUsers()
}

// usersDatabaseArgs are those of the database that the users leave, but for
// what the configuration says of theirs.
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

// joinUsers lets the users' database copy from the one that they leave.
func (c *cell) joinUsers() error {
	posts := part.Client{Name: postsDatabase, SecurityGroupID: c.database.SecurityGroupID}
	if err := c.services.users.CopyFrom(posts); err != nil {
		return err
	}
	return c.database.Admit(part.Client{Name: usersDatabase, SecurityGroupID: c.services.users.SecurityGroupID})
}

// searchZones never follows the network's zones: AWS replaces a domain whose
// subnets change.
const searchZones = 2

// addSearch makes the search engine. The one at home also makes the account's
// role, for which the others wait.
func (c *cell) addSearch() (err error) {
	if err := c.needs("add the search engine", hasAlerts, hasNetwork); err != nil {
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

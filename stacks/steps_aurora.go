package stacks

import (
	"github.com/rung-dev/rung/components/aurora"
	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/stacks/config"
)

// auroraDatabase is the global database's name, which stands beside the
// databases that it is to take over from.
const auroraDatabase = "database-aurora"

// addAurora builds a global database where the settings ask for one: a cluster
// in each cell, which every cell's machines reach. It is empty: what the old
// databases hold must be copied into it, for which it may connect to them.
// They stay, and the app stays with them.
func (m *multiRegion) addAurora() error {
	if err := m.needs("add the global database", hasAlerts, hasNetwork, hasDatabase); err != nil {
		return err
	}
	if m.home.cfg.Database.Global != config.AuroraGlobal {
		return nil
	}
	var first *aurora.Aurora
	for _, c := range m.cells {
		made, err := aurora.New(c.ctx, c.name(auroraDatabase), m.auroraArgs(c, first), c.in())
		if err != nil {
			return err
		}
		for _, other := range m.cells { // any cell may have the writes after a switchover
			from := part.Range{Name: config.Code(other.region), CIDR: other.network.PrivateRange}
			if err := made.AdmitRange(from); err != nil {
				return err
			}
		}
		if first == nil {
			first = made
		}
	}
	m.home.ctx.Export("aurora", first.Endpoint.Host)
	return m.copyInto(first)
}

func (m *multiRegion) auroraArgs(c *cell, first *aurora.Aurora) aurora.Args {
	args := aurora.Args{
		Common: c.common, VPCID: c.network.VPCID, Subnets: c.network.Data,
		Region: c.region, KMSKeyARN: m.home.key.In(config.Code(c.region)), Global: first, BackupDays: c.cfg.Database.BackupDays,
	}
	if first == nil {
		for _, other := range m.others(c) {
			args.SecretRegions = append(args.SecretRegions, other.region)
		}
	}
	return args
}

// copyInto lets the new database connect to the old one at home.
func (m *multiRegion) copyInto(a *aurora.Aurora) error {
	old := m.families[0].writer
	if err := a.CopyFrom(part.Client{Name: old.name, SecurityGroupID: old.SecurityGroupID}); err != nil {
		return err
	}
	return old.Admit(part.Client{Name: "aurora", SecurityGroupID: a.SecurityGroupID.ToStringOutput()})
}

package stacks

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/rung-dev/rung/components/aurora"
	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/resource/token"
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

// auroraStays tells of a global database whose major version is behind that of a new
// one: no up upgrades it, and the old database's data goes into no older one.
func auroraStays(state State) []string {
	_, has := state(token.RDSGlobalCluster, auroraDatabase+"-global")
	version, _ := has["engineVersionActual"].(string)
	id, _ := has["globalClusterIdentifier"].(string)
	if version == "" || majorOf(version) >= majorOf(aurora.DefaultEngineVersion) {
		return nil
	}
	return []string{fmt.Sprintf("The global database keeps PostgreSQL %s, where a new one gets %s: no up upgrades it. "+
		"Do so before data moves into it. It takes all regions at once, without service meanwhile: take a snapshot, then "+
		"`aws rds modify-global-cluster --global-cluster-identifier %s --engine-version %s --allow-major-version-upgrade`, and "+
		"when that is done `rung refresh` and `rung up`, which bring its own parameters back "+
		"(https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyGlobalCluster.html).",
		version, aurora.DefaultEngineVersion, id, aurora.DefaultEngineVersion)}
}

// majorOf is the major part of a version; zero for none.
func majorOf(version string) int {
	major, _, _ := strings.Cut(version, ".")
	n, _ := strconv.Atoi(major) // text reads as 0
	return n
}

// copyInto lets the new database connect to the old one at home.
func (m *multiRegion) copyInto(a *aurora.Aurora) error {
	old := m.families[0].writer
	if err := a.CopyFrom(part.Client{Name: old.name, SecurityGroupID: old.SecurityGroupID}); err != nil {
		return err
	}
	return old.Admit(part.Client{Name: "aurora", SecurityGroupID: a.SecurityGroupID.ToStringOutput()})
}

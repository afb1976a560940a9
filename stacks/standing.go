package stacks

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/rung-dev/rung/resource/token"
	"github.com/rung-dev/rung/stacks/config"
)

// State gives what was asked for of a resource that stands and what it has, by its
// type and logical name; nil for none. Numbers are float64, as JSON has them.
type State func(typ, name string) (asked, has map[string]any)

// Effect says what a setting does to a resource that stands, where that is not
// what it does to a new one. Of a key without a row everything is brought about
// in place, or the plan shows what begins anew.
type Effect struct {
	// Key is the setting, Type the type of what it does not change. Part and Suffix
	// are its logical name at home; elsewhere the region's code stands between them.
	Key, Type, Part, Suffix string
	// Refused is true where the cloud would refuse the change, in the middle of
	// the run; otherwise nothing happens, which a user should hear of.
	Refused bool
	// Says is why, and the way that works; empty where the setting fits what stands.
	Says says
}

type says = func(cfg config.Config, name string, asked, has map[string]any) string

// Effects is the table of them. A test holds it against the plan.
func Effects() []Effect {
	users := func(c config.Config) int { return cmp.Or(c.UsersDatabase.StorageGiB, c.Database.StorageGiB) }
	return []Effect{
		{"ami", token.EC2Instance, serverName, "", false, keepsImage},
		{"ami", token.EC2Instance, "network", "-nat-instance", false, keepsImage},
		{"web.min", token.AutoScalingGroup, "web", "-group", false, scheduled},
		{"server.dataGiB", token.EBSVolume, "server", "-data", true, shrinks("size", func(c config.Config) int { return c.Server.DataGiB })},
		{"database.storageGiB", token.RDSInstance, "database", "-primary", true, keepsDisk(func(c config.Config) int { return c.Database.StorageGiB })},
		{"usersDatabase.storageGiB", token.RDSInstance, "users-database", "-primary", true, keepsDisk(users)},
		{"database.version", token.RDSInstance, "database", "-primary", true, older},
		{"cache.clusterMode", token.ElastiCacheReplicationGroup, "cache", "-group", true, modeBack},
		{"app", token.S3BucketObjectv2, "artifacts", "-boot-server", true, keepsPort},
		{"app", token.S3BucketObjectv2, "artifacts", "-boot-server", false, keepsHealth},
	}
}

// names are the logical names of what an effect is about, in all regions.
func (e Effect) names(cfg config.Config) []string {
	var list []string
	for _, part := range e.parts(cfg) {
		list = append(list, part+e.Suffix)
		for _, region := range cfg.Regions[1:] {
			list = append(list, part+"-"+config.Code(region)+e.Suffix)
		}
	}
	return list
}

// parts are the effect's part, or each database that a service of somebody's app has to
// itself where it is about the users'.
func (e Effect) parts(cfg config.Config) (list []string) {
	if e.Part != usersDatabase || cfg.App == nil {
		return []string{e.Part}
	}
	for _, service := range cfg.OwnDatabases() {
		list = append(list, config.DatabaseOf(service))
	}
	return list
}

// serverName is the logical name of the one server.
const serverName = "server"

func keepsImage(cfg config.Config, name string, _, has map[string]any) string {
	was, _ := has["ami"].(string)
	if cfg.AMI == "" || was == "" || was == cfg.AMI || name == serverName && !cfg.HasServer() {
		return ""
	}
	return fmt.Sprintf("%s keeps the image that it was made with, %s: the setting counts for machines that are made "+
		"from now on, "+
		"those of the fleets of stage 3 and up or of another stack; the running one is kept current by its package manager "+
		"(sudo dnf upgrade)", name, was)
}

func scheduled(cfg config.Config, name string, _, has map[string]any) string {
	was, _ := has["minSize"].(float64)
	if len(cfg.Web.Schedules) == 0 || cfg.Stage < 3 || int(was) == cfg.Web.Min {
		return ""
	}
	return fmt.Sprintf("the minimum of %s is %d and follows rung:web.schedules from now on: change the min of the "+
		"schedules", name, int(was))
}

// older: the major version of what stands may rise only.
func older(cfg config.Config, _ string, _, has map[string]any) string {
	text, _ := has["engineVersion"].(string)
	major, _, _ := strings.Cut(text, ".")
	was, err := strconv.Atoi(major)
	wanted, wrong := strconv.Atoi(cfg.Database.Version)
	if err != nil || wrong != nil || wanted >= was || cfg.Stage < 3 {
		return ""
	}
	return fmt.Sprintf("the database has PostgreSQL %s, and RDS goes back to no older one: want %s; for an older one, "+
		"restore a dump into another stack", text, major)
}

func shrinks(property string, wanted func(config.Config) int) says {
	return func(cfg config.Config, _ string, _, has map[string]any) string {
		was, _ := has[property].(float64)
		if !cfg.HasServer() || wanted(cfg) >= int(was) {
			return ""
		}
		return fmt.Sprintf("the volume has %d GiB, and AWS makes none smaller: want at least that", int(was))
	}
}

// keepsDisk: a disk that grew by itself, beyond what was asked for, stays, and so
// does the setting; only less than was asked for is refused.
func keepsDisk(wanted func(config.Config) int) says {
	return func(cfg config.Config, _ string, asked, has map[string]any) string {
		was, _ := has["allocatedStorage"].(float64)
		last, _ := asked["allocatedStorage"].(float64)
		if wanted(cfg) >= int(was) || wanted(cfg) == int(last) {
			return ""
		}
		return fmt.Sprintf("the database's disk has %d GiB, and RDS makes none smaller: want at least that, "+
			"or another database, into which the data is copied", int(was))
	}
}

// modes are the steps of the cluster mode: one at a time, and none back.
var modes = []config.ClusterMode{config.ClusterDisabled, config.ClusterCompatible, config.ClusterEnabled}

func modeBack(cfg config.Config, _ string, _, has map[string]any) string {
	text, _ := has["clusterMode"].(string)
	was, wanted := slices.Index(modes, config.ClusterMode(text)), slices.Index(modes, cfg.Cache.ClusterMode)
	switch {
	case was < 0 || cfg.Stage < 3:
		return ""
	case wanted < was:
		return fmt.Sprintf("the cache's mode is %s, and AWS knows no way back: want %s", text, text)
	case wanted > was+1:
		return fmt.Sprintf("the cache's mode is %s: want %s first, then, when all clients speak the cluster's protocol, %s",
			text, modes[was+1], modes[wanted])
	}
	return ""
}

// CheckStanding holds a configuration against what stands: what the cloud would
// refuse in the middle of a run is a problem, what would do nothing is a note.
// given are the keys that somebody has set; a default that does nothing is none.
func CheckStanding(state State, cfg config.Config, given map[string]bool) (notes []string, err error) {
	var problems config.Problems
	for _, e := range Effects() {
		for _, name := range e.names(cfg) {
			asked, has := state(e.Type, name)
			if has == nil || !given[e.Key] {
				continue
			}
			says := e.Says(cfg, name, asked, has)
			switch {
			case says == "":
			case e.Refused:
				problems = append(problems, config.Problem{Key: e.Key, Want: says})
			default:
				notes = append(notes, fmt.Sprintf("%s:%s changes nothing here: %s.", config.Namespace, e.Key, says))
			}
		}
	}
	if cfg.Database.Global == config.AuroraGlobal {
		notes = append(notes, auroraStays(state)...)
	}
	return notes, asError(problems)
}

// home is the region in which a stack stands, as far as its outputs tell: they
// name it from stage 5 on, and below it is the one whose range the network has.
func home(outputs map[string]any, cfg config.Config) string {
	if regions := texts(outputs[outputRegions]); len(regions) > 0 {
		return regions[0]
	}
	has, _ := outputs[outputNetwork].(string)
	if has == "" {
		return ""
	}
	for _, region := range slices.Sorted(maps.Keys(cfg.Network.Ranges)) {
		if cfg.Network.Ranges[region] == has {
			return region
		}
	}
	for _, region := range config.Regions() {
		if planned(region) == has {
			return region
		}
	}
	return ""
}

// elsewhere is the problem of a stack that is to stand in another region.
func elsewhere(outputs map[string]any, cfg config.Config) config.Problems {
	stands := home(outputs, cfg)
	if stands == "" || stands == cfg.Home() {
		return nil
	}
	return config.Problems{{
		Key: "regions", Value: strings.Join(cfg.Regions, ","),
		Want: fmt.Sprintf("home is %s, and what a stack has once stays there: want %s first. "+
			"For %s make another stack (--stack), or have both from stage %d on: %s,%s; writes move with "+
			"rung:database.writeRegion",
			stands, stands, cfg.Home(), config.SeveralRegions, stands, cfg.Home()),
	}}
}

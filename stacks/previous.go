package stacks

import (
	"errors"
	"fmt"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/network"
	"github.com/rung-dev/rung/stacks/config"
)

// The stack's outputs that its own next run reads.
const (
	outputStage    = "stage"
	outputServer   = "server"
	outputDatabase = "database"
	outputRegions  = "regions"
	outputShards   = "shards"
	outputWriters  = "writers"
	outputNetwork  = "network"
	outputAccount  = "account"
	outputData     = "data"
	outputDomain   = "domain"

	outputNameServers = "nameServers"
)

// ErrServerLeft is what a climb to stage 3 answers when it would leave the
// server's data behind.
var ErrServerLeft = errors.New("this stack holds a server with its data (stage 1 or 2), which stage 3 would take " +
	"away: " +
	"set rung:handover to pending (`pulumi config set rung:handover pending`; `rung up 3` does it by itself), " +
	"so that the server and its volume stay beside the new database until the data has moved; nothing was changed")

// before is what the stack's own last run has published under a name; nil for
// nothing.
func (s *site) before(name string) (any, error) {
	if s.last == nil {
		self := s.ctx.Organization() + "/" + s.ctx.Project() + "/" + s.ctx.Stack()
		last, err := pulumi.NewStackReference(s.ctx, "before", &pulumi.StackReferenceArgs{Name: pulumi.String(self)})
		if err != nil {
			return nil, fmt.Errorf("read the stack's last outputs: %w", err)
		}
		s.last = last
	}
	found, err := s.last.GetOutputDetails(name)
	if err != nil {
		return nil, fmt.Errorf("read the stack's last outputs: %w", err)
	}
	return found.Value, nil
}

// checkHandover stops a climb that does not say what becomes of the server's
// data. What the stack holds, it learns from the outputs of its own last run.
func (c *cell) checkHandover() error {
	if c.cfg.Handover != config.HandoverNone {
		return nil
	}
	server, err := c.before(outputServer)
	if err != nil {
		return err
	}
	if held, _ := server.(bool); held {
		return ErrServerLeft
	}
	return nil
}

// previous is what earlier runs of the stack have left.
type previous struct {
	// started is true once the stack has a database, on whatever rung.
	started bool
	// regions are those with cells, home first; empty below stage 5.
	regions []string
	shards  int
	// writers are, by database, the regions that have had the writes.
	writers map[string][]string
}

// CheckPrevious holds a configuration against the outputs of the stack's last run, as
// the program does once it runs, so that a user hears of it beforehand. The
// error is [config.Problems].
func CheckPrevious(outputs map[string]any, cfg config.Config) error {
	found := elsewhere(outputs, cfg)
	if len(found) == 0 { // else each range would be another region's
		found = rangesMoved(outputs, cfg)
	}
	if cfg.Stage < 5 {
		return asError(found)
	}
	told := func(p config.Problem) bool {
		return slices.ContainsFunc(found, func(other config.Problem) bool { return other.Key == p.Key })
	}
	return asError(append(found, slices.DeleteFunc(previousOf(outputs).problems(cfg), told)...))
}

// rangesMoved are the problems of all networks that would have to move.
func rangesMoved(outputs map[string]any, cfg config.Config) (found config.Problems) {
	for i, region := range cfg.Regions {
		name := outputNetwork
		if i > 0 {
			name += "-" + config.Code(region)
		}
		found = append(found, moved(cfg, region, outputs[name])...)
	}
	return found
}

// checkRange stops a network that would move: nothing in it can follow.
func (c *cell) checkRange() error {
	was, err := c.before(c.name(outputNetwork))
	if err != nil {
		return err
	}
	if c.home() {
		regions, err := c.before(outputRegions)
		if err != nil {
			return err
		}
		if found := elsewhere(map[string]any{outputNetwork: was, outputRegions: regions}, c.cfg); len(found) > 0 {
			return found
		}
	}
	return asError(moved(c.cfg, c.region, was))
}

// moved is the problem of a network that has a range already and is to have another.
func moved(cfg config.Config, region string, was any) config.Problems {
	wanted := cfg.Network.Ranges[region]
	if wanted == "" {
		wanted = planned(region)
	}
	if has, _ := was.(string); has != "" && has != wanted {
		return config.Problems{{
			Key: "network.ranges", Value: region + "=" + wanted,
			Want: fmt.Sprintf("the network in %s has %s, and where machines and databases stand addresses cannot change: want %s=%s", region, has, region, has),
		}}
	}
	return nil
}

// planned is the range that the address plan gives a region; empty for one that
// has none, which is a problem already.
func planned(region string) string {
	cidr, err := network.RegionCIDR(region)
	if err != nil {
		return ""
	}
	return cidr
}

func (s *site) readPrevious() (p previous, err error) {
	values := map[string]any{}
	for _, name := range []string{outputDatabase, outputRegions, outputShards, outputWriters} {
		if values[name], err = s.before(name); err != nil {
			return p, err
		}
	}
	return previousOf(values), nil
}

// previousOf reads a stack's outputs.
func previousOf(values map[string]any) (p previous) {
	p.started = values[outputDatabase] != nil
	p.regions = texts(values[outputRegions])
	shards, _ := values[outputShards].(float64)
	p.shards = int(shards)
	p.writers = map[string][]string{}
	all, _ := values[outputWriters].(map[string]any)
	for name, list := range all {
		p.writers[name] = texts(list)
	}
	return p
}

func texts(v any) []string {
	var list []string
	items, _ := v.([]any)
	for _, item := range items {
		if text, ok := item.(string); ok {
			list = append(list, text)
		}
	}
	return list
}

// checkHistory stops what would leave data behind that no resource shows: users
// in a shard that is gone, a home that moves.
func (c *cell) checkHistory() error {
	p, err := c.readPrevious()
	if err != nil {
		return err
	}
	c.previous = &p
	return asError(p.problems(c.cfg))
}

// asError keeps no problems from being an error.
func asError(found config.Problems) error {
	if len(found) > 0 {
		return found
	}
	return nil
}

func (p previous) problems(cfg config.Config) (found config.Problems) {
	if cfg.Database.Shards < p.shards {
		found = append(found, config.Problem{
			Key: "database.shards", Value: fmt.Sprint(cfg.Database.Shards),
			Want: fmt.Sprintf("the stack has %d, and each holds the data of its users: want at least that", p.shards),
		})
	}
	if len(p.regions) > 0 && p.regions[0] != cfg.Home() {
		found = append(found, config.Problem{
			Key: "regions", Value: cfg.Home(),
			Want: fmt.Sprintf("home is %s, and what a stack has once stays there: put it first; writes move with rung:database.writeRegion", p.regions[0]),
		})
		return found // writes that were at home would seem to move with it
	}
	var blamed config.Problems
	if _, err := p.lineOf(postsDatabase, cfg.Home(), cfg.WriteRegion()); errors.As(err, &blamed) {
		found = append(found, blamed...)
	}
	return found
}

// lineOf are the regions that have had a database's writes, the last of them
// the one that is wanted now. Writes move only to where a copy has been since
// an earlier run: a new instance holds nothing yet.
func (p previous) lineOf(name, home, wanted string) ([]string, error) {
	line := p.writers[name]
	switch {
	case len(line) == 0 && name == postsDatabase && p.started: // on stages 3 and 4 it was at home
		line = []string{home}
	case len(line) == 0:
		return []string{wanted}, nil
	}
	if line[len(line)-1] == wanted {
		return line, nil
	}
	if !slices.Contains(p.regions, wanted) {
		return nil, config.Problems{{
			Key: "database.writeRegion", Value: wanted,
			Want: fmt.Sprintf("%s has no copy of it there yet: deploy once with that region in rung:regions and the writes where they are, then move them", name),
		}}
	}
	return append(slices.Clone(line), wanted), nil
}

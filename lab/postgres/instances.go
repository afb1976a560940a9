package postgres

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/rung-dev/rung/lab/cloud"
	"github.com/rung-dev/rung/lab/ledger"
	"github.com/rung-dev/rung/lab/site"
	"github.com/rung-dev/rung/lab/unit"
	"github.com/rung-dev/rung/resource/token"
)

// Instances are the databases of a cloud: a server for each instance, two for one with
// a standby.
func Instances(c cloud.Cloud, at site.Site, pairs map[string]ledger.Pair, secret func(string) string) (unit.Part,
	error) {
	var part unit.Part
	for _, r := range c.All(token.RDSInstance) {
		if note, cannot := unable(c, r); cannot {
			part.Notes = append(part.Notes, note)
			continue
		}
		address, err := at.Address(key(r), Port)
		if err != nil {
			return part, err
		}
		s, err := instance(c, at, r, address, pairs, secret)
		if err != nil {
			return part, err
		}
		all, err := servers(at, r, s, pairs[key(r)])
		if err != nil {
			return part, err
		}
		var units []unit.Unit
		for _, one := range all {
			units = append(units, one.Unit(at))
		}
		if s.Source == nil {
			units = append(units, all[0].Backup(at, r.Str("identifier")))
		}
		part.Add(unit.Part{Units: units}.In(r.Region))
		part.Keep = append(part.Keep, unit.Kept{Dir: s.Dir, Snapshot: snapshot(r)})
		part.Hosts = append(part.Hosts, unit.Host{Name: r.Str("address"), Address: address})
		part.Notes = append(part.Notes, remarks(at, r, s)...)
	}
	return part, nil
}

// unable says which databases nothing stands in for.
func unable(c cloud.Cloud, r cloud.Resource) (unit.Note, bool) {
	note := unit.Note{About: r.Name, Missing: true}
	engine := r.Str("engine")
	if source := r.Str("replicateSourceDb"); source != "" {
		of, found := SourceOf(c, r)
		if !found {
			note.Text = "its source " + source + " is not there"
			return note, true
		}
		engine = of.Str("engine")
	}
	if engine != "" && engine != "postgres" {
		note.Text = "the lab has no " + engine
		return note, true
	}
	return note, false
}

func key(r cloud.Resource) string  { return "rds/" + r.Region + "/" + r.Str("identifier") }
func name(r cloud.Resource) string { return UnitOf(r.Str("identifier")) }

// UnitOf is the name of the server that stands in for an instance.
func UnitOf(identifier string) string { return identifier + "/postgresql" }

// dir is where an instance's data lies: by its resource id, which a later one of the
// same name does not have.
func dir(at site.Site, r cloud.Resource) string {
	if id := r.Str("resourceId"); id != "" {
		return at.Data(r.Str("identifier") + "-" + id)
	}
	return at.Data(r.Region + "-" + r.ID)
}

func snapshot(r cloud.Resource) string {
	if r.Bool("skipFinalSnapshot") {
		return ""
	}
	return r.Str("finalSnapshotIdentifier")
}

// SourceOf is the instance that a replica follows, which it names or, across regions,
// gives the ARN of.
func SourceOf(c cloud.Cloud, replica cloud.Resource) (cloud.Resource, bool) {
	source := replica.Str("replicateSourceDb")
	if strings.HasPrefix(source, "arn:") {
		return c.First(token.RDSInstance, "arn", source)
	}
	for _, r := range c.Where(token.RDSInstance, "identifier", source) {
		if r.Region == replica.Region {
			return r, true
		}
	}
	return cloud.Resource{}, false
}

// root is the primary at the head of a chain of replicas, whose passwords all have.
func root(c cloud.Cloud, r cloud.Resource) cloud.Resource {
	const deepest = 5 // RDS allows three
	for range deepest {
		next, found := SourceOf(c, r)
		if r.Str("replicateSourceDb") == "" || !found {
			break
		}
		r = next
	}
	return r
}

// admins is the secret that is the superuser's password of all instances: a copy has that of
// what it copies, also when it was promoted and the cloud does not tell any more what that was.
const admins = "rds"

func instance(c cloud.Cloud, at site.Site, r cloud.Resource, address string, pairs map[string]ledger.Pair,
	secret func(string) string) (Server, error) {
	head := root(c, r)
	s := Server{
		Name: name(r), Address: address, Dir: dir(at, r), Role: "primary", Admin: secret(admins),
		Hosts: []string{r.Str("address")}, Parameters: parameters(c, head), RequireTLS: true,
		User: head.Str("username"), Password: head.Str("password"), Database: head.Str("dbName"), Major: major(head),
	}
	if own := parameters(c, r); len(own) > 0 {
		s.Parameters = own
	}
	s.RequireTLS = s.Parameters["rds.force_ssl"] != "0"
	for _, other := range c.All(token.RDSInstance) {
		of, found := SourceOf(c, other)
		if found && other.Str("replicateSourceDb") != "" && of.ID == r.ID && of.Region == r.Region {
			s.Replicas = append(s.Replicas, Slot(other.Str("identifier")))
		}
	}
	if source, found := SourceOf(c, r); found && r.Str("replicateSourceDb") != "" {
		from, err := at.Address(key(source), Port)
		if err != nil {
			return s, err
		}
		s.Role = "replica of " + source.Str("identifier")
		s.Source = &Source{Unit: writer(source, pairs), Address: from, Slot: Slot(r.Str("identifier"))}
		if p := pairs[key(source)]; p.Epoch > 0 {
			s.Mark = mark(p)
		}
	}
	return s, nil
}

func parameters(c cloud.Cloud, r cloud.Resource) map[string]string {
	out := map[string]string{}
	group, ok := c.First(token.RDSParameterGroup, "name", r.Str("parameterGroupName"))
	if !ok {
		return out
	}
	for _, p := range group.Maps("parameters") {
		out[p.Str("name")] = p.Str("value")
	}
	return out
}

func major(r cloud.Resource) int {
	text, _, _ := strings.Cut(r.Str("engineVersion"), ".")
	n, _ := strconv.Atoi(text)
	return n
}

// remarks say where the server is not what the plan says.
func remarks(at site.Site, r cloud.Resource, s Server) (all []unit.Note) {
	have, _ := at.Programs.Server(s.Major)
	add := func(format string, args ...any) {
		all = append(all, unit.Note{About: r.Name, Text: fmt.Sprintf(format, args...)})
	}
	if have != s.Major {
		add("PostgreSQL %d stands in for %d", have, s.Major)
	}
	if _, left := Parameters(s.Parameters, have); len(left) > 0 {
		add("parameters left out: %s", strings.Join(left, ", "))
	}
	if r.Bool("multiAz") && !paired(r) {
		add("there is no standby of a replica: it is started again")
	}
	return all
}

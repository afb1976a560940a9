// Package distance puts the way between regions into the lab: whoever speaks to a server
// of another region does so through a relay that holds everything back as long as light
// in a fibre takes for the way.
package distance

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"net"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/rung-dev/rung/lab/site"
	"github.com/rung-dev/rung/lab/unit"
)

// Link is a relay: what comes in at Listen goes to To, OneWay milliseconds later, and so
// do the answers.
type Link struct {
	Listen, To string
	OneWay     int
}

// Name is the relays' unit: who comes after it speaks to another region.
const Name = "distance"

// Between lets units of different regions reach one another through relays: wherever a
// unit is told the address of one in another region, it is told that of the relay. The
// part is the relays' own; it is empty where all are in one region.
func Between(units []unit.Unit, at site.Site, executable string) (far []unit.Unit, relays unit.Part, err error) {
	far = slices.Clone(units)
	links := map[string]Link{}
	for i := range far {
		text := said(units[i])
		for j, there := range units {
			if !apart(far[i], there) || whole(text, there.Address, "") == text {
				continue
			}
			// The address goes with what a server does, and so must the relay's: who asks is told of no change.
			relay, err := at.Address(Name+"/"+far[i].Region+"/"+there.Address, there.Ports...)
			if err != nil {
				return nil, relays, err
			}
			far[i] = replaced(far[i], there.Address, relay)
			far[i].After = append(slices.Clone(far[i].After), Name)
			if len(there.Hosts) > 0 && !slices.Contains(far[j].Hosts, relay) {
				far[j].Hosts = append(slices.Clone(far[j].Hosts), relay)
			}
			for _, port := range there.Ports {
				l := Link{Listen: net.JoinHostPort(relay, strconv.Itoa(port)), To: net.JoinHostPort(there.Address,
					strconv.Itoa(port)), OneWay: oneWay(far[i].Region, there.Region)}
				links[l.Listen] = l
			}
		}
	}
	relays, err = server(links, at, executable)
	return far, relays, err
}

// apart reports whether two units are in different regions. One without a region is
// wherever it is asked.
func apart(a, b unit.Unit) bool { return a.Region != "" && b.Region != "" && a.Region != b.Region }

func server(links map[string]Link, at site.Site, executable string) (unit.Part, error) {
	if len(links) == 0 {
		return unit.Part{}, nil
	}
	var all []Link
	for _, listen := range slices.Sorted(maps.Keys(links)) {
		all = append(all, links[listen])
	}
	text, err := json.MarshalIndent(all, "", " ")
	if err != nil {
		return unit.Part{}, fmt.Errorf("write the ways between regions: %w", err)
	}
	dir := at.Data(Name)
	file := filepath.Join(dir, "links.json")
	host, port, _ := net.SplitHostPort(all[0].Listen) // it was joined above
	first, _ := strconv.Atoi(port)
	return unit.Part{Units: []unit.Unit{{Name: Name, What: "the ways between regions", Address: host,
		Ports: []int{first}, Dir: dir,
		Program: []string{executable, "lab", Word, file}, Files: []unit.File{{Path: file, Content: string(text), Reload: true}},
		Health: unit.Health{Kind: unit.TCP, Port: first}}}, Keep: []unit.Kept{{Dir: dir}}}, nil
}

// said is all that a unit is told, as one text.
func said(u unit.Unit) string {
	all := slices.Concat(u.Program, u.Environment)
	for _, c := range slices.Concat(u.Prepare, u.Ready) {
		all = append(slices.Concat(all, c.Program, c.Environment), c.Input)
	}
	for _, f := range u.Files {
		all = append(all, f.Content)
	}
	return strings.Join(all, "\n")
}

// replaced is a unit that is told another address.
func replaced(u unit.Unit, from, to string) unit.Unit {
	texts := func(list []string) []string {
		out := make([]string, len(list))
		for i, text := range list {
			out[i] = whole(text, from, to)
		}
		return slices.Clip(out)
	}
	commands := func(list []unit.Command) (out []unit.Command) {
		for _, c := range list {
			c.Program, c.Environment, c.Input = texts(c.Program), texts(c.Environment), whole(c.Input, from, to)
			out = append(out, c)
		}
		return out
	}
	u.Program, u.Environment = texts(u.Program), texts(u.Environment)
	u.Prepare, u.Ready = commands(u.Prepare), commands(u.Ready)
	u.Files = slices.Clone(u.Files)
	for i := range u.Files {
		u.Files[i].Content = whole(u.Files[i].Content, from, to)
	}
	return u
}

// whole replaces an address where it is no part of a longer one.
func whole(text, from, to string) string {
	digit := func(i int) bool { return i >= 0 && i < len(text) && text[i] >= '0' && text[i] <= '9' }
	var b strings.Builder
	for from != "" {
		i := strings.Index(text, from)
		if i < 0 {
			break
		}
		if digit(i-1) || digit(i+len(from)) {
			b.WriteString(text[:i+len(from)])
		} else {
			b.WriteString(text[:i] + to)
		}
		text = text[i+len(from):]
	}
	return b.String() + text
}

// speed is that of light in a fibre, in kilometres a millisecond; fibres go round about.
const (
	speed  = 200
	detour = 1.3
)

// oneWay is an estimate of the way between two regions, in milliseconds: of places that
// nobody has told, a long one.
func oneWay(a, b string) int {
	const unknown = 75
	from, known := places[a]
	to, there := places[b]
	if !known || !there {
		return unknown
	}
	return max(1, int(math.Round(kilometres(from, to)*detour/speed)))
}

// place is a latitude and a longitude, in degrees.
type place struct{ north, east float64 }

// kilometres is the shortest way over the ground.
func kilometres(a, b place) float64 {
	const radius = 6371
	rad := func(degrees float64) float64 { return degrees * math.Pi / 180 }
	sin := func(degrees float64) float64 { s := math.Sin(rad(degrees) / 2); return s * s }
	h := sin(b.north-a.north) + math.Cos(rad(a.north))*math.Cos(rad(b.north))*sin(b.east-a.east)
	return 2 * radius * math.Asin(math.Min(1, math.Sqrt(h)))
}

// Farthest says how long the longest of some ways is, there and back; it is for people.
func Farthest(regions []string) (text string) {
	most := 0
	for i, a := range regions {
		for _, b := range regions[i+1:] {
			if ms := 2 * oneWay(a, b); ms > most {
				most, text = ms, fmt.Sprintf("%s and %s are %d ms apart, there and back", a, b, ms)
			}
		}
	}
	return cmp.Or(text, "all are in one region")
}

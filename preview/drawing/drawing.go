// Package drawing draws the architecture of a stack: as boxes of a terminal in tiers (Tiers),
// and as a drawing for a page, once wide and once narrow, with the same in words (Of).
//
// It is given components with their region, money and mark, and takes everything else from
// the map of the system, stacks/parts: tiers, and who calls whom. A component that the map
// does not know is drawn beside the others and never lost.
package drawing

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rung-dev/rung/preview"
)

// Drawing is the architecture as the page draws it: once for a wide page, once
// for a phone, and in words.
type Drawing struct {
	Wide, Narrow svg
	Legend       []legend
	Words        []words
}

// On returns the drawing as one of several on a page, of which each has a name of its own.
func (d *Drawing) On(page string) *Drawing {
	if d == nil {
		return nil
	}
	one := *d
	one.Wide.Of, one.Narrow.Of = page+"-", page+"-"
	return &one
}

// legend explains one sign of the drawing. Kind is a class of the style sheet.
type legend struct{ Kind, Symbol, Text string }

// words are the boxes of one place in sentences.
type words struct {
	Place string
	Items []string
}

// Node is a box of the drawing: one component, or several shards.
type Node struct {
	Name, label string
	// Region is AWS's name; empty where that is not known.
	Region string
	After  preview.Money
	Op     preview.Op
	Data   bool
}

// The two who come from outside.
const (
	users    = "users"
	programs = "programs"
)

func (n Node) actor() bool { return n.Name == users || n.Name == programs }

// blueprint is what there is to draw, without a place for anything.
type blueprint struct {
	// world stand before all regions, in the order of a request.
	world []Node
	cells []cellPlan
	// cloudFront is true where CloudFront is the CDN.
	cloudFront bool
	// common are beside all regions.
	common []Node
	links  []link
}

// cellPlan is one region: its tiers as columns, and what stands beside them.
type cellPlan struct {
	code, title, money string
	columns            [][]Node
	beside             []Node
}

// Of draws the components; nil where there is none that has a place.
func Of(nodes map[string]Node, c preview.Cost, cloudFront bool) *Drawing {
	b := blueprintOf(nodes, c, cloudFront)
	if len(b.cells) == 0 || len(nodes) < 2 {
		return nil
	}
	return &Drawing{Wide: wide.draw(b), Narrow: narrow.draw(b), Legend: legendOf(b), Words: wordsOf(b)}
}

// blueprintOf gives every component its region and its tier.
func blueprintOf(nodes map[string]Node, c preview.Cost, cloudFront bool) blueprint {
	boxes := map[string]Box{}
	for name := range nodes {
		boxes[name] = Box{Name: name}
	}
	codes := regionsOf(boxes, c.Regions)
	b := blueprint{cloudFront: cloudFront}
	left := map[string]Node{}
	for name, n := range nodes {
		left[name] = n
	}
	b.world = worldOf(left, nodes, len(codes) > 1, cloudFront)
	names := regionNames(nodes)
	for _, code := range codes {
		cell := cellPlan{code: code, title: regionTitle(code, names, len(codes) > 1), money: regionMoney(names[code], c)}
		for _, tier := range tiers[worldTiers:] {
			if column := columnOf(tier, code, boxes, left); len(column) > 0 {
				cell.columns = append(cell.columns, column)
			}
		}
		if len(cell.columns) > 0 {
			b.cells = append(b.cells, cell)
		}
	}
	b.share(left, codes)
	b.links = linksOf(b)
	return b
}

// worldOf takes what stands before all regions, with those who come to it.
func worldOf(left, nodes map[string]Node, several, cloudFront bool) []Node {
	chain := []string{"dns", users, "edge", "cdn", "accelerator", "assets", programs}
	switch {
	case cloudFront:
		chain = slices.Insert(chain, 2, "firewall")
	case !several: // it stands before the load balancer
		chain = slices.Insert(chain, slices.Index(chain, "assets"), "firewall")
	}
	var list []Node
	for _, name := range chain {
		n, there := left[name]
		switch {
		case name == users, name == programs && hasGateway(nodes):
			n, there = Node{Name: name, label: name}, true
		case there:
			n.label = name
			delete(left, name)
		}
		if there {
			list = append(list, n)
		}
	}
	return list
}

func hasGateway(nodes map[string]Node) bool {
	for name := range nodes {
		if base, _ := cellOf(name); base == "gateway" {
			return true
		}
	}
	return false
}

// columnOf takes the components of one tier in one region.
func columnOf(tier []string, code string, boxes map[string]Box, left map[string]Node) []Node {
	var column, shards []Node
	flush := func() {
		column, shards = append(column, foldShards(shards)...), nil
	}
	for _, base := range withShards(tier, boxes) {
		n, there := left[strings.TrimSuffix(base+"-"+code, "-")]
		if !there {
			continue
		}
		delete(left, n.Name)
		n.label = label(base)
		if n.label != base {
			shards = append(shards, n)
			continue
		}
		flush()
		column = append(column, n)
	}
	flush()
	return column
}

// foldShards puts three shards or more into one box.
func foldShards(shards []Node) []Node {
	if len(shards) < FoldFrom {
		return shards
	}
	all := shards[0]
	for _, n := range shards[1:] {
		all.After, all.Data = all.After.Plus(n.After), all.Data || n.Data
		if n.Op != all.Op {
			all.Op = preview.Update
		}
	}
	first, last := strings.TrimPrefix(shards[0].label, "shard "), strings.TrimPrefix(shards[len(shards)-1].label, "shard ")
	all.label = fmt.Sprintf("shards %s–%s", first, last)
	return []Node{all}
}

// regionNames are AWS's names of the regions by their codes, as far as they are
// known; home has no code.
func regionNames(nodes map[string]Node) map[string]string {
	names := map[string]string{}
	for _, name := range sortedNames(nodes) {
		base, code := cellOf(name)
		tiered := slices.ContainsFunc(tiers[worldTiers:], func(t []string) bool { return slices.Contains(t, base) })
		if tiered && names[code] == "" {
			names[code] = nodes[name].Region
		}
	}
	return names
}

func regionTitle(code string, names map[string]string, several bool) string {
	name := names[code]
	switch {
	case name == "" && code == "":
		return "home"
	case name == "":
		return code
	case code == "" && several:
		return name + " (home)"
	}
	return name
}

// regionMoney is what a region costs, where there are several.
func regionMoney(name string, c preview.Cost) string {
	for _, s := range c.Regional() {
		if s.Region == name {
			return s.Monthly.String() + " a month"
		}
	}
	return ""
}

// FoldFrom is how many resources alike are shown as one row.
const FoldFrom = 3

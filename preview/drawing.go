package preview

import (
	"fmt"
	"slices"
	"strings"
)

// drawing is the architecture as the page draws it: once for a wide page, once
// for a phone, and in words.
type drawing struct {
	Wide, Narrow svg
	Legend       []legend
	Words        []words
}

// legend explains one sign of the drawing. Kind is a class of the style sheet.
type legend struct{ Kind, Symbol, Text string }

// words are the boxes of one place in sentences.
type words struct {
	Place string
	Items []string
}

// node is a box of the drawing: one component, or several shards.
type node struct {
	name, label string
	// region is AWS's name; empty where that is not known.
	region string
	after  Money
	op     Op
	data   bool
}

// The two who come from outside.
const (
	users    = "users"
	programs = "programs"
)

func (n node) actor() bool { return n.name == users || n.name == programs }

// blueprint is what there is to draw, without a place for anything.
type blueprint struct {
	// world stand before all regions, in the order of a request.
	world []node
	cells []cellPlan
	// cloudFront is true where CloudFront is the CDN.
	cloudFront bool
	// common are beside all regions.
	common []node
	links  []link
}

// cellPlan is one region: its tiers as columns, and what stands beside them.
type cellPlan struct {
	code, title, money string
	columns            [][]node
	beside             []node
}

// drawingOf draws the components; nil where there is none that has a place.
func drawingOf(nodes map[string]node, c Cost, cloudFront bool) *drawing {
	b := blueprintOf(nodes, c, cloudFront)
	if len(b.cells) == 0 || len(nodes) < 2 {
		return nil
	}
	return &drawing{Wide: wide.draw(b), Narrow: narrow.draw(b), Legend: legendOf(b), Words: wordsOf(b)}
}

// blueprintOf gives every component its region and its tier.
func blueprintOf(nodes map[string]node, c Cost, cloudFront bool) blueprint {
	boxes := map[string]box{}
	for name := range nodes {
		boxes[name] = box{name: name}
	}
	codes := regionsOf(boxes, c.regions)
	b := blueprint{cloudFront: cloudFront}
	left := map[string]node{}
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
func worldOf(left, nodes map[string]node, several, cloudFront bool) []node {
	chain := []string{"dns", users, "edge", "cdn", "accelerator", "assets", programs}
	switch {
	case cloudFront:
		chain = slices.Insert(chain, 2, "firewall")
	case !several: // it stands before the load balancer
		chain = slices.Insert(chain, slices.Index(chain, "assets"), "firewall")
	}
	var list []node
	for _, name := range chain {
		n, there := left[name]
		switch {
		case name == users, name == programs && hasGateway(nodes):
			n, there = node{name: name, label: name}, true
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

func hasGateway(nodes map[string]node) bool {
	for name := range nodes {
		if base, _ := cellOf(name); base == "gateway" {
			return true
		}
	}
	return false
}

// columnOf takes the components of one tier in one region.
func columnOf(tier []string, code string, boxes map[string]box, left map[string]node) []node {
	var column, shards []node
	flush := func() {
		column, shards = append(column, foldShards(shards)...), nil
	}
	for _, base := range withShards(tier, boxes) {
		n, there := left[strings.TrimSuffix(base+"-"+code, "-")]
		if !there {
			continue
		}
		delete(left, n.name)
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
func foldShards(shards []node) []node {
	if len(shards) < foldFrom {
		return shards
	}
	all := shards[0]
	for _, n := range shards[1:] {
		all.after, all.data = all.after.add(n.after), all.data || n.data
		if n.op != all.op {
			all.op = Update
		}
	}
	first, last := strings.TrimPrefix(shards[0].label, "shard "), strings.TrimPrefix(shards[len(shards)-1].label, "shard ")
	all.label = fmt.Sprintf("shards %s–%s", first, last)
	return []node{all}
}

// regionNames are AWS's names of the regions by their codes, as far as they are
// known; home has no code.
func regionNames(nodes map[string]node) map[string]string {
	names := map[string]string{}
	for _, name := range sortedNames(nodes) {
		base, code := cellOf(name)
		tiered := slices.ContainsFunc(tiers[worldTiers:], func(t []string) bool { return slices.Contains(t, base) })
		if tiered && names[code] == "" {
			names[code] = nodes[name].region
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
func regionMoney(name string, c Cost) string {
	for _, s := range c.regional() {
		if s.Region == name {
			return s.Monthly.String() + " a month"
		}
	}
	return ""
}

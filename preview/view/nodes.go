package view

import (
	"slices"

	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/guard"
	"github.com/rung-dev/rung/preview"
	"github.com/rung-dev/rung/preview/drawing"
	"github.com/rung-dev/rung/resource/token"
)

// nodesOf are the components of a report.
func nodesOf(all []section) map[string]drawing.Node {
	nodes := map[string]drawing.Node{}
	for _, s := range all {
		if s.component == "" {
			continue
		}
		n := drawing.Node{Name: s.component, Region: s.region, After: s.after, Op: boxOf(s).Op}
		for _, r := range s.rows {
			n.Data = n.Data || r.data()
		}
		nodes[n.Name] = n
	}
	return nodes
}

// nodesOfBill are the components that the bill knows, without a mark.
func nodesOfBill(b preview.Bill) map[string]drawing.Node {
	nodes := map[string]drawing.Node{}
	add := func(component, region, typ string, m preview.Money) {
		if component == "" {
			return
		}
		n := nodes[component]
		_, holds := guard.HoldsData(typ)
		if n.Region == "" && region != cost.Global {
			n.Region = region
		}
		n.Name, n.Op, n.After, n.Data = component, preview.Same, n.After.Plus(m), n.Data || holds
		nodes[component] = n
	}
	for _, l := range b.Cost.Lines {
		add(l.Component, l.Region, l.Type, l.Monthly)
	}
	for _, list := range [][]preview.Note{b.Cost.Free, b.Cost.UsageBased, b.Cost.Unpriced} {
		for _, n := range list {
			add(n.Component, "", n.Type, preview.Money{})
		}
	}
	return nodes
}

// throughCloudFront reports whether CloudFront is the CDN of the plan.
func throughCloudFront(r preview.Report) bool {
	return slices.ContainsFunc(slices.Concat(r.Resources.Changes, r.Resources.Unchanged),
		func(c preview.Change) bool { return c.Type == token.CloudFrontDistribution })
}

func billOfCloudFront(b preview.Bill) bool {
	return slices.ContainsFunc(b.Cost.Lines, func(l preview.Line) bool { return l.Type == token.CloudFrontDistribution })
}

func boxOf(s section) drawing.Box {
	b := drawing.Box{Name: s.component}
	if !s.after.Free() {
		b.Money = s.after.String()
	}
	count := map[preview.Op]int{}
	for _, r := range s.rows {
		if !r.tagsOnly {
			count[r.op]++
		}
	}
	switch {
	case count[preview.Create] == len(s.rows):
		b.Op = preview.Create
	case count[preview.Delete] == len(s.rows):
		b.Op = preview.Delete
	default:
		b.Op = changeOf(count)
	}
	return b
}

// changeOf marks a component that stays: unchanged when only its tags change.
func changeOf(count map[preview.Op]int) preview.Op {
	if count[preview.Create]+count[preview.Update]+count[preview.Replace]+count[preview.Delete] > 0 {
		return preview.Update
	}
	return preview.Same
}

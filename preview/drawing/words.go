package drawing

import (
	"slices"
	"strings"

	"github.com/rung-dev/rung/preview"
)

// opWords say what a mark means.
var opWords = map[preview.Op]string{preview.Create: "new", preview.Update: "changed", preview.Replace: "replaced",
	preview.Delete: "going"}

// legendOf explains what the drawing uses, and nothing else.
func legendOf(b blueprint) []legend {
	ops, kinds, data := map[preview.Op]bool{}, map[string]bool{}, false
	for _, n := range b.nodes() {
		ops[n.Op], data = true, data || n.Data
	}
	for _, l := range b.links {
		kinds[l.kind] = true
	}
	var list []legend
	for _, op := range []preview.Op{preview.Create, preview.Update, preview.Delete} {
		if ops[op] {
			list = append(list, legend{string(op), op.Symbol(), opWords[op]})
		}
	}
	if ops[preview.Same] && len(list) > 0 {
		list = append(list, legend{"same", "", "unchanged"})
	}
	if data {
		list = append(list, legend{"data", "", "holds data"})
	}
	for _, k := range []legend{{calls, "", "asks"}, {queued, "", "by way of a queue or topic"},
		{copied, "", "the same data in another region"}} {
		if kinds[k.Kind] {
			list = append(list, k)
		}
	}
	return list
}

// nodes are all boxes, but for those who come from outside.
func (b blueprint) nodes() []Node {
	all := slices.DeleteFunc(slices.Clone(b.world), Node.actor)
	for _, c := range b.cells {
		all = append(append(all, slices.Concat(c.columns...)...), c.beside...)
	}
	return append(all, b.common...)
}

// wordsOf say what is drawn to whom cannot see it.
func wordsOf(b blueprint) []words {
	labels := map[string]string{users: users, programs: programs}
	for _, n := range b.nodes() {
		labels[n.Name] = n.label
	}
	say := func(place string, nodes []Node) words {
		w := words{Place: place}
		for _, n := range nodes {
			w.Items = append(w.Items, n.sentence(b.links, labels))
		}
		return w
	}
	list := []words{say("before all regions", b.world)}
	for _, c := range b.cells {
		list = append(list, say(c.title, append(slices.Concat(c.columns...), c.beside...)))
	}
	if len(b.common) > 0 {
		list = append(list, say("for the whole stack", b.common))
	}
	return list
}

// sentence is a box and where its lines lead.
func (n Node) sentence(links []link, labels map[string]string) string {
	var parts []string
	if word := opWords[n.Op]; word != "" {
		parts = append(parts, word)
	}
	if n.Data {
		parts = append(parts, "holds data")
	}
	if !n.After.Free() {
		parts = append(parts, n.After.String()+" a month")
	}
	for _, way := range [][2]string{{calls, "asks"}, {queued, "works through"}} {
		var to []string
		for _, l := range links {
			if l.from == n.Name && l.kind == way[0] && !slices.Contains(to, labels[l.to]) {
				to = append(to, labels[l.to])
			}
		}
		if len(to) > 0 {
			parts = append(parts, way[1]+" "+strings.Join(to, ", "))
		}
	}
	if slices.ContainsFunc(links, func(l link) bool { return l.kind == copied && (l.from == n.Name || l.to == n.Name) }) {
		parts = append(parts, "has the same data in another region")
	}
	if len(parts) == 0 {
		return n.label
	}
	return n.label + ": " + strings.Join(parts, "; ")
}

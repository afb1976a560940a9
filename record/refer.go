package record

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// output is a text that the cloud has made for a resource, and the path to it.
type output struct{ path, text string }

// outputs are what stands for each resource in the inputs of others, by URN, and
// the URNs of whose outputs each is made.
type outputs struct {
	of   map[string][]output
	from map[string][]string
}

// outputsOf gathers them from a recording. A text that several resources of a type
// have, such as a status, says nothing of whose it is.
func outputsOf(r *Recording) outputs {
	all, owners := outputs{map[string][]output{}, map[string][]string{}}, map[[2]string]int{}
	for _, x := range r.Custom() {
		all.of[x.URN] = madeUp(x)
		for _, o := range all.of[x.URN] {
			owners[[2]string{x.Type, o.text}]++
		}
		for _, urns := range x.MadeFrom {
			all.from[x.URN] = append(all.from[x.URN], urns...)
		}
	}
	for _, x := range r.Custom() {
		all.of[x.URN] = slices.DeleteFunc(all.of[x.URN], func(o output) bool { return owners[[2]string{x.Type, o.text}] > 1 })
	}
	return all
}

// madeUp are the texts that a cloud has made for a resource, each once and by its
// best-known path: no name that the program gave, and no place.
func madeUp(x Resource) []output {
	given := map[string]bool{"": true, x.Region: true}
	eachText("", Plain(x.InputMap), func(_, text string) { given[text] = true })
	if arn, _ := x.Outputs["arn"].(string); strings.Count(arn, ":") > 4 {
		given[strings.Split(arn, ":")[4]] = true // the account
	}
	var list []output
	add := func(path, text string) {
		if len(text) >= shortest && !given[text] {
			list = append(list, output{path, text})
		}
	}
	add("id", x.ID)
	eachText("", Plain(x.OutputMap), add)
	slices.SortStableFunc(list, func(a, b output) int {
		return cmp.Or(cmp.Compare(rank(a.path), rank(b.path)), cmp.Compare(a.path, b.path))
	})
	known := map[string]bool{}
	return slices.DeleteFunc(list, func(o output) bool {
		again := known[o.text]
		known[o.text] = true
		return again
	})
}

// shortest is how long a text is that can be told from words beside it.
const shortest = 8

// rank puts the paths first by which a reader knows a resource.
func rank(path string) int {
	if i := slices.Index([]string{"arn", "id", "name"}, path); i >= 0 {
		return i
	}
	return 3
}

// eachText calls visit with every text of a plain value and the path to it.
func eachText(path string, v any, visit func(path, text string)) {
	switch v := v.(type) {
	case string:
		visit(path, v)
	case map[string]any:
		for key, e := range v {
			eachText(strings.TrimPrefix(path+"."+key, "."), e, visit)
		}
	case []any:
		for i, e := range v {
			eachText(fmt.Sprintf("%s[%d]", path, i), e, visit)
		}
	}
}

// naming writes, in the text of an input, whose output each part is instead of what
// a cloud happened to make of it: "${network-vpc.id}", as Pulumi's YAML has it. What
// stands between, such as a certificate's proof, hands on what it was given.
func (o outputs) naming(x Resource, key string) func(string) string {
	sources := slices.Clone(x.MadeFrom[key])
	for _, urn := range x.MadeFrom[key] {
		sources = append(sources, o.from[urn]...)
	}
	slices.Sort(sources)
	var known []output
	for _, urn := range slices.Compact(sources) {
		for _, out := range o.of[urn] {
			known = append(known, output{"${" + resource.URN(urn).Name() + "." + out.path + "}", out.text})
		}
	}
	slices.SortStableFunc(known, func(a, b output) int { return cmp.Compare(len(b.text), len(a.text)) })
	var pairs []string
	for _, k := range known {
		pairs = append(pairs, k.text, k.path)
	}
	return strings.NewReplacer(pairs...).Replace
}

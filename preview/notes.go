package preview

import (
	"fmt"
	"slices"
	"strings"
)

// remark is what one or several notes say of resources of one type.
type remark struct {
	kind, item, reason string
	names              []string
}

// remarks gathers notes of the same type, item and reason, in the order of the
// first of each. A rung in three regions has a hundred log groups of which one
// thing is to be said.
func remarks(all []Note) []remark {
	var out []remark
	for _, n := range all {
		same := func(s remark) bool {
			return s.kind == shortType(n.Type) && s.item == n.Item && s.reason == n.Reason
		}
		i := slices.IndexFunc(out, same)
		if i < 0 {
			i, out = len(out), append(out, remark{kind: shortType(n.Type), item: n.Item, reason: n.Reason})
		}
		out[i].names = append(out[i].names, n.Name)
	}
	return out
}

// subject is whom the note is about: one by its name and type, several by their
// number and type, and the first names.
func (s remark) subject(quote func(string) string) string {
	what := fmt.Sprintf("%s (%s)", quote(s.names[0]), s.kind)
	if n := len(s.names); n > 1 {
		what = fmt.Sprintf("%d × %s (%s)", n, s.kind, s.few(quote))
	}
	if s.item != "" {
		what += ", " + s.item
	}
	return what
}

// few names up to three; the rest is a number. The JSON names all.
func (s remark) few(quote func(string) string) string {
	const most = 3
	var first []string
	for _, n := range s.names[:min(most, len(s.names))] {
		first = append(first, quote(n))
	}
	if rest := len(s.names) - most; rest > 0 {
		first = append(first, fmt.Sprintf("%d more", rest))
	}
	return strings.Join(first, ", ")
}

package view

import (
	"fmt"
	"strings"

	"github.com/rung-dev/rung/preview"
)

// remark is what one or several notes say of resources of one type.
type remark struct {
	kind, item, reason string
	names              []string
}

// remarks gathers notes of the same type, item and reason. A stage in three
// regions has a hundred log groups of which one thing is to be said; of another
// cloud's resources one thing is to be said whatever their types are.
func remarks(all []preview.Note) []remark {
	var out []remark
	for _, group := range gather(all,
		func(n preview.Note) string { return subjectOf(n) + "\n" + n.Item + "\n" + n.Reason }) {
		r := remark{kind: kindOf(group), item: group[0].Item, reason: group[0].Reason}
		for _, n := range group {
			r.names = append(r.names, n.Name)
		}
		out = append(out, r)
	}
	return out
}

// subjectOf is whose notes may be put together: a type's, or those of a provider
// whose prices nobody here knows.
func subjectOf(n preview.Note) string {
	switch provider, _, _ := strings.Cut(n.Type, ":"); provider {
	case "aws", "aws-native", "cloudflare":
		return preview.ShortType(n.Type)
	default:
		return provider
	}
}

// kindOf is the type of the resources, or their provider where they are of several.
func kindOf(group []preview.Note) string {
	kind := preview.ShortType(group[0].Type)
	for _, n := range group {
		if preview.ShortType(n.Type) != kind {
			return subjectOf(n)
		}
	}
	return kind
}

// gather puts notes together that have the same key, in the order of the first
// of each.
func gather(all []preview.Note, key func(preview.Note) string) [][]preview.Note {
	var groups [][]preview.Note
	at := map[string]int{}
	for _, n := range all {
		i, there := at[key(n)]
		if !there {
			i, groups = len(groups), append(groups, nil)
			at[key(n)] = i
		}
		groups[i] = append(groups[i], n)
	}
	return groups
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

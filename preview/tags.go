package preview

import (
	"cmp"
	"slices"

	"github.com/rung-dev/rung/cost"
)

// Tagged is the month by the value of one tag.
type Tagged struct {
	Key string `json:"key"`
	// Sums add up to the month; resources without the tag stand under "".
	Sums []TagSum `json:"sums"`
}

// TagSum is what the resources with one value of a tag cost.
type TagSum struct {
	Value   string `json:"value"`
	Monthly Money  `json:"monthly"`
	Low     Money  `json:"low"`
	High    Money  `json:"high"`
}

// String names the value; "(without it)" for resources that do not have the tag.
func (t TagSum) String() string { return cmp.Or(t.Value, "(without it)") }

// ByTag returns the bill with its month by the value of a tag; an empty key leaves it
// as it is.
func (b Bill) ByTag(key string, resources []cost.Resource) Bill {
	if key == "" {
		return b
	}
	values := map[string]string{}
	for _, r := range resources {
		values[r.URN] = tagOf(r.Props, key)
	}
	at := map[string]int{}
	b.Tagged = &Tagged{Key: key, Sums: []TagSum{}}
	for _, l := range b.Cost.Lines {
		value := values[l.URN]
		i, known := at[value]
		if !known {
			i = len(b.Tagged.Sums)
			at[value] = i
			b.Tagged.Sums = append(b.Tagged.Sums, TagSum{Value: value})
		}
		s := &b.Tagged.Sums[i]
		s.Monthly, s.Low, s.High = s.Monthly.Plus(l.Monthly), s.Low.Plus(l.Low), s.High.Plus(l.High)
	}
	slices.SortStableFunc(b.Tagged.Sums, func(x, y TagSum) int {
		return cmp.Or(y.Monthly.Cmp(x.Monthly.Decimal), cmp.Compare(x.Value, y.Value))
	})
	return b
}

// tagOf is the value of a tag: of the provider's defaults too, and in the list that
// aws-native and groups have.
func tagOf(props map[string]any, key string) string {
	for _, from := range []string{"tags", "tagsAll"} {
		switch tags := props[from].(type) {
		case map[string]any:
			if v, ok := tags[key].(string); ok && v != cost.Secret && v != "" {
				return v
			}
		case []any:
			for _, t := range tags {
				pair, _ := t.(map[string]any)
				if v, ok := pair["value"].(string); ok && pair["key"] == key {
					return v
				}
			}
		}
	}
	return ""
}

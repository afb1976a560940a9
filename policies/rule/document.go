package rule

import (
	"encoding/json"
	"strings"
)

// Statement is one statement of an IAM policy document.
type Statement struct {
	// Allow is true for Effect "Allow".
	Allow bool
	// Principals are all principals of every kind; "*" is anybody.
	Principals []string
	// Actions and Resources are lists even where the document has one text.
	Actions, Resources []string
	// Conditions are "Operator/key" to the values, in lower case.
	Conditions map[string][]string
}

// Document reads an IAM policy, given as JSON text or as an object. The answer
// is Unknown while it is not known, and No when there is none or it is no policy.
func (v Value) Document() ([]Statement, Tri) {
	text, there := v.Text()
	if there != Yes {
		return nil, there
	}
	var doc struct{ Statement oneOrMany[statement] }
	if json.Unmarshal([]byte(text), &doc) != nil {
		return nil, No
	}
	all := make([]Statement, len(doc.Statement))
	for i, s := range doc.Statement {
		all[i] = s.plain()
	}
	return all, Yes
}

type statement struct {
	Effect           string
	Principal        json.RawMessage
	Action, Resource oneOrMany[string]
	Condition        map[string]map[string]oneOrMany[json.RawMessage]
}

func (s statement) plain() Statement {
	p := Statement{
		Allow: strings.EqualFold(s.Effect, "allow"), Principals: principals(s.Principal),
		Actions: s.Action, Resources: s.Resource, Conditions: map[string][]string{},
	}
	for op, keys := range s.Condition {
		for key, values := range keys {
			at := strings.ToLower(op + "/" + key)
			for _, v := range values {
				p.Conditions[at] = append(p.Conditions[at], strings.Trim(string(v), `"`))
			}
		}
	}
	return p
}

func principals(raw json.RawMessage) []string {
	var one string
	if json.Unmarshal(raw, &one) == nil {
		return []string{one}
	}
	var kinds map[string]oneOrMany[string]
	if json.Unmarshal(raw, &kinds) != nil {
		return nil
	}
	var all []string
	for _, p := range kinds {
		all = append(all, p...)
	}
	return all
}

// oneOrMany reads what IAM lets people write as one value or a list. What is
// neither reads as empty: a rule must survive any text.
type oneOrMany[T any] []T

func (l *oneOrMany[T]) UnmarshalJSON(b []byte) error {
	var many []T
	if json.Unmarshal(b, &many) == nil {
		*l = many
		return nil
	}
	var one T
	if json.Unmarshal(b, &one) == nil {
		*l = []T{one}
	}
	return nil
}

package sim

import "errors"

// Unheard is what a service takes from a resource and then drops without a word.
type Unheard struct {
	// URN is the resource's.
	URN string
	// Reason is what is refused later, and Hint what to change.
	Reason, Hint string
}

// Unheard asks the rules that are [Rule.Late] of everything that stands in a cloud, by
// URN: whoever sends may come before what lets it in, so that only the end tells. The
// error is of a cloud that cannot be read.
func (p *Package) Unheard(c *Cloud) (all []Unheard, err error) {
	entries, err := c.Of("urn:pulumi:")
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		kind := p.kinds[e.Type]
		if e.Provider != p.Name || kind == nil {
			continue
		}
		for _, rule := range kind.Rules {
			var refusal *Refusal
			if rule.Late && errors.As(rule.Is(p.standing(c, kind, e)), &refusal) {
				all = append(all, Unheard{URN: e.URN, Reason: refusal.Code + ": " + refusal.Message, Hint: refusal.Hint})
			}
		}
	}
	return all, nil
}

// standing is an operation that changes nothing of a resource.
func (p *Package) standing(c *Cloud, kind *Kind, e *Entry) *Op {
	settings, _ := p.Configure(e.Account, Props{"region": e.Region})
	return &Op{
		Kind: kind, Verb: Update, URN: e.URN, Name: e.Name, ID: e.ID, Account: e.Account, Partition: settings.Partition,
		Region: e.Region, In: e.Properties, Old: e.Properties, State: e.Properties, Incarnation: e.Number, cloud: c, pkg: p,
	}
}

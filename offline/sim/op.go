package sim

import "maps"

// Op is one operation on one resource, as rules and output functions see it.
type Op struct {
	Kind *Kind
	Verb Verb
	// URN and Name are the engine's; ID is the physical id, empty while the
	// create is only previewed.
	URN, Name, ID string
	// Account, Partition and Region are where it happens.
	Account, Partition, Region string
	// In holds the inputs after check; at delete, the resource's last properties.
	In Props
	// Old holds the properties before an update or delete, nil at create.
	Old Props
	// State holds what the engine takes the resource to be before an update. It
	// differs from Old where the cloud has changed since, by hand or in a run
	// that ended before its state was saved.
	State Props
	// Incarnation counts how often the URN was created before.
	Incarnation int
	// Tags are the provider's default tags.
	Tags map[string]any

	cloud *Cloud // nil in previews
	pkg   *Package
}

// Found is another resource of the simulated cloud.
type Found struct {
	Token, ID, Region, URN string
	Props                  Props
}

// All lists the resources of a kind that this operation can see: those of its
// account and region, or of the account when the kind is global. It is empty in
// previews.
func (o *Op) All(token string) []Found { return o.list(token, false) }

// Anywhere lists the resources of a kind in all regions of the account.
func (o *Op) Anywhere(token string) []Found { return o.list(token, true) }

func (o *Op) list(token string, anyRegion bool) []Found {
	if o.cloud == nil {
		return nil
	}
	region := o.Region
	if kind := o.pkg.kinds[token]; anyRegion || kind == nil || kind.Global || o.Kind.Global {
		region = ""
	}
	return append(o.cloud.list(o.pkg.Name, o.Account, region, token), o.standing(token, region)...)
}

// standing is what every account has of a kind, in a region or in all.
func (o *Op) standing(token, region string) []Found {
	if o.pkg.Standing == nil {
		return nil
	}
	return o.pkg.Standing(token, o.Account, o.Partition, region)
}

// Others is [Op.All] of the operation's own kind without the resource itself.
func (o *Op) Others() []Found {
	var out []Found
	for _, f := range o.All(o.Kind.Token) {
		if f.ID != o.ID {
			out = append(out, f)
		}
	}
	return out
}

// Find gives the properties of one resource by id; the zero value and false
// when there is none.
func (o *Op) Find(token, id string) (Props, bool) {
	kind := o.pkg.kinds[token]
	if o.cloud == nil || kind == nil || o.Kind.Global && !kind.Global {
		return o.FindBy(token, "", id)
	}
	home := (&Op{Kind: kind, Region: o.Region}).home()
	e, err := o.cloud.get(entryKey(o.pkg.Name, o.Account, home, token, id))
	if err != nil || e == nil { // its own refresh reports what cannot be read
		for _, f := range o.standing(token, home) {
			if f.ID == id {
				return f.Props, true
			}
		}
		return nil, false
	}
	return e.Properties, true
}

// FindBy gives the first resource whose output has the value; an empty output
// means the id.
func (o *Op) FindBy(token, output, value string) (Props, bool) {
	for _, f := range o.All(token) {
		if value != "" && f.value(output) == value {
			return f.Props, true
		}
	}
	return nil, false
}

func (f Found) value(by string) string {
	if by == "" {
		return f.ID
	}
	return f.Props.Str(by)
}

// Quota gives a quota's value: the package's own, the state file's, else the default.
func (o *Op) Quota(key string, fallback int) int {
	if o.cloud != nil {
		if n, ok := o.pkg.Quotas[key]; ok {
			return n
		}
		if n, ok := o.cloud.Quotas[key]; ok {
			return n
		}
	}
	return fallback
}

// Delegated reports whether the world asks this cloud for a domain's names; always
// true in previews.
func (o *Op) Delegated(domain string) bool { return o.cloud == nil || o.cloud.IsDelegated(domain) }

// Changed reports whether an input differs from the property before; always
// true at create.
func (o *Op) Changed(path string) bool {
	if o.Old == nil {
		return true
	}
	return !equal(normal(o.Old.Get(path)), normal(o.In.Get(path)))
}

// Drop removes other resources that go along with the one that is deleted, such
// as the objects of a bucket that may be emptied.
func (o *Op) Drop(all ...Found) {
	for _, f := range all {
		region := f.Region
		o.cloud.remove(entryKey(o.pkg.Name, o.Account, region, f.Token, f.ID))
	}
}

// Amend changes properties of another resource, as a service does that helps
// itself: the program that made the resource finds them changed. Call it from the
// last rule, so that nothing is amended for an operation that is refused.
func (o *Op) Amend(f Found, props Props) error {
	if o.cloud == nil {
		return nil
	}
	e, err := o.cloud.get(entryKey(o.pkg.Name, o.Account, f.Region, f.Token, f.ID))
	if err != nil || e == nil {
		return err
	}
	amended := *e
	amended.Properties = e.Properties.Copy()
	maps.Copy(amended.Properties, props)
	return o.cloud.put(&amended)
}

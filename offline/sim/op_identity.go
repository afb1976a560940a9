package sim

func (o *Op) makeID() string {
	switch {
	case o.Kind.ID != nil:
		return o.Kind.ID(o)
	case o.Kind.IDPrefix != "":
		return o.HexID(o.Kind.IDPrefix)
	}
	return o.physicalName()
}

// home is the region that an entry is filed under.
func (o *Op) home() string {
	if o.Kind.Global || o.Region == "" {
		return "global"
	}
	return o.Region
}

func (o *Op) key() string {
	return entryKey(o.pkg.Name, o.Account, o.home(), o.Kind.Token, o.ID)
}

func (o *Op) entry(props Props) *Entry {
	return &Entry{
		Provider: o.pkg.Name, Account: o.Account, Region: o.home(), Type: o.Kind.Token,
		ID: o.ID, Name: o.Name, URN: o.URN, Number: o.Incarnation, Properties: props,
	}
}

package sim

import "maps"

// Shelf is a section of the state file for what outlives its resource: it is no
// resource of any stack and blocks no destroy, but stays visible.
type Shelf string

// The shelves.
const (
	// Snapshots holds the final snapshots of what was deleted.
	Snapshots Shelf = "snapshots"
	// Recoverable holds what was deleted and can still be brought back.
	Recoverable Shelf = "recoverable"
)

// Keep puts something onto a shelf under a key, in the operation's account and
// region. Call it from a rule of a delete; when the delete is refused after all,
// nothing is kept.
func (o *Op) Keep(shelf Shelf, key string, props Props) {
	if o.cloud == nil {
		return
	}
	if o.cloud.Shelves[shelf] == nil {
		o.cloud.Shelves[shelf] = map[string]Props{}
	}
	o.cloud.Shelves[shelf][o.shelfKey(key)] = props
}

// Kept gives what lies on a shelf under a key in the operation's account and
// region; false when nothing does, and in previews.
func (o *Op) Kept(shelf Shelf, key string) (Props, bool) {
	if o.cloud == nil {
		return nil, false
	}
	props, ok := o.cloud.Shelves[shelf][o.shelfKey(key)]
	return props, ok
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

func (o *Op) shelfKey(key string) string { return o.Account + " " + o.home() + " " + key }

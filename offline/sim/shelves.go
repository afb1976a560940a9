package sim

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

func (o *Op) shelfKey(key string) string { return o.Account + " " + o.home() + " " + key }

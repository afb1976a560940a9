package guard

import (
	"fmt"
	"slices"
)

// CheckAnew returns the planned creations of what had already been made and held
// data, but for those that confirmed names: the stack has lost them, and new ones
// would stand in their place, empty. had are logical names.
func CheckAnew(changes []Change, had, confirmed []string) []Blocked {
	var blocked []Blocked
	for _, c := range changes {
		kind, holds := HoldsData(c.Type)
		if c.Op != "create" || !holds || !slices.Contains(had, c.Name) || Confirmed(confirmed, c.Name, c.URN) {
			continue
		}
		blocked = append(blocked,
			Blocked{URN: c.URN, Type: c.Type, Name: c.Name, Op: c.Op, Keys: []string{}, Message: fmt.Sprintf(
				"%s is %s that the stack once had and that its state no longer knows: a new one would be made in its place, with "+
					"nothing in it. "+
					"If the old one still exists, take it back with `pulumi import`; if it is gone, restore it from its backup first. "+
					"If a new, empty one is wanted, confirm that very resource: rung:confirmDataLoss must name %q",
				c.Name, kind.Noun, c.Name)})
	}
	return blocked
}

// CheckForgotten returns what holds data and is about to leave the state because
// the cloud no longer has it, but for those that confirmed names. Op is "forget".
func CheckForgotten(gone []Change, confirmed []string) []Blocked {
	var blocked []Blocked
	for _, c := range gone {
		kind, holds := HoldsData(c.Type)
		if !holds || Confirmed(confirmed, c.Name, c.URN) {
			continue
		}
		blocked = append(blocked,
			Blocked{URN: c.URN, Type: c.Type, Name: c.Name, Op: "forget", Keys: []string{}, Message: fmt.Sprintf(
				"%s is %s, and the cloud says that it is gone. The stack would forget it, and the next `up` make a new one with "+
					"nothing in it. "+
					"If it was deleted by mistake, restore it from its backup first; if it may be forgotten, confirm that very "+
					"resource: "+
					"rung:confirmDataLoss must name %q", c.Name, kind.Noun, c.Name)})
	}
	return blocked
}

// Some of a stack may go by the hands of people; when more than this share of at
// least so many resources is gone at once, somebody looks at the wrong place.
const (
	mostOf = 2 // more than one in so many
	atAll  = 4
)

// Vanished reports whether so much of a stack is gone from the cloud that it is
// more likely the wrong account or region than a loss: most of it, or all that
// holds data where there are several.
func Vanished(all, gone []Change) bool {
	data, lost := holders(all), holders(gone)
	return len(gone) >= atAll && len(gone)*mostOf > len(all) || data > 1 && lost == data
}

func holders(changes []Change) (n int) {
	for _, c := range changes {
		if _, holds := HoldsData(c.Type); holds {
			n++
		}
	}
	return n
}

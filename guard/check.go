package guard

import (
	"fmt"
	"slices"
	"strings"
)

// Change is one planned step, as far as the guard needs to know it.
type Change struct {
	// Op is the engine's own word: create, update, same, replace,
	// create-replacement, delete-replaced, delete, discard-replaced, ….
	Op string
	// URN, Type and Name are the resource's.
	URN, Type, Name string
	// Keys are the properties that force a replacement, if it is one.
	Keys []string
	// Retained is true when the resource stays in the cloud although it
	// leaves the stack (retainOnDelete).
	Retained bool
}

// Blocked is a planned step that would lose data and that nobody confirmed.
type Blocked struct {
	// URN, Type and Name are the resource's.
	URN, Type, Name string
	// Op is "delete" or "replace".
	Op string
	// Keys are the properties that force the replacement; empty for a delete.
	Keys []string
	// Message says what would be lost, why, and what to do instead.
	Message string
}

// setting is where a stack's user confirms a loss.
const setting = "rung:confirmDataLoss"

// Check returns the steps that would lose data and that confirmed does not
// name, one for each resource, in the order of the plan. An entry of
// confirmed is a resource's logical name or its whole URN.
func Check(changes []Change, confirmed []string) []Blocked {
	return check(changes, confirmed, setting)
}

// check is Check for what is confirmed by a setting of that name.
func check(changes []Change, confirmed []string, by string) []Blocked {
	var blocked []Blocked
	seen := map[string]int{}
	for _, c := range changes {
		op, loses := loss(c.Op)
		kind, holds := HoldsData(c.Type)
		if !loses || !holds || c.Retained || Confirmed(confirmed, c.Name, c.URN) {
			continue
		}
		if i, again := seen[c.URN]; again { // a replacement is several steps
			blocked[i] = blockedBy(kind, c, op, append(blocked[i].Keys, c.Keys...), by)
			continue
		}
		seen[c.URN] = len(blocked)
		blocked = append(blocked, blockedBy(kind, c, op, c.Keys, by))
	}
	return blocked
}

// Confirmed reports whether confirmed names the resource, by its logical name
// or by its URN.
func Confirmed(confirmed []string, name, urn string) bool {
	return slices.Contains(confirmed, name) || urn != "" && slices.Contains(confirmed, urn)
}

// loss says whether an engine step destroys what the resource holds, and
// whether it is a part of a replacement.
func loss(op string) (word string, loses bool) {
	switch op {
	case "delete", "discard":
		return "delete", true
	case "replace", "create-replacement", "delete-replaced", "discard-replaced", "import-replacement", "read-replacement":
		return "replace", true
	}
	return "", false
}

func blockedBy(k Kind, c Change, op string, keys []string, by string) Blocked {
	keys = slices.Compact(slices.Sorted(slices.Values(keys)))
	b := Blocked{URN: c.URN, Type: c.Type, Name: c.Name, Op: op, Keys: keys}
	b.Message = fmt.Sprintf("%s is %s and would be %sd%s: all data in it would be lost. %s %s. "+
		"If its data may go, confirm that very resource: %s must name %q",
		c.Name, k.Noun, op, because(keys), wayOut(keys), k.Rescue, by, c.Name)
	return b
}

// wayOut begins the advice: what forces a replacement can also be taken back.
func wayOut(keys []string) string {
	if len(keys) == 0 {
		return "To save the data,"
	}
	return "Take the change of " + strings.Join(keys, ", ") + " back; or, to save the data,"
}

func because(keys []string) string {
	if len(keys) == 0 {
		return ""
	}
	return " because of " + strings.Join(keys, ", ")
}

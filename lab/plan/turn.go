package plan

import (
	"cmp"
	"slices"

	"github.com/rung-dev/rung/lab/distance"
	"github.com/rung-dev/rung/lab/unit"
)

// inTurn orders units by who starts first where not all may start at once: those that
// make tables before those that only use them, and those beside their stores before those
// that make the same from another region, a hundred milliseconds away for each statement.
// Who comes too early ends and is tried again, which takes the processor from the others.
func inTurn(units []unit.Unit) {
	turn := func(u unit.Unit) int {
		far := map[bool]int{true: 2}[slices.Contains(u.After, distance.Name)]
		return far + map[bool]int{true: 1}[len(u.Prepare) == 0]
	}
	slices.SortStableFunc(units, func(a, b unit.Unit) int { return cmp.Compare(turn(a), turn(b)) })
}

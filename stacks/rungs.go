package stacks

import (
	"fmt"

	"github.com/rung-dev/rung/stacks/ladder"
)

// rungs are the built stages, from the bottom up.
var rungs = []func(*cell) error{stage1, stage2, stage3, stage4, stage5, stage6}

// rung returns the function that builds stage n.
func rung(n ladder.Number) (func(*cell) error, error) {
	if n < ladder.First || int(n) > len(rungs) {
		return nil, fmt.Errorf("rung %d is not built yet, want 1 to %d", n, len(rungs))
	}
	return rungs[n-1], nil
}

package stacks

import (
	"fmt"

	"github.com/rung-dev/rung/stacks/ladder"
)

// stages are the built stages, from the bottom up.
var stages = []func(*cell) steps{stage1, stage2, stage3, stage4, stage5, stage6}

// builder returns the function that lists the steps of stage n.
func builder(n ladder.Number) (func(*cell) steps, error) {
	if n < ladder.First || int(n) > len(stages) {
		return nil, fmt.Errorf("stage %d is not built yet, want 1 to %d", n, len(stages))
	}
	return stages[n-1], nil
}

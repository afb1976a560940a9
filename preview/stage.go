package preview

import (
	"strconv"

	"github.com/rung-dev/rung/stacks/ladder"
)

// stageTag is the tag by which every resource says on which stage it stands.
const stageTag = "rung:stage"

// stageBefore reads the stage of the stack as it is from its resources' tags.
// It is the highest one: a climb that was interrupted leaves some behind. It is
// nil for an empty stack and for one that is not rung's.
func stageBefore(steps []Step) *int {
	highest := ladder.Number(0)
	for _, s := range steps {
		highest = max(highest, StageOf(s.Old))
	}
	return number(highest)
}

// StageOf is the stage in a resource's tags; 0 when there is none.
func StageOf(props map[string]any) ladder.Number {
	tags, _ := props["tags"].(map[string]any)
	text, _ := tags[stageTag].(string)
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0
	}
	return ladder.Number(n)
}

// number is a stage for JSON: nil stands for no stage.
func number(n ladder.Number) *int {
	if n == 0 {
		return nil
	}
	i := int(n)
	return &i
}

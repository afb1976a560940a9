package page

import (
	"github.com/rung-dev/rung/preview/chart"
	"github.com/rung-dev/rung/preview/drawing"
)

// Ladder is how a system grows: what it costs, and each stage with its architecture.
type Ladder struct {
	Chart  *chart.Chart
	Keys   []chart.Key
	Stages []GrownStage
	// Outside says what the costs leave out.
	Outside string
}

// GrownStage is one stage of the ladder as the page shows it.
type GrownStage struct {
	Number       int
	Name, Anchor string
	// Users and Month are short, for the way to the stage.
	Users, Month string
	// Adds, Breaks and Until are what is new, what gives way next and when to climb.
	Adds, Breaks, Until string
	Facts               []Fact
	Drawing             *drawing.Drawing
	// Stays says what is not given up yet; often empty.
	Stays string
	// Last is true for the stage above which there is none.
	Last bool
	// Commands bring a stack there, in their order.
	Commands []string
}

package operate

import (
	"fmt"
	"strings"
	"time"
)

// Copy is a database's copy in another region, which may take its writes over.
type Copy struct {
	// Name is the component's, ID the cloud's, Region where it is.
	Name   string `json:"name"`
	ID     string `json:"id"`
	Region string `json:"region"`
	// Source is what it copies, and SourceRegion where that is; empty for a copy that takes
	// writes itself by now.
	Source       string `json:"source,omitempty"`
	SourceRegion string `json:"source_region,omitempty"`
	// State is what the cloud says of it, SourceState of its source; empty where the source's
	// region does not answer.
	State       string `json:"state"`
	SourceState string `json:"source_state"`
	// Lag is how far it was behind when that was measured last, At, in seconds; nil is not
	// known.
	Lag *float64  `json:"lag_seconds,omitempty"`
	At  time.Time `json:"lag_measured_at,omitzero"`
}

// Promoted says that the copy takes writes by now.
func (c Copy) Promoted() bool { return c.Source == "" }

// Loss says what may be lost when the copy takes the writes over without its source.
func (c Copy) Loss() string {
	switch {
	case c.Promoted():
		return fmt.Sprintf("%s in %s (%s): nothing more, it takes writes already", c.Name, c.Region, c.ID)
	case c.Lag == nil:
		return fmt.Sprintf("%s in %s (%s): nobody knows how much of what %s has acknowledged: no lag was measured in the "+
			"last hour", c.Name, c.Region, c.ID, c.Source)
	}
	return fmt.Sprintf("%s in %s (%s): what %s acknowledged in its last %.0f s, and whatever it acknowledged after %s, "+
		"when that lag was measured", c.Name, c.Region, c.ID, c.Source, *c.Lag, c.At.UTC().Format(time.RFC3339))
}

// ErrLoss is a loss that nobody has accepted; nothing was changed.
type ErrLoss struct{ Copies []Copy }

func (e ErrLoss) Error() string {
	var all []string
	for _, c := range e.Copies {
		all = append(all, c.Loss())
	}
	return "this may be lost:\n  " + strings.Join(all, "\n  ") + "\nnothing was changed; go on with --accept-loss"
}

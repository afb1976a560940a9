package operate

import (
	"time"
)

// State is how something is, in a word.
type State string

// The states. Unknown is what nobody answered.
const (
	Well    State = "well"
	Busy    State = "busy" // it is being changed, or comes up
	Ill     State = "ill"
	Unknown State = "unknown"
)

// Health is how a part is.
type Health struct {
	Part  string `json:"part"`
	Kind  Kind   `json:"kind"`
	State State  `json:"state"`
	// Says is what makes it so: "2 of 2 machines in service".
	Says string `json:"says"`
}

// Measure is something measured of the last day.
type Measure struct {
	// Key is that of package advise where it knows the measure.
	Key string `json:"key"`
	// What is for people; Value is in Unit, the highest five minutes where What says nothing else.
	What  string  `json:"what"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit"`
}

// Alarm is an alarm that fires, or does not know.
type Alarm struct {
	Name string `json:"name"`
	// State is CloudWatch's word: ALARM or INSUFFICIENT_DATA.
	State string `json:"state"`
	// Since is when it came to be so; zero is not known.
	Since  time.Time `json:"since,omitzero"`
	Reason string    `json:"reason"`
}

// Backup is the newest backup of a store.
type Backup struct {
	Of string `json:"of"`
	// At is the moment to which it goes back; zero where there is none yet.
	At time.Time `json:"at,omitzero"`
	// Kind says what it is: "point in time", "snapshot of the disk".
	Kind string `json:"kind"`
}

// Found is how a stack is.
type Found struct {
	Health  []Health
	Load    []Measure
	Alarms  []Alarm
	Backups []Backup
	// AlarmsWatched is how many alarms were asked about; zero says that nobody watches.
	AlarmsWatched int
	// Unasked is what could not be found out, with what it takes.
	Unasked []string
}

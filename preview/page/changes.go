package page

import "github.com/rung-dev/rung/preview"

// Section is one component of the changes.
type Section struct {
	Name, Anchor string
	// Marks count what changes in it; none where nothing does.
	Marks     []Mark
	HoldsData bool
	Open      bool
	Amounts   Amounts
	Rows      []Row
}

// Row is one resource, or several with their names.
type Row struct {
	Mark      Mark
	Name      string
	Type, Why string
	HoldsData bool
	Amounts   Amounts
	Members   []preview.Change
}

// Amounts are the month before and after. Unknown says why there are none; it
// is empty where a resource costs nothing. Sign is "up", "down" or "even".
type Amounts struct{ Now, Then, Change, Sign, Unknown string }

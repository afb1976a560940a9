package page

import "github.com/rung-dev/rung/preview"

// Cost is the month as the page shows it.
type Cost struct {
	// Scale is the total on a line; nil where there is nothing to draw.
	Scale *Scale
	// Compare is true where there is a month before.
	Compare bool
	// Components and Regions are the sums, dearest first.
	Components, Regions []Bar
	// Rest are the components that would make the list long.
	Rest []Bar
	// Groups are the lines per component.
	Groups  []Group
	Sources []string
	Missing []Missing
	Outside string
}

// Group is the bill of one component.
type Group struct {
	Name  string
	Sum   preview.Money
	Lines []Line
}

// Line is one item; Cited is the number of its source, from 1.
type Line struct {
	Name, Item, Note, Quantity, Unit, Price string
	Monthly                                 preview.Money
	AsOf                                    string
	Cited                                   int
}

// Bar is one sum with a bar as long as its share of the greatest.
type Bar struct {
	Name, Anchor string
	Amounts      Amounts
	Range        string
	// NowBar and ThenBar are lengths, in percent; LowBar is where its
	// range begins, RangeBar how long that is.
	NowBar, ThenBar, LowBar, RangeBar string
}

// Missing are costs that are not in the total, by their reason.
type Missing struct {
	Title   string
	Reasons []Reason
}

// Reason is why these have no line.
type Reason struct {
	Text  string
	Notes []preview.Note
}

// Scale is the month on a line from nothing to the most that is drawn. Every
// place is a percentage of its length.
type Scale struct {
	Now, Then, Low, High, Range string
	Band, BandLow, BandWidth    string
	Limit                       string
	// Words say what is drawn to whom cannot see it.
	Words string
}

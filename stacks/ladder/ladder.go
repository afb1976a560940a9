// Package ladder holds the scalability ladder as one table: what each of the
// six stages is for, how much load it carries and what it should cost.
//
// It imports nothing of rung and no Pulumi, so that the program, the cost
// estimate, the policies and the documentation all read the same figures.
// The figures come from the two documents rung is built from: "Scalability
// Strategies" (the six stages, their users, requests and monthly costs) and
// "The Scalability Toolkit" (3 MB per active user and day, 80 % cache hits).
package ladder

import (
	"fmt"
	"strconv"

	"github.com/dustin/go-humanize"
)

// Number is a stage of the ladder, 1 to 6. The zero value is no stage.
type Number int

// First and Last bound the ladder.
const (
	First Number = 1
	Last  Number = 6
)

// Band is the range, in whole USD per month, that the seeds give for a stage.
// A zero High means that the seeds give none.
type Band struct{ Low, High int }

// Known reports whether the seeds give a band at all.
func (b Band) Known() bool { return b.High > 0 }

// String writes the band as people say it: "$500–1,000".
func (b Band) String() string {
	if !b.Known() {
		return "not given"
	}
	return "$" + humanize.Comma(int64(b.Low)) + "–" + humanize.Comma(int64(b.High))
}

// Stage is one stage: what it is, what it carries and what it costs.
type Stage struct {
	Number Number
	// Name is what people call the stage.
	Name string
	// Users is the largest population that the stage is meant for.
	Users int
	// PeakRequestsPerSecond is the highest load that the stage is meant for.
	PeakRequestsPerSecond int
	// Band is the seeds' monthly cost range.
	Band Band
	// Adds says in one line what is new against the stage below.
	Adds string
	// Until says what outgrows the stage.
	Until string
	// Breaks is the part that gives way first when more comes than the stage is
	// meant for (Users, PeakRequestsPerSecond), and how it shows.
	Breaks string
	// Traffic is the load that an estimate assumes unless the user gives
	// numbers of their own.
	Traffic Traffic
}

// Stages is the ladder from the bottom up.
func Stages() []Stage {
	return []Stage{
		{
			Number: 1, Name: "single server",
			Users: 1_000, PeakRequestsPerSecond: 10, Band: Band{20, 50},
			Adds:    "one server with the app, PostgreSQL and Redis on it; data on its own disk, backed up daily",
			Until:   "pages are slow for far users, or one server's bandwidth costs more than a CDN",
			Breaks:  "the one server: app, PostgreSQL and Redis share its CPU, memory and connections; pages take over 200 ms",
			Traffic: profile(1_000, 10),
		},
		{
			Number: 2, Name: "add a CDN",
			Users: 10_000, PeakRequestsPerSecond: 100, Band: Band{100, 200},
			Adds:    "a CDN in front of the same, larger server; static files for a year, API answers as the app says",
			Until:   "the one server is over 80 % CPU, or a deployment may no longer mean an interruption",
			Breaks:  "the server behind the CDN: what no cache answers needs its CPU, and a deployment interrupts all of it",
			Traffic: profile(10_000, 100),
		},
		{
			Number: 3, Name: "horizontal scaling",
			Users: 100_000, PeakRequestsPerSecond: 1_000, Band: Band{500, 1_000},
			Adds:    "load balancer, web fleet that scales, PostgreSQL primary with replicas, cache, queue and workers",
			Until:   "teams wait for one another's deployments, or the primary is busy with writes",
			Breaks:  "the database's primary: reads go to replicas, writes cannot; 3,000 a second is what its disk takes",
			Traffic: profile(100_000, 1_000),
		},
		{
			Number: 4, Name: "services",
			Users: 1_000_000, PeakRequestsPerSecond: 10_000, Band: Band{2_000, 5_000},
			Adds:    "API gateway; users, posts and search as services with stores of their own; events between them",
			Until:   "one region is too far for half of the users, or one database too small for the writes",
			Breaks:  "the one region: far users wait for an ocean, its outage is everybody's, its posts have one primary",
			Traffic: profile(1_000_000, 10_000),
		},
		{
			Number: 5, Name: "multi-region",
			Users: 10_000_000, PeakRequestsPerSecond: 100_000, Band: Band{10_000, 50_000},
			Adds:    "the whole system in several regions, replicas across them, data in shards",
			Until:   "work must happen at the edge, or capacity must be reserved to be had",
			Breaks:  "machines that are not to be had at the peak, and answers that need no server but ask one",
			Traffic: profile(10_000_000, 100_000),
		},
		{
			Number: 6, Name: "edge",
			Users: 30_000_000, PeakRequestsPerSecond: 300_000,
			Adds:    "code at the edge, reserved capacity, further regions and shards",
			Until:   "nothing: the ladder ends here",
			Breaks:  "the shards and regions that there are: more of both is a setting, and no stage above",
			Traffic: profile(30_000_000, 300_000),
		},
	}
}

// Get returns stage n. It fails for a number outside the ladder.
func Get(n Number) (Stage, error) {
	if n < First || n > Last {
		return Stage{}, fmt.Errorf("unknown stage %d, want %d to %d", n, First, Last)
	}
	return Stages()[n-1], nil
}

// Parse reads a stage from text. It fails for anything but "1" to "6".
func Parse(s string) (Number, error) {
	n, err := strconv.Atoi(s)
	if err != nil || Number(n) < First || Number(n) > Last {
		return 0, fmt.Errorf("unknown stage %q, want a number from %d to %d", s, First, Last)
	}
	return Number(n), nil
}

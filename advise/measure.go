package advise

import (
	"slices"
	"strings"

	"github.com/dustin/go-humanize"
)

// Key names a measure, as the file of measurements does. Its unit is part of it.
type Key string

// The measures.
const (
	Users                      Key = "users"
	DailyUsers                 Key = "dailyUsers"
	PeakRequestsPerSecond      Key = "peakRequestsPerSecond"
	AverageRequestsPerSecond   Key = "averageRequestsPerSecond"
	FarUsersPercent            Key = "farUsersPercent"
	FarP95Milliseconds         Key = "farP95Milliseconds"
	ServerCPUPercent           Key = "serverCPUPercent"
	AverageCPUPercent          Key = "averageCPUPercent"
	DatabaseCPUPercent         Key = "databaseCPUPercent"
	ReadPercent                Key = "readPercent"
	CacheHitPercent            Key = "cacheHitPercent"
	SlowQueryMilliseconds      Key = "slowQueryMilliseconds"
	LargestTableRows           Key = "largestTableRows"
	DatabaseWritesPerSecond    Key = "databaseWritesPerSecond"
	DatabaseConnectionsPercent Key = "databaseConnectionsPercent"
	PoolWaitsPerSecond         Key = "poolWaitsPerSecond"
	SlowestRequestSeconds      Key = "slowestRequestSeconds"
	QueueLength                Key = "queueLength"
	MonthlyBillDollars         Key = "monthlyBillDollars"
	// PeakToAverage is computed from the two rates of requests.
	PeakToAverage Key = "peakToAverage"
)

// Measure is one row of the table of measures.
type Measure struct {
	Key  Key    `json:"key"`
	Unit string `json:"unit"`
	// Name is what is measured, as a sentence names it.
	Name string `json:"name"`
	// How says how a person finds it.
	How string `json:"how"`
	// Most is the largest value that is believed; the least is zero.
	Most float64 `json:"-"`
	// computed measures are made of others, and no file has them.
	computed bool
}

const (
	mostCount   = 1e12
	mostPercent = 100
)

// measures is the table, in the order of the file.
var measures = []Measure{
	{Key: Users, Unit: "users", Name: "the registered population", How: "count the accounts", Most: 1e9},
	{Key: DailyUsers, Unit: "users", Name: "the users of a day", How: "count who comes on a usual day", Most: 1e9},
	{Key: PeakRequestsPerSecond, Unit: "requests/s", Name: "the peak load",
		How: "requests a second in the busiest five minutes of a week", Most: 1e7},
	{Key: AverageRequestsPerSecond, Unit: "requests/s", Name: "the average load",
		How: "requests a second over a whole day", Most: 1e7},
	{Key: FarUsersPercent, Unit: "%", Name: "the part of the requests that come from far",
		How: "requests from other continents than the servers', by the access log or the CDN's report", Most: mostPercent},
	{Key: FarP95Milliseconds, Unit: "ms", Name: "the wait of far users",
		How: "the 95th percentile until their page is there, by the browser's timing or a probe over there", Most: 1e6},
	{Key: ServerCPUPercent, Unit: "%", Name: "the busiest server's CPU",
		How: "the mean over the busiest hour of a usual day", Most: mostPercent},
	{Key: AverageCPUPercent, Unit: "%", Name: "the servers' CPU on average",
		How: "the mean over all servers and a whole week", Most: mostPercent},
	{Key: DatabaseCPUPercent, Unit: "%", Name: "the primary's CPU",
		How: "the mean over the busiest hour; on stages 1 and 2 what PostgreSQL takes of the server", Most: mostPercent},
	{Key: ReadPercent, Unit: "%", Name: "the part of the statements that read",
		How: "SELECT against INSERT, UPDATE and DELETE in pg_stat_statements", Most: mostPercent},
	{Key: CacheHitPercent, Unit: "%", Name: "the part of the reads that the cache answers",
		How: "hits over hits and misses, of the app or of Redis' INFO", Most: mostPercent},
	{Key: SlowQueryMilliseconds, Unit: "ms", Name: "the slowest of the frequent queries",
		How: "the highest mean_exec_time in pg_stat_statements among what runs every minute", Most: 1e8},
	{Key: LargestTableRows, Unit: "rows", Name: "the largest table",
		How: "the highest n_live_tup in pg_stat_user_tables", Most: mostCount},
	{Key: DatabaseWritesPerSecond, Unit: "writes/s", Name: "the writes to the primary's disk",
		How: "WriteIOPS of the database, or iostat, in the busiest hour", Most: 1e7},
	{Key: DatabaseConnectionsPercent, Unit: "%", Name: "the part of the database's connections in use",
		How: "the rows of pg_stat_activity against max_connections, at the peak", Most: mostPercent},
	{Key: PoolWaitsPerSecond, Unit: "/s", Name: "the requests that wait for a connection",
		How: "db_pool_waits_total of the app, or the pool's count of waiting requests, at the peak", Most: 1e7},
	{Key: SlowestRequestSeconds, Unit: "s", Name: "the slowest kind of request",
		How: "the 95th percentile of the slowest route", Most: 1e6},
	{Key: QueueLength, Unit: "jobs", Name: "the jobs that wait", How: "the longest queue of a usual day", Most: mostCount},
	{Key: MonthlyBillDollars, Unit: "USD", Name: "the month's bill", How: "last month's invoice, this system's part",
		Most: 1e9},
	{Key: PeakToAverage, Unit: "times", Name: "the peak over the average load",
		How:  "give peakRequestsPerSecond and averageRequestsPerSecond",
		Most: mostCount, computed: true},
}

// Measures are those that can be given, in the order of the file.
func Measures() []Measure {
	return slices.DeleteFunc(slices.Clone(measures), func(m Measure) bool { return m.computed })
}

// measure finds a row of the table; the zero value where there is none.
func measure(k Key) Measure {
	if i := slices.IndexFunc(measures, func(m Measure) bool { return m.Key == k }); i >= 0 {
		return measures[i]
	}
	return Measure{}
}

// Amount writes a value with its unit: "85 %", "1,200 requests/s", "$900".
func (m Measure) Amount(v float64) string {
	number := humanize.CommafWithDigits(v, 2)
	switch m.Unit {
	case "USD":
		return "$" + number
	case "/s":
		return number + "/s"
	}
	return strings.TrimSpace(number + " " + m.Unit)
}

// Measurements are what was measured, in the units of the table. A measure that is not in
// it was not measured: zero is a value.
type Measurements map[Key]float64

// derived adds what follows from others.
func (m Measurements) derived() Measurements {
	out := Measurements{}
	for k, v := range m {
		out[k] = v
	}
	peak, hasPeak := m[PeakRequestsPerSecond]
	average, hasAverage := m[AverageRequestsPerSecond]
	delete(out, PeakToAverage)
	if hasPeak && hasAverage && average > 0 {
		out[PeakToAverage] = peak / average
	}
	return out
}

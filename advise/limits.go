package advise

import (
	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/stacks/ladder"
)

// The figures of the rules. Each has its source: T is "The Scalability Toolkit", S is
// "Scalability Strategies". Where neither gives one, rung's own alarm does, so that the
// advice and the alarm say the same.
const (
	busyCPU       = 80        // %, T "Load Balancer": CPU > 80 %
	scaleOutCPU   = 70        // %, S "Auto-scaling": averageUtilization 70
	readHeavy     = 90        // %, T "Read Replicas": 90 %+ reads
	hits          = 80        // %, T "Caching": 80 % hit rate
	slowQuery     = 100       // ms, T "Decision Matrix": queries > 100 ms
	smallTable    = 10_000    // rows, T "Indexing": a full scan is fast enough below
	largeTable    = 1_000_000 // rows, T "Indexing": 1M rows, a full scan takes 500 ms
	longTask      = 5         // s, T "Message Queues": tasks > 5 s
	fewUsers      = 1_000     // a day, T "CDN": below, the cost is over the benefit
	oneArea       = 1         // %, T "CDN": not where all users are in one area
	wellUsed      = 50        // %, S "Right-Sizing": 2 busy cores of 4
	idle          = 12.5      // %, S "Right-Sizing": 2 busy cores of 16
	spiky         = 10.0 / 3  // times, S "Auto-scaling": from 3 to 10 replicas
	fourFifths    = 80        // %, rung's alarm connections-high; the seeds give none
	waits         = 1         // /s, rung's alarm pool-exhausted; the seeds give none
	halfFar       = 50        // %, the ladder: "one region is too far for half of the users"
	includedIOPS  = 3_000     // writes/s that a gp3 disk of RDS takes, by AWS's documentation
	busyDisk      = includedIOPS * busyCPU / 100
	manyUsers     = 1_000_000 // S "The Scalability Ladder": several regions from 1M users on
	jobsWait      = contract.QueueLimit
	slowPage      = contract.P95Seconds * 1000 // ms, S "Latency": P95 200 ms
	writeHeavy    = 50                         // %, T "Indexing": more INSERTs than SELECTs
	toolkit       = "The Scalability Toolkit, "
	strategies    = "Scalability Strategies, "
	noFurtherStep = "no further stage: "
)

var (
	enoughHits = Condition{Measure: CacheHitPercent, Is: AtLeast, Than: hits}
	busyServer = Condition{Measure: ServerCPUPercent, Is: Over, Than: busyCPU}
	busyData   = Condition{Measure: DatabaseCPUPercent, Is: Over, Than: busyCPU}
	slowOnes   = Condition{Measure: SlowQueryMilliseconds, Is: Over, Than: slowQuery}
)

// usersBelow and peakBelow are what the stage below is meant for; none below the first.
func usersBelow(n ladder.Number) (float64, bool) {
	s, err := ladder.Get(n - 1)
	return float64(s.Users), err == nil
}

func peakBelow(n ladder.Number) (float64, bool) {
	s, err := ladder.Get(n - 1)
	return float64(s.PeakRequestsPerSecond), err == nil
}

// bandOf is the upper end of what the seeds say that a stage costs; none where they say nothing.
func bandOf(n ladder.Number) (float64, bool) {
	s, err := ladder.Get(n)
	return float64(s.Band.High), err == nil && s.Band.Known()
}

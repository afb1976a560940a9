package advise

import "slices"

// What is tuned before a climb: each step once, whichever rules name it. Settings are rung's
// keys, so that a step is one line in a stack's file.
var (
	cacheHeaders = Step{ID: "cache-headers",
		Text: "let browsers and the CDN keep static files for a year: versioned names, and Cache-Control: public, " +
			"max-age=31536000, immutable"}
	cdnAnswers = Step{ID: "cdn-answers", On: Stages{From: 2},
		Text: "let the CDN keep answers that are the same for everybody: max-age=300 with CDN-Cache-Control: " +
			"max-age=3600; never those of one user, and none in real time"}
	cacheReads = Step{ID: "cache-reads", Well: []Condition{enoughHits},
		Text: "cache what is read again and again: ask the cache first, keep for 300 s, drop when it changes; 8 of 10 " +
			"reads answered there leave the database 20 queries of 100"}
	warmCache = Step{ID: "warm-cache", Well: []Condition{enoughHits},
		Text: "fill the cache at start and every hour with what everybody asks for"}
	largerCache = Step{ID: "larger-cache", On: Stages{From: 3},
		Text: "give the cache more memory: a larger rung:cache.nodeType, or shards (rung:cache.clusterMode)"}
	indexes = Step{ID: "indexes", Well: []Condition{{Measure: SlowQueryMilliseconds, Is: AtMost, Than: slowQuery}},
		Text: "look at the slow queries with EXPLAIN, and give each Seq Scan of a large table an index: the columns of " +
			"WHERE first, in their order, then those of ORDER BY; a million rows go from 500 ms to 5 ms"}
	largerServer = Step{ID: "larger-server", On: Stages{To: 2},
		Text: "scale up before out: a larger machine, rung:server.instanceType; it stops and starts once"}
	largerDatabase = Step{ID: "larger-database", On: Stages{From: 3},
		Text: "scale the primary up: a larger rung:database.class"}
	moreReplicas = Step{ID: "more-replicas", On: Stages{From: 3},
		Text: "add read replicas (rung:database.replicas, up to 15) and send reads there; read from the primary what " +
			"was just written"}
	moreServers = Step{ID: "more-servers", On: Stages{From: 3},
		Text: "let the fleet grow further: rung:web.max, from stage 4 on rung:services.max too, as long as the database " +
			"behind it bears more"}
	pool = Step{ID: "pool",
		Text: "never open a connection for a request: a pool with 5 to 20 of them (50 to a replica), closed after 30 s " +
			"without work, given up after 2 s; 55 ms become 6 ms"}
	poolSize = Step{ID: "pool-size",
		Text: "size the pools by the database: cores × 2 + spindles connections in all, and look for transactions that " +
			"stay open"}
	proxy = Step{ID: "proxy", On: Stages{From: 4}, Text: "share the connections by a proxy: rung:database.proxy"}
	jobs  = Step{ID: "jobs",
		Text: "put work over 5 s into the queue and answer in under 100 ms with the job's id; 3 attempts, from 2 s on " +
			"twice as long each time, then to the dead letters"}
	batches = Step{ID: "batches", Text: "write small things together: at 100 of them, or after 5 s"}
	workers = Step{ID: "more-workers", On: Stages{From: 3},
		Text: "let more workers come: rung:workers.max, one for every 100 jobs that wait"}
	archive = Step{ID: "archive",
		Text: "make the table small: rows that nobody asks for to another table or to S3, the rest in partitions by time"}
	schedule = Step{ID: "schedule", On: Stages{From: 3},
		Text: "scale ahead of peaks that are known: rung:web.schedules, rung:web.predictive"}
	rightSize = Step{ID: "right-size", Well: []Condition{{Measure: AverageCPUPercent, Is: AtLeast, Than: wellUsed}},
		Text: "take smaller machines where they idle: 16 cores of which 2 work cost $500 a month, 4 with autoscaling $100"}
	commit = Step{ID: "commit", On: Stages{From: 3},
		Text: "commit to what always runs: rung:commitment one-year saves about 40 % of it, three-years 60 %"}
	spot = Step{ID: "spot", On: Stages{From: 3},
		Text: "let spot machines do what may be interrupted, 50 to 70 % cheaper: rung:workers.spotShare, rung:web.spotShare"}
	climbDown = Step{ID: "climb-down", On: Stages{From: 2}, If: []Condition{
		{Measure: Users, Is: AtMost, Of: usersBelow}, {Measure: PeakRequestsPerSecond, Is: AtMost, Of: peakBelow}},
		Text: "look at the stage below, which is meant for what you have: `rung preview` with its number shows what it saves"}
)

// Steps are all steps of all rules, each once.
func Steps() []Step {
	var list []Step
	for _, r := range Rules() {
		for _, s := range r.Steps {
			if !slices.ContainsFunc(list, func(x Step) bool { return x.ID == s.ID }) {
				list = append(list, s)
			}
		}
	}
	return list
}

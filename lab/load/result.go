package load

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/rung-dev/rung/lab/load/open"
)

// Latency are percentiles, in milliseconds, from when requests were due.
type Latency struct {
	P50  float64 `json:"p50_ms"`
	P95  float64 `json:"p95_ms"`
	P99  float64 `json:"p99_ms"`
	P999 float64 `json:"p999_ms"`
	Max  float64 `json:"max_ms"`
}

// Result is what a load has shown. Shares are 0 to 1; nil is what was not measured.
type Result struct {
	Target string `json:"target"`
	// Asked is the rate of the plan at its end, Rate what was sent and answered
	// on average, in requests a second.
	Asked float64 `json:"asked_per_second"`
	Rate  float64 `json:"answered_per_second"`
	// Seconds is how long it took.
	Seconds float64 `json:"seconds"`
	// Planned and Sent count requests: where fewer were sent, the generator
	// could not keep up or the load was broken off.
	Planned int `json:"planned"`
	Sent    int `json:"sent"`
	Failed  int `json:"failed"`
	// Bytes is the sum of the answers' bodies.
	Bytes   int64   `json:"bytes"`
	Latency Latency `json:"latency"`
	// Errors counts failures by what they were.
	Errors map[string]int `json:"errors,omitempty"`
	// Kinds are the kinds of requests, the most frequent first.
	Kinds []Kind `json:"kinds"`
	// LeftOut are kinds that the target does not serve.
	LeftOut []string `json:"left_out,omitempty"`
	// Files are the requests for files that were answered, Others all others.
	Files  Part   `json:"files"`
	Others Part   `json:"others"`
	Writes Writes `json:"writes"`
	// Caches are the layers before the database, the outermost first.
	Caches []CacheLayer `json:"caches,omitempty"`
	// Databases are the servers of PostgreSQL.
	Databases []Database `json:"databases,omitempty"`
	// BusiestProgramPercent is how busy the app's busiest program was over the load, of the
	// processors that it may take; zero where none tells. What runs beside it on a server of
	// stages 1 and 2 is not in it.
	BusiestProgramPercent float64 `json:"busiest_program_percent,omitempty"`
	Queue                 *Queue  `json:"queue,omitempty"`
	// Unobserved is what could not be measured, and why.
	Unobserved []string `json:"unobserved,omitempty"`
	Timeline   []Second `json:"timeline"`
	// FailedAt is when the requests were due that failed, after the beginning,
	// in order.
	FailedAt []time.Duration `json:"-"`
}

// Kind is one kind of request.
type Kind struct {
	Name    string  `json:"kind"`
	Sent    int     `json:"sent"`
	Failed  int     `json:"failed"`
	Latency Latency `json:"latency"`
}

// CacheLayer is what one cache was asked and had.
type CacheLayer struct {
	Name  string  `json:"layer"`
	Asked int64   `json:"asked"`
	Hits  int64   `json:"hits"`
	Share float64 `json:"hit_share"`
}

// Database is the work of one server, in transactions; a query alone is one.
type Database struct {
	Name      string  `json:"server"`
	PerSecond float64 `json:"queries_per_second"`
}

// Queue is how long jobs took to be taken on and to be begun, in milliseconds.
type Queue struct {
	Jobs      int     `json:"jobs"`
	Failed    int     `json:"failed"`
	AnswerP50 float64 `json:"answer_p50_ms"`
	AnswerMax float64 `json:"answer_max_ms"`
	DelayP50  float64 `json:"delay_p50_ms"`
	DelayMax  float64 `json:"delay_max_ms"`
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func latencyOf(of []sent) Latency {
	all := make(open.Durations, len(of))
	for i, s := range of {
		all[i] = s.latency
	}
	slices.Sort(all)
	return Latency{P50: ms(all.Percentile(50)), P95: ms(all.Percentile(95)), P99: ms(all.Percentile(99)),
		P999: ms(all.Percentile(99.9)), Max: ms(all.Percentile(100))}
}

// result sums up what was collected.
func (c *collector) result(p Plan) Result {
	r := Result{Target: p.Target, Asked: p.Rate, Seconds: c.took.Seconds(), Planned: int(c.pace.Total()), Sent: len(c.all),
		Latency: latencyOf(c.all), Errors: map[string]int{}}
	kinds, seconds := map[string][]sent{}, map[int][]sent{}
	for _, s := range c.all {
		kinds[s.kind] = append(kinds[s.kind], s)
		seconds[int(s.at.Seconds())] = append(seconds[int(s.at.Seconds())], s)
		r.Bytes += int64(s.bytes)
		switch {
		case s.failure != "": // a refusal says nothing of what an answer is
		case files(s.kind):
			r.Files.add(s)
		default:
			r.Others.add(s)
		}
		if s.failure != "" {
			r.Failed++
			r.Errors[s.failure]++
			r.FailedAt = append(r.FailedAt, s.at)
		}
	}
	slices.Sort(r.FailedAt)
	if c.took > 0 {
		r.Rate = float64(r.Sent-r.Failed) / c.took.Seconds()
	}
	for name, of := range kinds {
		k := secondOf(0, of)
		r.Kinds = append(r.Kinds, Kind{Name: name, Sent: k.Sent, Failed: k.Failed, Latency: k.Latency})
	}
	slices.SortFunc(r.Kinds, func(a, b Kind) int { return cmp.Or(b.Sent-a.Sent, cmp.Compare(a.Name, b.Name)) })
	for _, at := range slices.Sorted(maps.Keys(seconds)) {
		r.Timeline = append(r.Timeline, secondOf(at, seconds[at]))
	}
	r.Caches = edge(c.all)
	r.Queue = queueOf(c.queued)
	return r
}

// edge is the cache before the app, as its answers say; none where they say nothing.
func edge(all []sent) []CacheLayer {
	l := CacheLayer{Name: "CDN"}
	for _, s := range all {
		switch s.cache {
		case marksHit:
			l.Asked, l.Hits = l.Asked+1, l.Hits+1
		case marksMiss:
			l.Asked++
		}
	}
	if l.Asked == 0 {
		return nil
	}
	return []CacheLayer{l.shared()}
}

func (l CacheLayer) shared() CacheLayer {
	if l.Asked > 0 {
		l.Share = float64(l.Hits) / float64(l.Asked)
	}
	return l
}

func queueOf(all []queued) *Queue {
	if len(all) == 0 {
		return nil
	}
	q := &Queue{Jobs: len(all)}
	var answers, delays open.Durations
	for _, one := range all {
		if one.failed {
			q.Failed++
			continue
		}
		answers, delays = append(answers, one.answer), append(delays, one.delay)
	}
	q.AnswerP50, q.AnswerMax = ms(answers.Percentile(50)), ms(answers.Percentile(100))
	q.DelayP50, q.DelayMax = ms(delays.Percentile(50)), ms(delays.Percentile(100))
	return q
}

// The outcomes of a read through the app's cache.
const (
	outcomeMemory = "memory"
	outcomeRedis  = "redis"
)

// compare adds what the target's own counters have become.
func (r *Result) compare(before, after observed) {
	r.Unobserved = append(before.errs, after.errs...)
	asked, got := 0.0, map[string]float64{}
	for outcome, n := range after.reads {
		got[outcome] = max(n-before.reads[outcome], 0)
		asked += got[outcome]
	}
	if asked > 0 {
		memory, redis := got[outcomeMemory], got[outcomeRedis]
		r.Caches = append(r.Caches,
			CacheLayer{Name: "the app's memory", Asked: int64(asked), Hits: int64(memory)}.shared(),
			CacheLayer{Name: "Redis", Asked: int64(asked - memory), Hits: int64(redis)}.shared(),
			CacheLayer{Name: cacheInAll, Asked: int64(asked), Hits: int64(memory + redis)}.shared())
	}
	r.BusiestProgramPercent = busiest(before, after)
	for _, name := range slices.Sorted(maps.Keys(after.queries)) {
		if was, ok := before.queries[name]; ok && r.Seconds > 0 {
			r.Databases = append(r.Databases, Database{Name: name,
				PerSecond: max(after.queries[name]-was, 0) / after.at.Sub(before.at).Seconds()})
		}
	}
}

// busiest is how busy the busiest program was that ran from the one moment to the other.
func busiest(before, after observed) (percent float64) {
	between := after.at.Sub(before.at).Seconds()
	for at, now := range after.busy {
		was, ran := before.busy[at]
		if took := now.seconds - was.seconds; ran && took >= 0 && between > 0 { // one that took less was started anew
			percent = max(percent, 100*took/between/now.processors)
		}
	}
	return min(percent, 100)
}

// cacheInAll is the layer that is held against the seeds' share.
const cacheInAll = "memory and Redis"

// CacheHitShare is the part of the app's cached reads that its caches answered,
// and whether that was measured.
func (r Result) CacheHitShare() (share float64, ok bool) {
	for _, l := range r.Caches {
		if l.Name == cacheInAll {
			return l.Share, true
		}
	}
	return 0, false
}

package faults

import (
	"slices"
	"time"
)

// Table are the faults.
func Table() []Fault { return slices.Concat(processes(), stores(), caches(), clouds()) }

// processes are the app's own.
func processes() []Fault {
	killWeb := func(w *World) { w.Web[0].kill() }
	killWorker := func(w *World) { w.Workers[0].kill() }
	startWorker := func(w *World) { w.Workers[0].start() }
	return []Fault{
		{Name: "a server for requests is killed", Heals: "started again", Do: killWeb,
			Undo: func(w *World) { w.Web[0].start() }},
		{Name: "one of two workers is killed, jobs in the database", Heals: "the other one takes its jobs",
			On: Setup{Workers: 2}, Do: killWorker},
		{Name: "one of two workers is killed, jobs in SQS", Heals: "the other one takes its jobs",
			On: Setup{Workers: 2, AWS: true}, Do: killWorker},
		{Name: "the only worker is killed", Heals: "started again", Do: killWorker, Undo: startWorker},
		{Name: "who takes events is killed (the search service)", Heals: "started again", On: Setup{Services: true},
			Do: killWorker, Undo: startWorker},
		{Name: "who tells of events is killed (the posts service)", Heals: "started again", On: Setup{Services: true},
			Do: func(w *World) { w.Web[2].kill() }, Undo: func(w *World) { w.Web[2].start() }},
	}
}

// stores are faults of PostgreSQL.
func stores() []Fault {
	kill := func(w *World) { w.must(w.Cluster.Primary.Kill()) }
	return []Fault{
		{Name: "the replica is killed", Heals: "started again",
			Do:   func(w *World) { w.must(w.Cluster.Replicas[0].Kill()) },
			Undo: func(w *World) { w.must(w.Cluster.Replicas[0].Start()) }},
		{Name: "the primary is killed", Heals: "started again", Do: kill,
			Undo: func(w *World) { w.must(w.Cluster.Primary.Start()) }},
		{Name: "the primary is killed for good", Heals: "its synchronous replica is promoted, and its name leads there",
			On: Setup{Synchronous: true}, Do: kill, Undo: promote},
	}
}

// promote makes the replica the primary.
func promote(w *World) {
	replica := w.Cluster.Replicas[0]
	w.must(replica.Exec(w.Context(), "SELECT pg_promote()"))
	w.Primary.lead(replica.Port)
}

// caches are faults of Redis.
func caches() []Fault {
	kill := func(i int) func(*World) { return func(w *World) { w.must(w.Redis[i].Kill()) } }
	start := func(i int) func(*World) { return func(w *World) { w.must(w.Redis[i].Start()) } }
	return []Fault{
		{Name: "Redis is killed", Heals: "started again, empty", Do: kill(0), Undo: start(0)},
		{Name: "Redis over TLS is killed", Heals: "started again, empty", On: Setup{Redis: TLS}, Do: kill(0), Undo: start(0)},
		{Name: "Redis hangs", Heals: "goes on", Do: func(w *World) { w.must(w.Redis[0].Pause()) },
			Undo: func(w *World) { w.must(w.Redis[0].Resume()) }},
		{Name: "Redis is full (noeviction)", Heals: "is given memory", Do: func(w *World) { w.limitRedis("1") },
			Undo: func(w *World) { w.limitRedis("0") }},
		{Name: "a primary of a Redis cluster of three is killed",
			Heals: "its replica takes over, and it comes back as a replica",
			On:    Setup{Redis: Clustered}, Held: 3 * nodeTimeout, Do: kill(1), Undo: start(1)},
	}
}

// clouds are faults of SQS and S3, whose real protocol the lab's servers speak.
func clouds() []Fault {
	fault := func(service string, share float64, delay time.Duration) func(*World) {
		return func(w *World) { w.AWS.fault.Store(&awsFault{service: service, share: share, delay: delay}) }
	}
	well := func(w *World) { w.AWS.fault.Store(nil) }
	on := Setup{AWS: true}
	return []Fault{
		{Name: "SQS refuses half of all calls", Heals: "takes all", On: on, Do: fault(queues, 0.5, 0), Undo: well},
		{Name: "SQS refuses all calls", Heals: "takes all", On: on, Do: fault(queues, 1, 0), Undo: well},
		{Name: "S3 refuses all calls", Heals: "takes all", On: on, Do: fault(buckets, 1, 0), Undo: well},
		{Name: "S3 answers two seconds late", Heals: "in time", On: on, Do: fault(buckets, 0, 2*time.Second), Undo: well},
	}
}

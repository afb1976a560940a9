package advise

// dataRules are about the database and what stands before it.
func dataRules() []Rule {
	return []Rule{{
		ID: "same-queries", Symptom: "the database answers the same queries again and again",
		Any:   [][]Condition{{{Measure: CacheHitPercent, Is: Under, Than: hits}, busyData}},
		Steps: []Step{cacheReads, warmCache, largerCache},
		Climbs: []Rise{{
			On: Stages{To: 1}, To: 2, Tool: "a CDN that keeps answers, and a server with more memory for Redis",
			Why: "the CDN answers before the app is asked, and Redis keeps more",
		}, {
			On: Stages{To: 2}, To: 3, Tool: "a cache on machines of its own",
			Why: "its memory is not the server's, and all servers share it",
		}},
		Blocks: []Block{{
			When: []Condition{{Measure: ReadPercent, Is: Under, Than: writeHeavy}},
			Text: "there are more writes than reads: what is cached is old before it is asked for",
		}},
		Not: []string{
			"data that changes every second, or that only one user asks for, is not worth a cache",
			"where nobody can say when to drop an entry, a cache answers wrongly",
		},
		Beyond:   "the cache is as large as you make it on every stage from 3 on: look at which keys miss",
		SeedCost: "$15–500 a month", Source: toolkit + "2. Caching; " + strategies + "Caching Strategies",
	}, {
		ID: "slow-queries", Symptom: "queries get slower as tables grow",
		Any:   [][]Condition{{slowOnes}},
		Steps: []Step{indexes},
		Blocks: []Block{{
			When: []Condition{{Measure: LargestTableRows, Is: Under, Than: smallTable}},
			Text: "no table has 10,000 rows, and below that a full scan is fast enough: look for locks, and for queries " +
				"in a loop",
		}, {
			When: []Condition{{Measure: ReadPercent, Is: Under, Than: writeHeavy}},
			Text: "there are more writes than reads, and three indexes make an insert three times as slow",
		}},
		Not:      []string{"a column with two values, or an index \"just in case\", costs every write and helps no read"},
		Beyond:   "every stage has indexes: no climb makes one query faster",
		SeedCost: "nothing but slower writes", Source: toolkit + "4. Database Indexing",
	}, {
		ID: "busy-primary", Symptom: "the primary is busy, mostly with reads",
		Any:   [][]Condition{{busyData, {Measure: ReadPercent, Is: AtLeast, Than: readHeavy}}},
		Steps: []Step{indexes, cacheReads, largerServer, moreReplicas, largerDatabase},
		Climbs: []Rise{{
			On: Stages{To: 2}, To: 3, Tool: "a database of its own with read replicas",
			Why: "nine of ten statements go to replicas, and the database no longer shares the server's CPU",
		}, {
			On: Stages{To: 3}, To: 4, Tool: "stores of their own for users and search",
			Why: "their reads leave the one primary",
		}, {
			On: Stages{To: 4}, To: 5, Tool: "shards, and copies in every region",
			Why: "users are spread over several primaries, and reads over regions",
		}, {
			On: Stages{To: 5}, To: 6, Tool: "further shards and regions, and more answers at the edge",
			Why: "more of the reads never reach a database",
		}},
		Not: []string{
			"replicas do not help with writes, and cost as much as the primary",
			"a replica is up to a second behind: what must be read as it was just written is read from the primary",
		},
		Beyond:   noFurtherStep + "add shards (rung:database.shards)",
		SeedCost: "$50–500 a month", Source: toolkit + "5. Read Replicas; " + strategies + "Read Replicas",
	}, {
		ID: "connections", Symptom: "the database runs out of connections",
		Any: [][]Condition{
			{{Measure: DatabaseConnectionsPercent, Is: Over, Than: fourFifths}},
			{{Measure: PoolWaitsPerSecond, Is: Over, Than: waits}},
		},
		Steps: []Step{pool, poolSize, largerServer, largerDatabase, proxy},
		Climbs: []Rise{{
			On: Stages{To: 2}, To: 3, Tool: "a database of its own, with replicas that have connections of their own",
			Why: "reads no longer take the primary's connections",
		}, {
			On: Stages{To: 3}, To: 4, Tool: "a proxy that shares connections, and stores of their own",
			Why: "thousands of clients share a few connections",
		}, {
			On: Stages{To: 4}, To: 5, Tool: "shards", Why: "each has the connections of a whole database",
		}},
		Not:      []string{"a pool is never wrong; more connections than the database has cores for are"},
		Beyond:   "add shards (rung:database.shards), each with connections of its own",
		SeedCost: "nothing", Source: toolkit + "6. Connection Pooling; " + strategies + "Database Connection Pooling",
	}, {
		ID: "large-table", Symptom: "one table, or the writes to one database, are too many",
		Any: [][]Condition{
			{{Measure: LargestTableRows, Is: Over, Than: largeTable}, slowOnes},
			{{Measure: DatabaseWritesPerSecond, Is: Over, Than: busyDisk}},
			{busyData, {Measure: ReadPercent, Is: Under, Than: readHeavy}},
		},
		Steps: []Step{indexes, archive, batches, largerServer, largerDatabase},
		Climbs: []Rise{{
			On: Stages{To: 2}, To: 3, Tool: "a database on a machine of its own",
			Why: "its disk and memory are no longer the app's",
		}, {
			On: Stages{To: 3}, To: 4, Tool: "stores of their own for users, posts and search",
			Why: "the writes are divided by what they are about",
		}, {
			On: Stages{To: 4}, To: 5, Tool: "shards",
			Why: "the users are divided over several databases, each with its rows and writes",
		}, {
			On: Stages{To: 5}, To: 6, Tool: "further shards", Why: "the ladder's last stage has more of them",
		}},
		Not: []string{
			"shards are the last resort: queries across them are slow, and moving rows between them is hard",
			"replicas do not help with writes",
		},
		Beyond:   noFurtherStep + "add shards (rung:database.shards), which take new users",
		SeedCost: "a database for each shard", Source: strategies + "Database Sharding; Batch Processing",
	}}
}

package advise

import "slices"

// Rules is the decision matrix, in the order in which the toolkit has its tools.
func Rules() []Rule { return slices.Concat(userRules(), dataRules(), loadRules()) }

// userRules are about what users wait for.
func userRules() []Rule {
	return []Rule{{
		ID: "far-users", Symptom: "users far from the servers wait for pages",
		Any:   [][]Condition{{{Measure: FarP95Milliseconds, Is: Over, Than: slowPage}}},
		Steps: []Step{cacheHeaders, cdnAnswers},
		Climbs: []Rise{{
			On: Stages{To: 1}, To: 2, Tool: "a CDN",
			Why: "it answers from near the user, 5 ms away instead of 200, and takes the bytes of static files off the server",
		}, {
			On: Stages{To: 4}, To: 5, Tool: "servers and copies of the data in several regions",
			Why:  "what no CDN may keep is answered on the users' own continent",
			When: []Condition{{Measure: FarUsersPercent, Is: AtLeast, Than: halfFar}, {Measure: Users, Is: AtLeast, Than: manyUsers}},
		}, {
			On: Stages{To: 5}, To: 6, Tool: "code at the edge, and further regions",
			Why: "answers that need no server come from the nearest edge",
		}},
		Blocks: []Block{{
			When: []Condition{{Measure: FarUsersPercent, Is: Under, Than: oneArea}},
			Text: "all users are in one area: neither a CDN nor a region brings anything nearer",
		}, {
			On: Stages{To: 1}, When: []Condition{{Measure: DailyUsers, Is: Under, Than: fewUsers}},
			Text: "with under 1,000 users a day a CDN costs more than it brings",
		}},
		Not: []string{"an API without static files gains little from a CDN"},
		Beyond: "the files are cached, and another region helps where half of the requests are far and there are a million " +
			"users; on stage 6 it is a setting (rung:regions)",
		SeedCost: "$0–200 a month",
		Source:   toolkit + "1. CDN; " + strategies + "Stage 5: Multi-Region",
	}, {
		ID: "slow-requests", Symptom: "some requests take seconds, for work that is done while the user waits",
		Any: [][]Condition{
			{{Measure: SlowestRequestSeconds, Is: AtLeast, Than: longTask}},
			{{Measure: QueueLength, Is: Over, Than: jobsWait}},
		},
		Steps: []Step{jobs, batches, workers},
		Climbs: []Rise{{
			On: Stages{To: 2}, To: 3, Tool: "a queue of its own, and workers that come when jobs wait",
			Why:  "jobs no longer take the CPU of the server that answers",
			When: []Condition{{Measure: QueueLength, Is: Over, Than: jobsWait}, busyServer},
		}},
		Not: []string{
			"work that must be done before the answer, or that takes under a second, gains nothing from a queue",
		},
		Beyond:   "the queue is there on every stage: what is slow is the work itself, or too few workers for it",
		SeedCost: "$0–100 a month", Source: toolkit + "7. Message Queues; " + strategies + "Async Processing",
	}}
}

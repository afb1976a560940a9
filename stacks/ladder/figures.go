package ladder

import "time"

// The figures by which the seeds say whether a system does well. They are
// references to hold a measurement against, not promises.
const (
	// P95 and P99 are how long 95 and 99 of 100 requests may take at most
	// (toolkit, "Measure first").
	P95 = 200 * time.Millisecond
	P99 = 500 * time.Millisecond
	// CacheHitRatio is the part of the reads that a cache answers (both seeds:
	// "80 % hits: 20 instead of 100 queries").
	CacheHitRatio = 0.8
	// ReadShare is the part of reads at which replicas pay off (toolkit).
	ReadShare = 0.9
	// QueueAnswer is how long the answer to a request may take whose work goes
	// through the queue (toolkit: "answer in < 100 ms with a job id").
	QueueAnswer = 100 * time.Millisecond
)

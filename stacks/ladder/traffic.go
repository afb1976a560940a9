package ladder

// Traffic is the load on a system, as far as it drives cost. All of it is
// derived from users and peak requests by fixed shares, each of which a user
// may replace. The zero value is a system that nobody uses.
type Traffic struct {
	// Users is the registered population.
	Users int
	// MostUsers is the largest population that the stage is meant for; zero when
	// that is not known.
	MostUsers int
	// PeakRequestsPerSecond is the highest load of a day.
	PeakRequestsPerSecond float64
	// BuiltForRequestsPerSecond is the load that the stage's fleets carry at their
	// largest, whatever the load is; zero means PeakRequestsPerSecond.
	BuiltForRequestsPerSecond float64
	// DailyActiveShare is the part of the users who come on a day, 0 to 1.
	DailyActiveShare float64
	// RequestsPerActiveUserPerDay counts pages, files and API calls together.
	RequestsPerActiveUserPerDay float64
	// BytesPerActiveUserPerDay is what one active user downloads in a day.
	BytesPerActiveUserPerDay float64
	// StaticShare is the part of the requests that ask for files, 0 to 1.
	StaticShare float64
	// StaticByteShare is the part of the bytes that are files, 0 to 1.
	StaticByteShare float64
	// StaticHitRatio is the part of file requests that the CDN answers, 0 to 1.
	StaticHitRatio float64
	// APIHitRatio is the part of the other requests that the CDN answers, 0 to 1.
	APIHitRatio float64
	// ReadShare is the part of the database statements that only read, 0 to 1.
	ReadShare float64
	// CacheHitRatio is the part of the reads that the cache answers, 0 to 1.
	CacheHitRatio float64
	// JobShare is the part of the origin requests that enqueue a job, 0 to 1.
	JobShare float64
	// SecondsPerJob is how long a worker needs for one job.
	SecondsPerJob float64
	// LogBytesPerRequest is what the app writes to its log for a request.
	LogBytesPerRequest float64
	// StoredBytesPerUser is what a user leaves in the database.
	StoredBytesPerUser float64
	// UploadedBytesPerUser is what a user leaves in the bucket of uploads.
	UploadedBytesPerUser float64
}

// HoursPerMonth is the month of every estimate, the convention of AWS's own
// calculator: 365 days × 24 hours / 12.
const HoursPerMonth = 730

// daysPerMonth agrees with HoursPerMonth.
const daysPerMonth = HoursPerMonth / 24.0

// profile is the load of a typical product of the given size. The shares
// that have a source name it; the others are plain assumptions, shown in the
// output as such and open to be replaced.
func profile(users int, peak float64) Traffic {
	return Traffic{
		Users:                       users,
		MostUsers:                   users,
		PeakRequestsPerSecond:       peak,
		BuiltForRequestsPerSecond:   peak,
		DailyActiveShare:            0.2,
		RequestsPerActiveUserPerDay: 100,
		BytesPerActiveUserPerDay:    3_000_000, // toolkit, "Cost comparison" of the CDN
		StaticShare:                 0.7,
		StaticByteShare:             0.9,
		StaticHitRatio:              0.95,
		APIHitRatio:                 0.3,
		ReadShare:                   ReadShare,
		CacheHitRatio:               CacheHitRatio,
		JobShare:                    0.01,
		SecondsPerJob:               5, // strategies: work over 5 s belongs in a queue
		LogBytesPerRequest:          300,
		StoredBytesPerUser:          50_000,
		UploadedBytesPerUser:        500_000,
	}
}

// For returns the profile of a system with the given users and peak load.
// Zero values keep the stage's own figures.
func (s Stage) For(users int, peakRequestsPerSecond float64) Traffic {
	t := s.Traffic
	if users > 0 {
		t.Users = users
	}
	if peakRequestsPerSecond > 0 {
		t.PeakRequestsPerSecond = peakRequestsPerSecond
	}
	return t
}

// AtUsers returns the profile of a system with the given users, whose peak load is as much
// less or more as they are.
func (s Stage) AtUsers(users int) Traffic {
	t := s.Traffic
	t.PeakRequestsPerSecond *= float64(users) / float64(t.Users)
	t.Users = users
	return t
}

// ActiveUsers is the number of users who come on a day.
func (t Traffic) ActiveUsers() float64 { return float64(t.Users) * t.DailyActiveShare }

// RequestsPerMonth is every request that users send.
func (t Traffic) RequestsPerMonth() float64 {
	return t.ActiveUsers() * t.RequestsPerActiveUserPerDay * daysPerMonth
}

// BytesPerMonth is everything that users download.
func (t Traffic) BytesPerMonth() float64 {
	return t.ActiveUsers() * t.BytesPerActiveUserPerDay * daysPerMonth
}

// AverageRequestsPerSecond is the load over day and night.
func (t Traffic) AverageRequestsPerSecond() float64 {
	return t.RequestsPerMonth() / (HoursPerMonth * 3600)
}

// MissRatio is the part of all requests that reach the origin behind a CDN.
func (t Traffic) MissRatio() float64 {
	return t.StaticShare*(1-t.StaticHitRatio) + (1-t.StaticShare)*(1-t.APIHitRatio)
}

// MissByteRatio is the part of all bytes that the origin serves behind a CDN.
func (t Traffic) MissByteRatio() float64 {
	return t.StaticByteShare*(1-t.StaticHitRatio) + (1-t.StaticByteShare)*(1-t.APIHitRatio)
}

// JobsPerMonth is the work that goes through the queue.
func (t Traffic) JobsPerMonth() float64 {
	return t.RequestsPerMonth() * (1 - t.StaticShare) * t.JobShare
}

package main

import (
	"errors"
	"io/fs"

	"github.com/rung-dev/rung/advise"
	"github.com/rung-dev/rung/lab"
	"github.com/rung-dev/rung/lab/load"
	"github.com/rung-dev/rung/operate"
)

// shownInLab is what the lab's last load has shown. A load of the lab's own says nothing of
// how many users there are, how far they are away, and of a whole day's average.
func (a *app) shownInLab() (advise.Measurements, error) {
	l, err := lab.Of(a.flags.dir)
	if err != nil {
		return nil, err
	}
	r, err := l.Measured()
	if errors.Is(err, fs.ErrNotExist) {
		return nil, operate.NotHere{What: "advise from what the lab measured", Because: "no load was measured in it",
			Instead: "`rung lab load` does so; or give --measurements FILE, which `rung advise init` writes to be filled in"}
	}
	if err != nil {
		return nil, err
	}
	a.say("Measured in the lab by %d requests in %.0f s: proportions, since all servers share this machine.", r.Sent,
		r.Seconds)
	return shownBy(r), nil
}

// fewest is how many requests of a kind say something of its slowest: a percentile of
// fewer is chance.
const fewest = 20

// shownBy are the measures that a load shows.
func shownBy(r load.Result) advise.Measurements {
	m := advise.Measurements{advise.PeakRequestsPerSecond: r.Rate}
	for _, k := range r.Kinds {
		if k.Sent >= fewest {
			m[advise.SlowestRequestSeconds] = max(m[advise.SlowestRequestSeconds], k.Latency.P95/1000)
		}
	}
	if r.BusiestProgramPercent > 0 {
		m[advise.ServerCPUPercent] = r.BusiestProgramPercent
	}
	if share, known := r.CacheHitShare(); known {
		m[advise.CacheHitPercent] = 100 * share
	}
	return m
}

// Package releases remembers what was released to a stack: which program, with which
// description, when, by whom and what came of it, so that `rung back` knows where to go
// back to. A journal lies where everybody finds it who works with the stack: in its bucket
// of artifacts on AWS, beside the stack on the offline cloud and in the lab.
//
// The programs themselves lie in the bucket, which keeps them; without one this package
// keeps the last [Kept] of them. What a release command changed in a database no journal
// takes back.
package releases

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// Outcome is what came of a release.
type Outcome string

// The outcomes. Begun is one whose end nobody wrote down.
const (
	Begun    Outcome = "begun"
	Running  Outcome = "running"
	WentBack Outcome = "went back"
	Failed   Outcome = "failed"
)

// Release is one release. Number counts from 1.
type Release struct {
	Number int `json:"number"`
	// SHA256 is that of the program, or of somebody's app as one file.
	SHA256 string `json:"sha256"`
	// App is the description of somebody's app, as rung:app has it; empty for a program.
	App string    `json:"app,omitempty"`
	At  time.Time `json:"at"`
	By  string    `json:"by"`
	// Of is the release that this one goes back to; 0 for a new one.
	Of      int     `json:"of,omitempty"`
	Outcome Outcome `json:"outcome"`
	// Says is why it ended as it did; empty for nothing to say.
	Says string `json:"says,omitempty"`
	// Migrates says that its release command ran, or may have.
	Migrates bool `json:"migrates,omitempty"`
}

// Same reports whether two releases run the same.
func (r Release) Same(o Release) bool { return r.SHA256 == o.SHA256 && r.App == o.App }

// Journal are the releases of a stack, the oldest first. The zero value is that of a stack
// without any.
type Journal struct {
	Version  int       `json:"version"`
	Releases []Release `json:"releases"`
}

// version is that of the format.
const version = 1

// MostReleases is how many are remembered.
const MostReleases = 200

// Store keeps a stack's journal and its programs.
type Store interface {
	// Read is the journal; an empty one where there is none.
	Read(ctx context.Context) (Journal, error)
	// Write puts it in the place of the one before.
	Write(ctx context.Context, j Journal) error
	// Keep keeps the program at a path, where nothing else does.
	Keep(ctx context.Context, sha256, path string) error
	// Fetch is a path with the program, whose hash was checked.
	Fetch(ctx context.Context, sha256 string) (path string, err error)
}

// Current is the release that runs.
func (j Journal) Current() (Release, bool) {
	for _, r := range slices.Backward(j.Releases) {
		if r.Outcome == Running {
			return r, true
		}
	}
	return Release{}, false
}

// Begin adds a release with the next number, and returns it.
func (j *Journal) Begin(r Release) Release {
	r.Number, r.Outcome = 1, Begun
	if n := len(j.Releases); n > 0 {
		r.Number = j.Releases[n-1].Number + 1
	}
	j.Releases = append(j.Releases, r)
	j.Releases = j.Releases[max(0, len(j.Releases)-MostReleases):]
	return r
}

// End writes down what came of a release.
func (j *Journal) End(number int, outcome Outcome, says string) {
	for i := range j.Releases {
		if j.Releases[i].Number == number {
			j.Releases[i].Outcome, j.Releases[i].Says = outcome, says
		}
	}
}

// Back is the release to go back to: the one of that number, or, for 0, the last that ran
// and is not the one that runs now.
func (j Journal) Back(number int) (Release, error) {
	now, runs := j.Current()
	if !runs {
		return Release{}, fmt.Errorf("no release was written down that runs: there is none to go back from")
	}
	for _, r := range slices.Backward(j.Releases) {
		switch {
		case number > 0 && r.Number != number, number == 0 && (r.Outcome != Running || r.Same(now)):
		case r.Same(now):
			return r, fmt.Errorf("release %d runs already", number)
		case r.Outcome != Running:
			return r, fmt.Errorf("release %d never ran: it %s (%s)", r.Number, r.Outcome, r.Says)
		default:
			return r, nil
		}
	}
	if number > 0 {
		return Release{}, fmt.Errorf("there is no release %d: `rung releases` lists them", number)
	}
	return Release{}, fmt.Errorf("there is no release before %d that ran", now.Number)
}

// Migrations are the releases between two whose release commands changed the database
// after the older one, as far as is known: going back undoes none of them.
func (j Journal) Migrations(older, newer Release) (numbers []int) {
	for _, r := range j.Releases {
		if r.Number > older.Number && r.Number <= newer.Number && r.Migrates && r.Of == 0 {
			numbers = append(numbers, r.Number)
		}
	}
	return numbers
}

// parse reads a journal.
func parse(text []byte) (Journal, error) {
	var j Journal
	if err := json.Unmarshal(text, &j); err != nil {
		return j, fmt.Errorf("read the journal of releases: %w; it was left as it is", err)
	}
	if j.Version != version {
		return j, fmt.Errorf("read the journal of releases: it is of version %d, and this rung writes %d", j.Version, version)
	}
	return j, nil
}

// text writes a journal.
func (j Journal) text() ([]byte, error) {
	j.Version = version
	return json.MarshalIndent(j, "", " ")
}

package assets

import (
	"fmt"
	"slices"
)

// Purpose says what a bucket is for; everything else follows from it.
type Purpose string

const (
	// Static holds the versioned files of the app, which a CDN reads.
	Static Purpose = "static"
	// Uploads holds what users leave; nothing else has a copy.
	Uploads Purpose = "uploads"
	// Backups holds dumps; old ones move to cheaper storage.
	Backups Purpose = "backups"
	// Artifacts holds the builds of the app that machines fetch at boot.
	Artifacts Purpose = "artifacts"
	// Logs receives the access logs of load balancers, flow logs and the CDN's.
	Logs Purpose = "logs"
)

// Purposes lists all of them.
func Purposes() []Purpose { return []Purpose{Static, Uploads, Backups, Artifacts, Logs} }

// Transition moves objects to a cheaper class after days.
type Transition struct {
	Days  int
	Class string
}

// Lifecycle is what happens to objects with time. Zero days mean never.
type Lifecycle struct {
	// NoncurrentDays is how long an overwritten or deleted version is kept.
	NoncurrentDays int
	// AbortUploadDays is when the pieces of an unfinished upload go.
	AbortUploadDays int
	// ExpireDays is when an object itself goes.
	ExpireDays int
	// Transitions are in order of days.
	Transitions []Transition
}

// Defaults and bounds of how long objects are kept, in days.
const (
	noncurrentDays    = 30
	abortUploadDays   = 7
	defaultLogDays    = 90
	minLogDays        = 30
	defaultBackupDays = 365
	minBackupDays     = 7
	// infrequentDays is the earliest that S3 moves an object to the
	// infrequent access class; archiveDays is when its minimum stay there
	// (30 days) and some patience are over.
	infrequentDays = 30
	archiveDays    = 90
)

// Versioned is true for buckets of originals. Logs are written once, by
// services that never overwrite.
func (p Purpose) Versioned() bool { return p != Logs }

// expires is true where objects go after a time by themselves.
func (p Purpose) expires() bool { return p == Logs || p == Backups }

// lifecycle is what happens to the bucket's objects; keepDays counts for
// purposes that expire.
func (p Purpose) lifecycle(keepDays int) Lifecycle {
	l := Lifecycle{AbortUploadDays: abortUploadDays}
	if p.Versioned() {
		l.NoncurrentDays = noncurrentDays
	}
	if p.expires() {
		l.ExpireDays = keepDays
	}
	if p == Backups {
		l.Transitions = tiers(keepDays)
	}
	return l
}

// tiers moves dumps to cheaper classes, but only where they stay there for
// longer than the class's minimum charge (30 and 90 days): else moving costs more
// than it saves.
func tiers(keepDays int) []Transition {
	var list []Transition
	if keepDays >= infrequentDays+30 {
		list = append(list, Transition{infrequentDays, "STANDARD_IA"})
	}
	if keepDays >= archiveDays+90 {
		list = append(list, Transition{archiveDays, "GLACIER_IR"})
	}
	return list
}

// keepDays is the default of how long objects are kept.
func (p Purpose) keepDays() int {
	switch p {
	case Logs:
		return defaultLogDays
	case Backups:
		return defaultBackupDays
	}
	return 0
}

// checkKeep reports days that do not fit the purpose.
func (p Purpose) checkKeep(days int) error {
	switch {
	case !p.expires() && days != 0:
		return fmt.Errorf("KeepDays: got %d, but objects of a bucket for %s never expire; leave it zero", days, p)
	case p == Logs && (days < minLogDays || days > defaultBackupDays):
		return fmt.Errorf("KeepDays: got %d, want %d to %d for %s", days, minLogDays, defaultBackupDays, p)
	case p == Backups && days < minBackupDays:
		return fmt.Errorf("KeepDays: got %d, want at least %d for %s", days, minBackupDays, p)
	}
	return nil
}

// known reports whether p is one of Purposes.
func (p Purpose) known() bool { return slices.Contains(Purposes(), p) }

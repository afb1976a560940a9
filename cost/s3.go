package cost

import (
	"strconv"

	"github.com/shopspring/decimal"

	"github.com/rung-dev/rung/resource/token"
)

// staticGB is what a bucket of files, programs or unknown things is taken to
// hold: little, but not nothing.
var staticGB = one

// dumps is how many nightly dumps a bucket of backups keeps, compressed to
// about a quarter each.
var dumps, dumpShare = num(30), decimal.New(25, -2)

// accessLogBytes is the length of one line of an access log.
const accessLogBytes = 500

// priceBucket prices what a bucket stores and how often it is read, by its role.
func priceBucket(s *sheet) {
	if !s.load.known {
		s.usage("S3 is paid per GB and request; " + noTraffic)
		return
	}
	gb, basis, note := s.stored()
	s.bill(charge{item: "storage", service: S3, sku: "Standard storage, first 50 TB", count: gb, basis: basis, note: note})
	if s.facts.files.in[s.r] && !s.load.fileRequests.isZero() {
		s.bill(charge{
			item: "reads by the CDN", service: S3, sku: "GET/SELECT and other requests (Tier2)",
			count: s.part(s.load.fileRequests, s.facts.files), basis: Derived, note: "files that the CDN does not hold",
		})
	}
}

// role is what a bucket is for.
type role int

const (
	unknownRole role = iota
	backupRole
	logRole
	uploadRole
	fileRole
	artifactRole
)

// roleWords are the words by which people name buckets.
var roleWords = map[role][]string{
	backupRole:   {"backup", "backups", "dump", "dumps"},
	logRole:      {"log", "logs"},
	uploadRole:   {"upload", "uploads", "media"},
	fileRole:     {"static", "asset", "assets", "site", "files"},
	artifactRole: {"artifact", "artifacts", "release", "releases"},
}

// bucketRole reads the role from a tag called purpose, else from the name,
// else from the component.
func bucketRole(r *Resource) role {
	sources := []string{"", r.Name, r.Component}
	for key := range props(r.Props).object("tags") {
		if hasWord(key, "purpose") {
			sources[0] = props(r.Props).object("tags").str(key)
		}
	}
	for _, text := range sources {
		for _, role := range []role{backupRole, logRole, uploadRole, artifactRole, fileRole} {
			if hasWord(text, roleWords[role]...) {
				return role
			}
		}
	}
	return unknownRole
}

// stored is how much a bucket holds.
func (s *sheet) stored() (span, Basis, string) {
	t := s.opts.Traffic
	users := float64(t.Users)
	switch bucketRole(s.r) {
	case backupRole:
		dump := inGB(users * t.StoredBytesPerUser).Mul(dumpShare)
		return s.ranged(dump.Mul(dumps)), Assumed, "30 nightly dumps of what users store, compressed to a quarter"
	case logRole:
		return s.logged().times(num(accessLogBytes)).shift(gbZeros), Assumed, "a month of access logs, 500 bytes a request"
	case uploadRole:
		all := s.ranged(inGB(users * t.UploadedBytesPerUser))
		if len(s.byType[token.S3BucketReplicationConfig]) > 0 {
			return all, Derived, "what users upload; each copy holds all of it"
		}
		return s.part(all, s.bucketsFor(uploadRole)), Derived, "what users upload"
	case fileRole, artifactRole:
		return guessed(staticGB), Assumed, "files and releases of the product, taken as 1 GB"
	}
	return guessed(staticGB), Assumed, "its role is not known; taken as 1 GB"
}

// bucketsFor are the buckets of a role.
func (s *sheet) bucketsFor(want role) *sharers {
	return s.sharersWhere(token.S3Bucket, strconv.Itoa(int(want)), func(r *Resource) bool { return bucketRole(r) == want })
}

// logged is how many requests the logs of a bucket hold: those that its cell
// answered, and where the CDN logs too, at home, those of all users.
func (s *sheet) logged() span {
	buckets := s.bucketsFor(logRole)
	if s.load.cdn != viaCloudFront {
		return s.part(s.load.appRequests, buckets)
	}
	atHome := s.sharersWhere(token.S3Bucket, "logs at home",
		func(r *Resource) bool { return buckets.in[r] && s.regionOf(r) == s.opts.Region })
	if len(atHome.in) == 0 {
		atHome = buckets
	}
	answered := s.part(s.load.appRequests, buckets)
	if len(s.byType[token.LBLoadBalancer]) == 0 {
		answered = exactly(zero)
	}
	return answered.plus(s.part(s.load.requests, atHome))
}

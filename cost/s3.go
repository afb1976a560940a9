package cost

import "github.com/shopspring/decimal"

// staticGB is what a bucket of files, programs or unknown things is taken to
// hold: little, but not nothing.
var staticGB = one

// dumps is how many nightly dumps a bucket of backups keeps, compressed to
// about a quarter each.
var dumps, dumpShare = num(30), decimal.New(25, -2)

// accessLogBytes is the length of one line of an access log.
const accessLogBytes = 500

// priceBucket prices what a bucket stores and how often it is read, by the
// role that its name tells.
func priceBucket(s *sheet) {
	if !s.load.known {
		s.usage("S3 is paid per GB and request; " + noTraffic)
		return
	}
	gb, basis, note := s.stored()
	s.bill(charge{item: "storage", service: S3, sku: "Standard storage, first 50 TB", count: gb, basis: basis, note: note})
	if s.facts.files[s.r] && !s.load.fileRequests.isZero() {
		s.bill(charge{
			item: "reads by the CDN", service: S3, sku: "GET/SELECT and other requests (Tier2)",
			count: split(s.load.fileRequests, len(s.facts.files)), basis: Derived, note: "files that the CDN does not hold",
		})
	}
}

// stored is how much a bucket holds.
func (s *sheet) stored() (span, Basis, string) {
	t := s.opts.Traffic
	users := float64(t.Users)
	name := s.r.Name + " " + s.r.Component
	switch {
	case hasWord(name, "backup", "backups", "dump", "dumps"):
		one := inGB(users * t.StoredBytesPerUser).Mul(dumpShare)
		return ranged(one.Mul(dumps)), Assumed, "30 nightly dumps of what users store, compressed to a quarter"
	case hasWord(name, "log", "logs"):
		return s.load.requests.times(num(accessLogBytes)).shift(gbZeros), Assumed, "a month of access logs, 500 bytes a request"
	case hasWord(name, "upload", "uploads", "media"):
		return ranged(inGB(users * t.UploadedBytesPerUser)), Derived, "what users upload"
	}
	return ranged(staticGB), Assumed, "files of the product, taken as 1 GB"
}

package cost

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/rung-dev/rung/resource/token"
)

// newUploads is the part of all uploads that a month brings: they gather in a
// year. A guess, and shown as an assumption.
var newUploads = one.Div(num(12)).Round(9)

// walBytesPerWrite is what a write adds to PostgreSQL's log: a page, which is
// written whole when it changes for the first time after a checkpoint. Most
// writes add less; shown as an assumption.
const walBytesPerWrite = 8_192

// replicated is how much one database of n writes in a month that its copies
// must learn.
func (st *stack) replicated(n int) span {
	writes := st.load.appRequests.times(dec(1 - st.opts.Traffic.ReadShare))
	return split(writes.times(num(walBytesPerWrite)).shift(gbZeros), n)
}

// copyTransfer bills what a copy of a database in another region is sent.
func (s *sheet) copyTransfer(db database) {
	if db.source == nil {
		return
	}
	if from := cmp.Or(db.source.Region, s.opts.Region); from != s.region {
		s.transferFrom(from, len(s.facts.primaries))
	}
}

// transferFrom bills what one of n databases writes and its copy is sent. AWS
// bills it to the source's region; it stands with the copy, which causes it.
func (s *sheet) transferFrom(from string, n int) {
	if !s.load.known {
		s.usageItem("data from "+from, noTraffic)
		return
	}
	s.bill(charge{
		item: "data from " + from, service: DataTransfer, sku: transferSKU(from, s.region), region: from,
		count: s.replicated(n), basis: Assumed, note: "what is written, a page of 8 kB each",
	})
}

// namesake is the one of all whose component's name begins the copy's, the
// longest of them: that of "database-shard-2" for "database-shard-2-euw1".
func namesake(r *Resource, all []*Resource) *Resource {
	var best *Resource
	for _, p := range all {
		if strings.HasPrefix(r.Component, p.Component+"-") && (best == nil || len(p.Component) > len(best.Component)) {
			best = p
		}
	}
	return best
}

// priceBackupCopy prices a database's backups in another region: what is kept,
// taken as what users store, and what is sent. Where databases of that region
// leave some of their own free backup storage unused, less is paid.
func priceBackupCopy(s *sheet) {
	if !s.load.known {
		s.usage("paid per GB of backup copied and kept; " + noTraffic)
		return
	}
	n := len(s.facts.primaries)
	gb := s.ranged(inGB(float64(s.opts.Traffic.Users) * s.opts.Traffic.StoredBytesPerUser))
	s.bill(charge{item: "backup storage", service: RDS, sku: "additional backup storage", count: split(gb, n),
		basis: Assumed, note: "one full backup of what users store"})
	_, identifier, _ := strings.Cut(s.props.str("sourceDbInstanceArn"), ":db:")
	from, _ := s.target(s.r, "sourceDbInstanceArn", token.RDSInstance, identifier)
	if from != nil && cmp.Or(from.Region, s.opts.Region) != s.region {
		s.transferFrom(cmp.Or(from.Region, s.opts.Region), n)
	}
}

// priceReplication prices what a bucket sends to those of other regions. Each
// of them is sent what users upload here; what it stores is priced there.
func priceReplication(s *sheet) {
	if !s.load.known {
		s.usage("data between regions is paid per GB; " + noTraffic)
		return
	}
	t, buckets := s.opts.Traffic, s.byType[token.S3BucketReplicationConfig]
	uploaded := s.ranged(inGB(float64(t.Users) * t.UploadedBytesPerUser)).times(newUploads)
	gb := s.part(uploaded, s.sharers(token.S3BucketReplicationConfig))
	for _, to := range s.otherRegions(buckets) {
		s.bill(charge{
			item: "data to " + to, service: DataTransfer, sku: transferSKU(s.region, to), count: gb, basis: Assumed,
			note: "a twelfth of all uploads is new each month; this region's part of it",
		})
	}
	s.usageItem("PUT requests", "paid per object; the traffic profile does not tell how many there are")
}

// otherRegions are the regions of resources but the sheet's own, each once, in order.
func (s *sheet) otherRegions(all []*Resource) []string {
	seen := map[string]bool{}
	for _, r := range all {
		if region := cmp.Or(r.Region, s.opts.Region); region != s.region {
			seen[region] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

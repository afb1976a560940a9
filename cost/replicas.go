package cost

import "cmp"

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

// copyTransfer bills what a copy in another region is sent. RDS bills it to
// the source's region; it stands with the copy, which causes it.
func (s *sheet) copyTransfer(db database) {
	if db.source == nil {
		return
	}
	from := cmp.Or(db.source.Region, s.opts.Region)
	if from == s.region {
		return
	}
	if !s.load.known {
		s.usageItem("data from "+from, noTraffic)
		return
	}
	s.bill(charge{
		item: "data from " + from, service: DataTransfer, sku: transferSKU(from, s.region), region: from,
		count: s.replicated(len(s.facts.primaries)), basis: Assumed, note: "what is written, a page of 8 kB each",
	})
}

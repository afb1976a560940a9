package cost

import (
	"github.com/shopspring/decimal"

	"github.com/rung-dev/rung/resource/token"
)

// bytesPerWrite is what a write and its answer weigh on the wire: a guess, a row
// of some hundred bytes with its protocol, and shown as an assumption.
const bytesPerWrite = 2_000

// crossing is what crosses between regions in a month: writes go to one region
// from all of them, reads stay where they are.
func (st *stack) crossing() span {
	regions := map[string]bool{}
	for _, r := range st.byType[token.EC2Vpc] {
		regions[r.Region] = true
	}
	if n := len(regions); n > 1 {
		writes := dec(1 - st.opts.Traffic.ReadShare)
		return st.load.appRequests.times(st.away(n)).times(writes).times(num(bytesPerWrite)).shift(gbZeros)
	}
	return span{}
}

// away is the part of the writes that comes from other regions than that of the
// databases, of n; where none is known, as if each sent as much.
func (st *stack) away(n int) decimal.Decimal {
	if len(st.facts.primaries) > 0 {
		if here, cell := st.cells[st.regionOf(st.facts.primaries[0])]; cell {
			return one.Sub(here).Round(9)
		}
	}
	return num(n - 1).Div(num(n)).Round(9)
}

// pricePeering prices what a peering of VPCs carries; itself it costs nothing.
func pricePeering(s *sheet) {
	peer := s.props.str("peerRegion")
	switch {
	case peer == "" || peer == s.region:
		s.free("peering costs nothing; data between zones does")
		return
	case !s.load.known:
		s.usage("data between regions is paid per GB; " + noTraffic)
		return
	}
	s.between(peer, len(s.byType[token.EC2VpcPeeringConnection]))
}

// between bills one of n joints' share of what crosses from region to region.
func (s *sheet) between(peer string, n int) {
	if !s.load.known {
		s.usageItem("data between regions", noTraffic)
		return
	}
	s.bill(charge{
		item: "data between regions", service: DataTransfer, sku: transferSKU(s.region, peer), count: split(s.crossing(), n), basis: Assumed,
		note: "writes of the other regions, 2 kB each",
	})
}

// transferSKU is the price list's wording: it names destinations only for the
// region that it holds most fully.
func transferSKU(from, to string) string {
	if from == HomeRegion {
		return "inter-region to " + to
	}
	return "inter-region (default destination)"
}

// priceHubVPC prices a network's place at a transit gateway, and what goes in there.
func priceHubVPC(s *sheet) {
	s.attachment()
	if !s.load.known {
		s.usageItem("data processed", noTraffic)
		return
	}
	s.bill(charge{
		item: "data processed", service: TransitGateway, sku: "data processed", count: split(s.crossing(), len(s.byType[token.EC2TransitGatewayVpcAttachment])), basis: Assumed,
		note: "writes of the other regions, 2 kB each",
	})
}

// priceHubPeer prices one side of a peering of transit gateways. Each side pays
// by the hour, and the one that asked stands for what crosses.
func priceHubPeer(s *sheet) {
	s.attachment()
	s.between(s.props.str("peerRegion"), len(s.byType[token.EC2TransitGatewayPeeringAttachment]))
}

func priceHubAccepter(s *sheet) { s.attachment() }

func (s *sheet) attachment() {
	s.hours("attachment hours", TransitGateway, "attachment", decimal.NewFromInt(1), Declared, "")
}

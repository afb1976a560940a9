package cost

import (
	"fmt"
	"strings"
)

// priceFileSystem prices an EFS file system: only provisioned throughput is known
// beforehand.
func priceFileSystem(s *sheet) {
	if s.props.str("throughputMode") == "provisioned" {
		flow, _ := s.props.num("provisionedThroughputInMibps")
		if flow.IsPositive() {
			s.monthly("provisioned throughput", EFS, "provisioned throughput", flow)
		}
	}
	if len(s.lines) > 0 {
		s.besides("storage")
		return
	}
	s.usage("EFS is paid per GB stored, which no property tells")
}

// priceWindowsFiles prices a file server of FSx: throughput and disks.
func priceWindowsFiles(s *sheet) {
	zones := "Single-AZ"
	if strings.HasPrefix(s.props.str("deploymentType"), "MULTI_AZ") {
		zones = "Multi-AZ"
	}
	kind := s.props.str("storageType")
	if kind == "" {
		kind = "SSD"
	}
	if flow, ok := s.props.num("throughputCapacity"); ok {
		s.monthly("throughput capacity", FSx, "Windows "+zones+" throughput", flow)
	}
	if gb, ok := s.props.num("storageCapacity"); ok {
		s.monthly("storage, "+kind, FSx, fmt.Sprintf("Windows %s %s storage", zones, kind), gb)
	}
	s.besides("backups")
}

// priceLustre prices a file system of FSx for Lustre by the GB of its disks, whose price
// goes by the throughput that each TB of them has.
func priceLustre(s *sheet) {
	s.besides("backups")
	gb, ok := s.props.num("storageCapacity")
	if !ok {
		s.unpriced("storage", s.props.notKnown("storageCapacity"))
		return
	}
	kind, ok := lustreKind(s.props)
	if !ok {
		s.unpriced("storage", s.props.notKnown("perUnitStorageThroughput"))
		return
	}
	s.monthly("storage, "+strings.ReplaceAll(kind, "-", " "), FSx, "Lustre "+kind+" storage", gb)
	if iops, ok := s.props.object("metadataConfiguration").num("iops"); ok && iops.IsPositive() {
		s.unpriced("metadata operations", "paid by the IOPS and month, at a price that the catalogue does not hold")
	}
}

// lustreKind is what the price of a Lustre file system's storage goes by, as the
// catalogue words it; false where its throughput is not known.
func lustreKind(p props) (string, bool) {
	generation := p.str("deploymentType")
	if generation == "" || strings.HasPrefix(generation, "SCRATCH") {
		return "SCRATCH", true // the provider's default is the first of them
	}
	disk := p.str("storageType")
	if disk == "" {
		disk = "SSD"
	}
	flow, ok := p.num("perUnitStorageThroughput")
	if !ok {
		return "", false
	}
	kind := fmt.Sprintf("%s-%s-%s", generation, disk, flow)
	if p.str("driveCacheType") == "READ" {
		kind += "-READ"
	}
	return kind, true
}

// priceFileTransfer prices the protocols of a server of the Transfer Family.
func priceFileTransfer(s *sheet) {
	protocols := s.props.list("protocols")
	if len(protocols) == 0 {
		protocols = []any{"SFTP"} // the provider's default
	}
	s.hours("protocol hours", Transfer, "protocol hour", num(len(protocols)), basisOf(s.props.has("protocols")), "")
	s.besides("data uploaded and downloaded")
}

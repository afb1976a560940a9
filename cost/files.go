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

// priceFileTransfer prices the protocols of a server of the Transfer Family.
func priceFileTransfer(s *sheet) {
	protocols := s.props.list("protocols")
	if len(protocols) == 0 {
		protocols = []any{"SFTP"} // the provider's default
	}
	s.hours("protocol hours", Transfer, "protocol hour", num(len(protocols)), basisOf(s.props.has("protocols")), "")
	s.besides("data uploaded and downloaded")
}

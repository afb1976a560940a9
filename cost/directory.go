package cost

import (
	"github.com/shopspring/decimal"
)

// directoryNodes is how many controllers every directory has.
const directoryNodes = 2

// priceDirectory prices a directory by kind and size.
func priceDirectory(s *sheet) {
	kind, size := s.props.str("type"), s.props.str("size")
	switch kind {
	case "", "SimpleAD":
		kind = "SimpleAD"
	case "MicrosoftAD":
		size = s.props.str("edition")
		if size == "" {
			size = "Enterprise" // AWS's default
		}
	}
	if size == "" {
		size = "Small"
	}
	n := decimal.Max(s.props.numOr("desiredNumberOfDomainControllers", directoryNodes), num(directoryNodes))
	s.hours("domain controller hours", DirectoryService, kind+" "+size+" controller", n, Declared, "")
}

// priceAuthority prices a private certificate authority by what it issues.
func priceAuthority(s *sheet) {
	sku := "authority"
	if s.props.str("usageMode") == "SHORT_LIVED_CERTIFICATE" {
		sku = "short-lived authority"
	}
	s.monthly("certificate authority", PrivateCA, sku, one)
	s.besides("certificates")
}

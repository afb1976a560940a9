package cost

// priceSecret prices a secret and its copies in other regions, each of which
// AWS bills as a secret; reading it is not counted, because servers read it
// when they start.
func priceSecret(s *sheet) {
	s.monthly("secret", SecretsManager, "secret", one)
	for _, r := range s.props.objects("replicas") {
		region := r.str("region")
		s.bill(charge{item: "copy in " + region, service: SecretsManager, sku: "secret", region: region, count: exactly(one),
			basis: Declared})
	}
}

// priceKey prices a key of one's own; requests are not counted.
func priceKey(s *sheet) { s.monthly("key", KMS, "customer managed key", one) }

// priceParameter prices an SSM parameter: only advanced ones cost anything.
func priceParameter(s *sheet) {
	if s.props.str("tier") != "Advanced" {
		s.free("standard parameters cost nothing")
		return
	}
	s.monthly("advanced parameter", SSM, "advanced parameter storage", one)
}

// priceUserPool says from which user on a pool of Cognito costs something, which goes by
// its tier.
func priceUserPool(s *sheet) {
	switch guarded := s.props.object("userPoolAddOns").str("advancedSecurityMode"); {
	case s.props.str("userPoolTier") == "PLUS":
		s.usage("the tier Plus is paid from the first active user of a month on")
	case guarded == "AUDIT" || guarded == "ENFORCED":
		s.usage("threat protection is paid from the first active user of a month on")
	default:
		s.usage("the first 10,000 users of a month cost nothing")
	}
}

// priceCertificate tells apart the certificates that cost something: what may be taken
// out of AWS is paid as it is issued, and a private one to its authority.
func priceCertificate(s *sheet) {
	switch {
	case s.props.mentions("certificateAuthorityArn"):
		s.usage("a private certificate is paid as its authority issues it")
	case s.props.object("options").str("export") == "ENABLED":
		s.unpriced("", "a public certificate that may be exported is paid for each of its names as it is issued and "+
			"renewed, at a price that the catalogue does not hold")
	default:
		s.free("public certificates cost nothing")
	}
}

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

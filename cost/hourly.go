package cost

// hourly is the model of what costs by the hour and does not differ otherwise; more
// of it is paid by use, which is said.
func hourly(item string, service Service, sku, besides string) pricer {
	return func(s *sheet) {
		s.hours(item, service, sku, one, Declared, "")
		s.besides(besides)
	}
}

// besides says what else of a priced resource is paid by use; empty is nothing.
func (s *sheet) besides(what string) {
	if what != "" {
		s.usageItem(what, "the traffic profile does not tell how much there is")
	}
}

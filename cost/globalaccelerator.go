package cost

// priceAccelerator prices a Global Accelerator and what it carries.
func priceAccelerator(s *sheet) {
	s.bill(charge{item: "accelerator hours", service: GlobalAccelerator, sku: "accelerator", region: Global,
		count: exactly(hoursPerMonth), basis: Declared})
	if s.load.known {
		s.bill(charge{
			item: "premium data transfer", service: GlobalAccelerator, sku: "DT-Premium, US/Europe clients to us-east-1 (dominant direction)",
			count: s.load.appGB, basis: Derived, note: "as for clients in the US and Europe",
		})
	}
}

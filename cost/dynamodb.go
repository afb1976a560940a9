package cost

// priceTable prices provisioned capacity of a DynamoDB table; on-demand tables
// are paid by use.
func priceTable(s *sheet) {
	if s.props.str("billingMode") == "PAY_PER_REQUEST" {
		s.usage("an on-demand table is paid per request and GB")
		return
	}
	read, write := s.props.numOr("readCapacity", 0), s.props.numOr("writeCapacity", 0)
	if read.IsZero() && write.IsZero() {
		s.usage("its capacity is not known; paid per unit and GB")
		return
	}
	s.hours("read capacity", DynamoDB, "provisioned RCU", read, Declared, "")
	s.hours("write capacity", DynamoDB, "provisioned WCU", write, Declared, "without storage beyond 25 GB")
}

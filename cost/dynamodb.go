package cost

import (
	"cmp"

	"github.com/shopspring/decimal"

	"github.com/rung-dev/rung/resource/token"
)

// priceTable prices provisioned capacity of a DynamoDB table, of its indexes and of
// its copies in other regions; on-demand tables are paid by use.
func priceTable(s *sheet) {
	if s.props.str("billingMode") == "PAY_PER_REQUEST" {
		s.usage("an on-demand table is paid per request and GB")
		return
	}
	read, write := s.capacityOf(s.props, "table", "")
	if read.IsZero() && write.IsZero() {
		s.usage("its capacity is not known; paid per unit and GB")
		return
	}
	if class := s.props.str("tableClass"); class == "STANDARD_INFREQUENT_ACCESS" {
		s.unpriced("", "a table of infrequent access has prices of its own, which the catalogue does not hold")
		return
	}
	s.hours("read capacity", DynamoDB, "provisioned RCU", read, Declared, "")
	s.hours("write capacity", DynamoDB, "provisioned WCU", write, Declared, "without storage beyond 25 GB")
	for _, index := range s.props.objects("globalSecondaryIndexes") {
		r, w := s.capacityOf(index, "index", "/index/"+index.str("name"))
		s.hours("read capacity of index "+index.str("name"), DynamoDB, "provisioned RCU", r, Declared, "")
		s.hours("write capacity of index "+index.str("name"), DynamoDB, "provisioned WCU", w, Declared, "")
		read, write = read.Add(r), write.Add(w)
	}
	for _, copied := range s.props.objects("replicas") {
		s.tableCopy(copied.str("regionName"), read, write)
	}
	if s.props.object("pointInTimeRecovery").flag("enabled") {
		s.usageItem("point-in-time recovery", "paid per GB that the table holds")
	}
}

// capacityOf is the capacity of a table or of an index, by what a policy keeps at least: what
// is declared is only what it begins with.
func (s *sheet) capacityOf(p props, kind, suffix string) (read, write decimal.Decimal) {
	id := "table/" + cmp.Or(s.props.str("name"), s.props.str("id")) + suffix
	least := func(declared, dimension string) decimal.Decimal {
		n := p.numOr(declared, 0)
		for _, t := range s.byType[token.AppAutoScalingTarget] {
			q := props(t.Props)
			if q.str("resourceId") == id && q.str("scalableDimension") == "dynamodb:"+kind+":"+dimension {
				n = decimal.Max(n, q.numOr("minCapacity", 0))
			}
		}
		return n
	}
	return least("readCapacity", "ReadCapacityUnits"), least("writeCapacity", "WriteCapacityUnits")
}

// tableCopy bills a copy of a table in another region, which has the capacity of
// the table and takes in each of its writes.
func (s *sheet) tableCopy(region string, read, write decimal.Decimal) {
	if region == "" {
		s.unpriced("copy", "its region is not known before the deployment")
		return
	}
	s.bill(charge{item: "replicated writes in " + region, service: DynamoDB, sku: "replicated WCU", region: region,
		count: exactly(write.Mul(hoursPerMonth)), basis: Declared})
	s.bill(charge{item: "read capacity in " + region, service: DynamoDB, sku: "provisioned RCU", region: region,
		count: exactly(read.Mul(hoursPerMonth)), basis: Declared})
}

// priceTableReplica prices a copy of a table that is a resource of its own, in the region
// where it stands.
func priceTableReplica(s *sheet) {
	table, _ := s.target(s.r, "globalTableArn", token.DynamoDBTable)
	if table == nil || props(table.Props).str("billingMode") == "PAY_PER_REQUEST" {
		s.usage("replicated writes are paid by use, or as provisioned at the table")
		return
	}
	s.props = table.Props
	read, write := s.capacityOf(s.props, "table", "")
	for _, index := range s.props.objects("globalSecondaryIndexes") {
		r, w := s.capacityOf(index, "index", "/index/"+index.str("name"))
		read, write = read.Add(r), write.Add(w)
	}
	s.tableCopy(s.region, read, write)
}

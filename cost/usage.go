package cost

import (
	"cmp"
	"maps"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/rung-dev/rung/resource"
	"github.com/rung-dev/rung/resource/token"
)

// Usage is what somebody says is used in a month, where no property tells. The zero
// value says nothing.
type Usage struct {
	// Users and Peak are those of the whole system: registered users, and requests
	// per second at the busiest; zero leaves them as they are.
	Users int
	Peak  float64
	// Resources are the quantities by the key of [UsageOf], for whatever the name says:
	// a resource's URN, its logical name, or a type, for all of that type.
	Resources map[string]map[string]decimal.Decimal

	// foreign is true for a file of another tool, which may speak of more.
	foreign bool
}

// Metered is one thing of a type that is paid by use.
type Metered struct {
	// Key is what a file of usage calls it, with its unit at the end.
	Key string
	// Item is the line of the bill.
	Item string

	service Service
	sku     string
	region  string
	// only limits it to some resources of the type; nil is all.
	only func(p props) bool
}

// Priced is the price of the thing in the catalogue, without a region.
func (m Metered) Priced() Key { return Key{Service: m.service, SKU: m.sku} }

func networkBalancer(p props) bool { return p.str("loadBalancerType") == "network" }
func appBalancer(p props) bool {
	return p.str("loadBalancerType") == "" || p.str("loadBalancerType") == "application"
}
func fifo(p props) bool     { return p.flag("fifoQueue") }
func standard(p props) bool { return !p.flag("fifoQueue") }
func perRequest(p props) bool {
	return p.str("billingMode") == "PAY_PER_REQUEST"
}

const toInternet = "internet egress, first 10 TB/month (after free 100 GB/month)"

// metered are the things that are paid by use, per type.
var metered = map[string][]Metered{
	token.S3Bucket: {
		{Key: "storage_gb", Item: "storage", service: S3, sku: "Standard storage, first 50 TB"},
		{Key: "put_requests", Item: "writes", service: S3, sku: "PUT/COPY/POST/LIST requests (Tier1)"},
		{Key: "get_requests", Item: "reads", service: S3, sku: "GET/SELECT and other requests (Tier2)"},
	},
	token.SQSQueue: {
		{Key: "requests", Item: "requests", service: SQS, sku: "standard requests", only: standard},
		{Key: "requests", Item: "requests", service: SQS, sku: "FIFO requests", only: fifo},
	},
	token.SNSTopic:           {{Key: "requests", Item: "events published", service: SNS, sku: "API requests over 1M"}},
	token.CloudWatchEventBus: {{Key: "events", Item: "custom events", service: EventBridge, sku: "custom events"}},
	token.LambdaFunction: {
		{Key: "requests", Item: "requests", service: Lambda, sku: "requests"},
		{Key: "gb_seconds", Item: "duration", service: Lambda, sku: "x86 duration, first 6 billion GB-s/month", only: onX86},
		{Key: "gb_seconds", Item: "duration", service: Lambda, sku: "Arm duration, first 7.5 billion GB-s/month", only: onArm},
	},
	token.APIGatewayV2Api:   {{Key: "requests", Item: "API requests, first 300 million", service: APIGateway, sku: "HTTP API requests, first 300M"}},
	token.APIGatewayRestApi: {{Key: "requests", Item: "API requests, first 333 million", service: APIGateway, sku: "REST API requests, first 333M"}},
	token.DynamoDBTable: {
		{Key: "write_request_units", Item: "write requests", service: DynamoDB, sku: "on-demand write request units", only: perRequest},
		{Key: "read_request_units", Item: "read requests", service: DynamoDB, sku: "on-demand read request units", only: perRequest},
		{Key: "storage_gb", Item: "storage", service: DynamoDB, sku: "storage over 25 GB"},
	},
	token.RDSCluster: {
		{Key: "storage_gb", Item: "storage", service: Aurora, sku: "storage (Standard)"},
		{Key: "io_requests", Item: "I/O requests", service: Aurora, sku: "I/O requests (Standard)"},
	},
	token.CloudWatchLogGroup: {
		{Key: "ingested_gb", Item: "logs taken in", service: CloudWatch, sku: "Logs ingestion (Standard class)"},
		{Key: "storage_gb", Item: "logs kept", service: CloudWatch, sku: "Logs storage (archived)"},
	},
	token.EC2FlowLog: {{Key: "delivered_gb", Item: "flow logs delivered, first 10 TB", service: CloudWatch, sku: deliveryTiers[0].sku,
		only: toBucket}},
	token.ECRRepository: {{Key: "storage_gb", Item: "storage", service: ECR, sku: "private storage"}},
	token.EFSFileSystem: {{Key: "storage_gb", Item: "storage", service: EFS, sku: "Standard storage"}},
	token.EC2NatGateway: {{Key: "data_gb", Item: "data through the NAT gateway", service: NATGateway, sku: "data processed"}},
	token.EC2VpcEndpoint: {{Key: "data_gb", Item: "data through the endpoint", service: VPCEndpoint, sku: "interface endpoint data, first 1 PB",
		only: func(p props) bool { return p.str("vpcEndpointType") == "Interface" }}},
	token.EC2Instance:      {{Key: "egress_gb", Item: "data to the internet", service: DataTransfer, sku: toInternet}},
	token.AutoScalingGroup: {{Key: "egress_gb", Item: "data to the internet", service: DataTransfer, sku: toInternet}},
	token.LBLoadBalancer: {
		{Key: "lcu_hours", Item: "capacity units", service: ALB, sku: "LCU", only: appBalancer},
		{Key: "lcu_hours", Item: "capacity units", service: NLB, sku: "NLCU", only: networkBalancer},
		{Key: "egress_gb", Item: "data to the internet", service: DataTransfer, sku: toInternet},
	},
	token.CloudFrontDistribution: {
		{Key: "data_gb", Item: "data to viewers, US, Mexico, Canada, first 10 TB", service: CloudFront,
			sku: "data out to internet, US, Mexico, Canada, first 10 TB", region: edgePrefix + "US, Mexico, Canada"},
		{Key: "requests", Item: "HTTPS requests, US, Mexico, Canada", service: CloudFront, sku: "HTTPS requests, US, Mexico, Canada",
			region: edgePrefix + "US, Mexico, Canada"},
		{Key: "encrypted_requests", Item: "requests whose fields are encrypted", service: CloudFront,
			sku: "field-level encryption requests", region: Global, only: encryptsFields},
	},
	token.Route53Zone:          {{Key: "queries", Item: "DNS queries, first billion", service: Route53, sku: "standard queries, first 1B", region: Global}},
	token.WAFv2WebAcl:          {{Key: "requests", Item: "requests looked at", service: WAF, sku: "requests"}},
	token.KMSKey:               {{Key: "requests", Item: "requests", service: KMS, sku: "symmetric requests"}},
	token.SecretsManagerSecret: {{Key: "requests", Item: "requests", service: SecretsManager, sku: "API requests"}},
}

func onArm(p props) bool { return slices.Equal(p.list("architectures"), []any{"arm64"}) }
func onX86(p props) bool { return !onArm(p) }

// meteredOf are the things of one resource that are paid by use.
func meteredOf(r *Resource) []Metered {
	var out []Metered
	for _, m := range metered[resource.Canonical(r.Type)] {
		if m.only == nil || m.only(r.Props) {
			out = append(out, m)
		}
	}
	return out
}

// UsageOf lists what is paid by use in a stack, for a file of usage: per resource,
// in the order of their names, its keys with what the estimate takes for them, or
// nothing where it does not know.
func UsageOf(resources []Resource, e Estimate) []UsedResource {
	lines := map[string]Line{}
	for _, l := range e.Lines {
		lines[l.URN+"\n"+l.Item] = l
	}
	open := openOf(e)
	var out []UsedResource
	for i := range resources {
		r := inClassicWords(&resources[i])
		things := meteredOf(r)
		if why := open[r.URN]; why != "" && len(things) == 0 {
			things = []Metered{{Key: spentKey, Item: "USD a month: " + why}}
		}
		if r.Group || r.External || len(things) == 0 {
			continue
		}
		u := UsedResource{URN: r.URN, Name: r.Name, Type: r.Type, Known: map[string]decimal.Decimal{}}
		for _, m := range things {
			u.Things = append(u.Things, m)
			if l, known := lines[r.URN+"\n"+m.Item]; known {
				u.Known[m.Key] = l.Single()
			}
		}
		out = append(out, u)
	}
	slices.SortStableFunc(out, func(a, b UsedResource) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name),
			cmp.Compare(a.Type, b.Type))
	})
	return out
}

// openOf is why something of a resource is not in an estimate, by its URN.
func openOf(e Estimate) map[string]string {
	open := map[string]string{}
	for _, n := range append(slices.Clone(e.UsageBased), e.Unpriced...) {
		open[n.URN] = n.Reason
	}
	return open
}

// UsedResource is a resource of which something is paid by use.
type UsedResource struct {
	URN, Name, Type string
	Things          []Metered
	// Known are the quantities that an estimate takes, by key.
	Known map[string]decimal.Decimal
}

// Unmatched are the names and keys of a usage that mean nothing in a stack, in order.
func (u Usage) Unmatched(resources []Resource) []string {
	if u.foreign {
		return nil
	}
	meant := map[string]bool{}
	for i := range resources {
		r := inClassicWords(&resources[i])
		for _, name := range namesOf(r) {
			meant[name], meant[name+"\n"+spentKey] = true, true
			for _, m := range meteredOf(r) {
				meant[name+"\n"+m.Key] = true
			}
		}
	}
	var out []string
	for name, keys := range u.Resources {
		if !meant[name] {
			out = append(out, name)
			continue
		}
		for key := range keys {
			if !meant[name+"\n"+key] {
				out = append(out, name+": "+key)
			}
		}
	}
	slices.Sort(out)
	return out
}

// namesOf are the names by which a usage may mean a resource, the closest first.
func namesOf(r *Resource) []string {
	return []string{r.URN, r.Name, r.Type, resource.Canonical(r.Type)}
}

// said is what a usage says of a resource: all that its names say, the closest
// first.
func (u Usage) said(r *Resource) map[string]decimal.Decimal {
	var out map[string]decimal.Decimal
	for _, name := range slices.Backward(namesOf(r)) {
		if keys := u.Resources[name]; len(keys) > 0 {
			if out == nil {
				out = map[string]decimal.Decimal{}
			}
			maps.Copy(out, keys)
		}
	}
	return out
}

// asUsed lays what a user says is used over what the model took for it.
func (s *sheet) asUsed() {
	said := s.opts.Usage.said(s.r)
	if len(said) == 0 {
		return
	}
	if usd, given := said[spentKey]; given {
		s.spent(usd)
	}
	for _, m := range meteredOf(s.r) {
		quantity, given := said[m.Key]
		if !given {
			continue
		}
		s.lines = slices.DeleteFunc(s.lines, func(l Line) bool { return l.Item == m.Item })
		s.usages = slices.DeleteFunc(s.usages, func(n Note) bool { return n.Item == m.Item })
		s.bill(charge{item: m.Item, service: m.service, sku: m.sku, region: m.region, count: exactly(quantity),
			basis: Declared,
			note:  "as your file of usage says"})
	}
}

// spentKey is what a resource costs, of whose use nothing else can be said: the
// catalogue has no price for it, or none that a quantity would tell.
const spentKey = "monthly_usd"

// spent bills what somebody knows that a resource costs, in the place of why it is
// not known.
func (s *sheet) spent(usd decimal.Decimal) {
	const item, source = "what it costs besides", "your file of usage"
	if usd.GreaterThan(most) {
		s.unpriced(item, "a quantity beyond all bounds")
		return
	}
	s.missing = slices.DeleteFunc(s.missing, func(n Note) bool { return n.Item == "" })
	usd = usd.Round(2)
	s.lines = append(s.lines, Line{
		URN: s.r.URN, Type: s.r.Type, Name: s.r.Name, Component: s.r.Component, Region: displayRegion(s.region),
		Item: item, Unit: "month", Quantity: one, Price: usd, Source: source, Basis: Declared,
		Note: "as your file of usage says", Monthly: usd, Low: usd, High: usd,
	})
}

package cost

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/shopspring/decimal"
)

// Service names a family of prices, as AWS and Cloudflare name their products.
type Service string

// The services of the catalogue.
const (
	ALB               Service = "ALB"
	APIGateway        Service = "API Gateway"
	AppRunner         Service = "App Runner"
	Aurora            Service = "Aurora"
	CloudFront        Service = "CloudFront"
	CloudHSM          Service = "CloudHSM"
	CloudMap          Service = "Cloud Map"
	CloudWatch        Service = "CloudWatch"
	Cloudflare        Service = "Cloudflare"
	DAX               Service = "DAX"
	DMS               Service = "DMS"
	DataTransfer      Service = "Data transfer"
	DirectConnect     Service = "Direct Connect"
	DirectoryService  Service = "Directory Service"
	DocumentDB        Service = "DocumentDB"
	DynamoDB          Service = "DynamoDB"
	EBS               Service = "EBS"
	EC2               Service = "EC2"
	ECR               Service = "ECR"
	EFS               Service = "EFS"
	EMR               Service = "EMR"
	EKS               Service = "EKS"
	ELB               Service = "Classic load balancer"
	ElastiCache       Service = "ElastiCache"
	EventBridge       Service = "EventBridge"
	FSx               Service = "FSx"
	Fargate           Service = "Fargate"
	GWLB              Service = "Gateway load balancer"
	GlobalAccelerator Service = "Global Accelerator"
	KMS               Service = "KMS"
	Kinesis           Service = "Kinesis"
	Lambda            Service = "Lambda"
	Lightsail         Service = "Lightsail"
	MQ                Service = "MQ"
	MSK               Service = "MSK"
	MWAA              Service = "MWAA"
	MemoryDB          Service = "MemoryDB"
	NATGateway        Service = "NAT gateway"
	NLB               Service = "NLB"
	Neptune           Service = "Neptune"
	NetworkFirewall   Service = "Network Firewall"
	OpenSearch        Service = "OpenSearch"
	PrivateCA         Service = "Private CA"
	PublicIPv4        Service = "Public IPv4"
	RDS               Service = "RDS"
	Redshift          Service = "Redshift"
	Route53           Service = "Route53"
	S3                Service = "S3"
	SNS               Service = "SNS"
	SQS               Service = "SQS"
	SageMaker         Service = "SageMaker"
	SSM               Service = "SSM"
	SecretsManager    Service = "Secrets Manager"
	Transfer          Service = "Transfer Family"
	TransitGateway    Service = "Transit Gateway"
	VPCEndpoint       Service = "VPC endpoint"
	VPN               Service = "VPN"
	WAF               Service = "WAF"
)

// Regions that are not AWS regions.
const (
	// Global is the region of prices that are the same everywhere.
	Global = "global"
	// HomeRegion is the region whose prices the catalogue holds most fully and
	// that a labelled fallback uses.
	HomeRegion = "us-east-1"
	// edgePrefix starts the region of a price of one CloudFront edge area.
	edgePrefix = "edge:"
)

// Key identifies one price.
type Key struct {
	Service Service
	// SKU is the catalogue's own wording, for example "t4g.small Linux on-demand".
	SKU string
	// Region is an AWS region, Global, or "edge:" and a CloudFront edge area.
	Region string
}

// Global reports whether the price belongs to no region.
func (k Key) Global() bool { return k.Region == Global || strings.HasPrefix(k.Region, edgePrefix) }

func compareKeys(a, b Key) int {
	return cmp.Or(cmp.Compare(a.Service, b.Service), cmp.Compare(a.SKU, b.SKU), cmp.Compare(a.Region, b.Region))
}

// Price is one dated fact.
type Price struct {
	Key
	// USD is the list price of one Unit.
	USD decimal.Decimal
	// Unit is what one USD amount buys, for example "hour" or "million requests".
	Unit string
	// Source says where the figure was read.
	Source string
	// AsOf is the date of the source as YYYY-MM-DD, or part of it; empty when unknown.
	AsOf string
	// Unverified marks a figure that only third parties quote, or that follows
	// from another by a rule.
	Unverified bool
	// Rule says how the figure follows from another; empty for one that was read.
	Rule string

	// times and zeros are how many single things one Unit holds.
	times decimal.Decimal
	zeros int32
}

// Per is how many single things one Unit holds: 1,000,000 for "million requests".
func (p Price) Per() decimal.Decimal { return p.times.Shift(p.zeros) }

// Sourced reports whether the price has a source and a date and was read from
// the provider's own list or from a program's copy of it.
func (p Price) Sourced() bool { return p.Source != "" && p.AsOf != "" && !p.Unverified }

// Allowance is what a provider gives every account for nothing each month.
type Allowance struct {
	Unit     string
	Quantity decimal.Decimal
	Source   string
}

// Catalogue is a set of prices. It is never changed after it was loaded, so
// many estimates may share one. The zero value holds no price.
type Catalogue struct {
	prices     map[Key]Price
	tables     map[Service][]*typeTable
	allowances map[string]Allowance
	own        own
	// regions are those of prices, each once.
	regions []string
}

// MissingError says that the catalogue holds no price.
type MissingError struct {
	Key Key
	// Elsewhere is true when the SKU has a price in HomeRegion.
	Elsewhere bool
}

// Error names the price and, where it helps, what the catalogue does hold.
func (e *MissingError) Error() string {
	msg := fmt.Sprintf("no price for %s %q in %s", e.Key.Service, e.Key.SKU, e.Key.Region)
	if e.Elsewhere {
		msg += " (there is one for " + HomeRegion + ")"
	}
	return msg
}

// Lookup returns a price. It fails with a *MissingError when the catalogue
// does not hold it; there is no silent fallback.
func (c *Catalogue) Lookup(k Key) (Price, error) {
	if p, ok := c.At(k); ok {
		return p, nil
	}
	elsewhere := k.Region != HomeRegion && c.Has(Key{k.Service, k.SKU, HomeRegion})
	return Price{}, &MissingError{Key: k, Elsewhere: elsewhere}
}

// Allowance returns what is free each month, and false when nothing is.
func (c *Catalogue) Allowance(s Service, item string) (Allowance, bool) {
	a, ok := c.allowances[string(s)+"/"+item]
	return a, ok
}

// Len is the number of prices, not counting those of the tables.
func (c *Catalogue) Len() int { return len(c.prices) }

// At returns a price, and false when the catalogue does not hold it.
func (c *Catalogue) At(k Key) (Price, bool) {
	if p, ok := c.prices[k]; ok {
		return p, true
	}
	return c.inTables(k)
}

// Has reports whether the catalogue holds a price.
func (c *Catalogue) Has(k Key) bool {
	_, ok := c.At(k)
	return ok
}

// Keys lists what there are prices of, by service, SKU and region, but for those
// of the tables.
func (c *Catalogue) Keys() []Key { return slices.SortedFunc(maps.Keys(c.prices), compareKeys) }

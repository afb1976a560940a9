package cost

import (
	"cmp"
	"embed"
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/rung-dev/rung/outside/figure"
)

//go:embed prices/*.csv prices/tables/*.csv
var priceFiles embed.FS

// Service names a family of prices, as AWS and Cloudflare name their products.
type Service string

// The services of the catalogue.
const (
	ALB               Service = "ALB"
	APIGateway        Service = "API Gateway"
	Aurora            Service = "Aurora"
	CloudFront        Service = "CloudFront"
	CloudHSM          Service = "CloudHSM"
	CloudMap          Service = "Cloud Map"
	CloudWatch        Service = "CloudWatch"
	Cloudflare        Service = "Cloudflare"
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

// Load reads the embedded catalogue. It fails only when the embedded files
// are damaged, and then names every bad row.
func Load() (*Catalogue, error) {
	return read(priceFiles)
}

// read loads a catalogue from the files under prices/.
func read(files fs.FS) (*Catalogue, error) {
	c := &Catalogue{prices: map[Key]Price{}, tables: map[Service][]*typeTable{}, allowances: map[string]Allowance{}}
	sources := map[string]source{}
	err := errors.Join(
		eachRow(files, "prices/sources.csv", 3, addSource(sources)),
		eachRow(files, "prices/added-sources.csv", 3, addSource(sources)),
		eachRow(files, "prices/prices.csv", 7, c.addPrice(sources)),
		eachRow(files, "prices/added.csv", 7, c.addPrice(sources)),
		eachRow(files, "prices/allowances.csv", 5, c.addAllowance(sources)),
		eachRow(files, "prices/tables.csv", 7, c.addTable(files, sources)),
	)
	if err != nil {
		return nil, fmt.Errorf("load the price catalogue: %w", err)
	}
	c.noteRegions()
	return c, nil
}

// noteRegions lists the regions of the prices.
func (c *Catalogue) noteRegions() {
	seen := map[string]bool{}
	for k := range c.prices {
		if !k.Global() && !seen[k.Region] {
			seen[k.Region] = true
			c.regions = append(c.regions, k.Region)
		}
	}
}

// source is one row of a table of sources.
type source struct {
	text       string
	unverified bool
}

// eachRow calls f for every row of a CSV file but the header.
func eachRow(files fs.FS, name string, columns int, f func(row []string) error) error {
	file, err := files.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	r := csv.NewReader(file)
	r.FieldsPerRecord = columns
	rows, err := r.ReadAll()
	if err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	var errs []error
	for i, row := range rows {
		if i == 0 {
			continue
		}
		if err := f(row); err != nil {
			errs = append(errs, fmt.Errorf("%s line %d: %w", name, i+1, err))
		}
	}
	return errors.Join(errs...)
}

func addSource(to map[string]source) func([]string) error {
	return func(row []string) error {
		unverified, err := strconv.ParseBool(row[1])
		if err != nil {
			return fmt.Errorf("unverified: got %q, want true or false", row[1])
		}
		to[row[0]] = source{text: row[2], unverified: unverified}
		return nil
	}
}

// addPrice stores one row of service, sku, region, unit, usd, asOf, source.
func (c *Catalogue) addPrice(sources map[string]source) func([]string) error {
	return func(row []string) error {
		usd, err := figure.Parse(row[4])
		if err != nil || usd.IsNegative() {
			return fmt.Errorf("usd: got %q, want a price of zero or more", row[4])
		}
		src, ok := sources[row[6]]
		if !ok {
			return fmt.Errorf("source: unknown id %q", row[6])
		}
		k := Key{Service(row[0]), row[1], row[2]}
		if _, twice := c.prices[k]; twice {
			return fmt.Errorf("a second price for %v", k)
		}
		p := Price{Key: k, USD: usd, Unit: row[3], Source: src.text, AsOf: row[5], Unverified: src.unverified}
		p.times, p.zeros = bundle(p.Unit)
		c.prices[k] = p
		return nil
	}
}

// addAllowance stores one row of service, item, unit, quantity, source.
func (c *Catalogue) addAllowance(sources map[string]source) func([]string) error {
	return func(row []string) error {
		q, err := figure.Parse(row[3])
		if err != nil || q.IsNegative() {
			return fmt.Errorf("quantity: got %q, want a number of zero or more", row[3])
		}
		src, ok := sources[row[4]]
		if !ok {
			return fmt.Errorf("source: unknown id %q", row[4])
		}
		c.allowances[row[0]+"/"+row[1]] = Allowance{Unit: row[2], Quantity: q, Source: src.text}
		return nil
	}
}

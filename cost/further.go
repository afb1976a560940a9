package cost

import (
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"
)

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

// priceKafka prices the brokers of an MSK cluster and their disks.
func priceKafka(s *sheet) {
	brokers := s.props.numOr("numberOfBrokerNodes", 1)
	info := s.props.object("brokerNodeGroupInfo")
	typ := info.str("instanceType")
	if typ == "" {
		s.unpriced("", "the type of its brokers is not known before the deployment")
		return
	}
	s.machineHours(typ, exactly(brokers), charge{item: "broker hours, " + typ, service: MSK, sku: typ + " broker",
		basis: Declared})
	gb := info.object("storageInfo").object("ebsStorageInfo").numOr("volumeSize", 0)
	if gb.IsZero() {
		gb = info.numOr("ebsVolumeSize", 0)
	}
	if gb.IsPositive() {
		s.monthly("storage", EBS, "gp2", gb.Mul(brokers))
	}
}

// brokerNodes is how many machines a deployment of Amazon MQ has.
var brokerNodes = map[string]int{"": 1, "SINGLE_INSTANCE": 1, "ACTIVE_STANDBY_MULTI_AZ": 2, "CLUSTER_MULTI_AZ": 3}

// priceBroker prices the machines of an Amazon MQ broker.
func priceBroker(s *sheet) {
	typ := s.props.str("hostInstanceType")
	nodes, ok := brokerNodes[s.props.str("deploymentMode")]
	if typ == "" || !ok {
		s.unpriced("", s.props.notKnown("hostInstanceType"))
		return
	}
	s.machineHours(typ, exactly(num(nodes)), charge{item: "broker hours, " + typ, service: MQ, sku: typ + " broker",
		basis: Declared})
	s.besides("storage")
}

// priceWarehouse prices the nodes of a Redshift cluster.
func priceWarehouse(s *sheet) {
	typ := s.props.str("nodeType")
	if typ == "" {
		s.unpriced("", s.props.notKnown("nodeType"))
		return
	}
	s.machineHours(typ, exactly(s.props.numOr("numberOfNodes", 1)),
		charge{item: "node hours, " + typ, service: Redshift, sku: typ + " node", basis: basisOf(s.props.has("numberOfNodes"))})
	if strings.HasPrefix(typ, "ra3") {
		s.besides("managed storage")
	}
}

// clusterNode is the model of an instance of DocumentDB and Neptune, which is dearer
// where its cluster pays nothing for I/O.
func clusterNode(service Service, cluster string) pricer {
	return func(s *sheet) {
		class := s.props.str("instanceClass")
		if class == "" {
			s.unpriced("", s.props.notKnown("instanceClass"))
			return
		}
		c := charge{item: class + " hours", service: service, sku: class + " instance", basis: Declared}
		if of, _ := s.target(s.r, "clusterIdentifier", cluster); of != nil && props(of.Props).str("storageType") == "iopt1" {
			c.item, c.sku = c.item+", I/O-Optimized", class+" I/O-Optimized instance"
		}
		s.machineHours(class, exactly(one), c)
	}
}

// priceStream prices a Kinesis stream by its shards, or by the hour where it scales
// by itself.
func priceStream(s *sheet) {
	if s.props.object("streamModeDetails").str("streamMode") == "ON_DEMAND" {
		s.hours("stream hours", Kinesis, "on-demand stream hour", one, Declared, "")
	} else {
		s.hours("shard hours", Kinesis, "shard hour", s.props.numOr("shardCount", 1), basisOf(s.props.has("shardCount")), "")
	}
	s.besides("records put and kept")
}

// priceFileSystem prices an EFS file system: only provisioned throughput is known
// beforehand.
func priceFileSystem(s *sheet) {
	if s.props.str("throughputMode") == "provisioned" {
		flow, _ := s.props.num("provisionedThroughputInMibps")
		if flow.IsPositive() {
			s.monthly("provisioned throughput", EFS, "provisioned throughput", flow)
		}
	}
	if len(s.lines) > 0 {
		s.besides("storage")
		return
	}
	s.usage("EFS is paid per GB stored, which no property tells")
}

// priceWindowsFiles prices a file server of FSx: throughput and disks.
func priceWindowsFiles(s *sheet) {
	zones := "Single-AZ"
	if strings.HasPrefix(s.props.str("deploymentType"), "MULTI_AZ") {
		zones = "Multi-AZ"
	}
	kind := s.props.str("storageType")
	if kind == "" {
		kind = "SSD"
	}
	if flow, ok := s.props.num("throughputCapacity"); ok {
		s.monthly("throughput capacity", FSx, "Windows "+zones+" throughput", flow)
	}
	if gb, ok := s.props.num("storageCapacity"); ok {
		s.monthly("storage, "+kind, FSx, fmt.Sprintf("Windows %s %s storage", zones, kind), gb)
	}
	s.besides("backups")
}

// priceFirewall prices a network firewall: an endpoint in each of its subnets.
func priceFirewall(s *sheet) {
	endpoints := max(len(s.props.objects("subnetMappings")), 1)
	s.hours("endpoint hours, one per zone", NetworkFirewall, "endpoint hour", num(endpoints),
		basisOf(s.props.has("subnetMappings")), "")
	s.besides("data processed")
}

// priceAirflow prices an environment of managed Airflow by its class.
func priceAirflow(s *sheet) {
	class := strings.TrimPrefix(s.props.str("environmentClass"), "mw1.")
	if class == "" {
		class = "small" // the provider's default
	}
	s.hours("environment hours, "+class, MWAA, class+" environment", one, basisOf(s.props.has("environmentClass")), "")
	s.besides("workers, schedulers and the meta database beyond the first")
}

// dmsFreeGB comes with a replication instance.
const dmsFreeGB = 50

// priceReplicator prices a DMS replication instance and its disk.
func priceReplicator(s *sheet) {
	class := s.props.str("replicationInstanceClass")
	if class == "" {
		s.unpriced("", s.props.notKnown("replicationInstanceClass"))
		return
	}
	zones := "Single-AZ"
	if s.props.flag("multiAz") {
		zones = "Multi-AZ"
	}
	s.machineHours(class, exactly(one), charge{item: class + " hours, " + zones, service: DMS, sku: class + " " + zones,
		basis: Declared})
	if extra := s.props.numOr("allocatedStorage", dmsFreeGB).Sub(num(dmsFreeGB)); extra.IsPositive() {
		s.monthly("storage above 50 GB", DMS, "storage "+zones, extra)
	}
}

// priceStage prices the cache of a stage of a REST API; without one it is part of the API.
func priceStage(s *sheet) {
	if !s.props.flag("cacheClusterEnabled") {
		s.free(partOf("the API"))
		return
	}
	size := s.props.str("cacheClusterSize")
	s.hours("cache of "+size+" GB", APIGateway, "cache "+size+" GB", one, Declared, "")
}

// priceFileTransfer prices the protocols of a server of the Transfer Family.
func priceFileTransfer(s *sheet) {
	protocols := s.props.list("protocols")
	if len(protocols) == 0 {
		protocols = []any{"SFTP"} // the provider's default
	}
	s.hours("protocol hours", Transfer, "protocol hour", num(len(protocols)), basisOf(s.props.has("protocols")), "")
	s.besides("data uploaded and downloaded")
}

// priceVPN prices a site-to-site connection, and its place at a transit gateway.
func priceVPN(s *sheet) {
	s.hours("connection hours", VPN, "connection hour", one, Declared, "")
	if s.props.mentions("transitGatewayId") {
		s.hours("attachment hours", TransitGateway, "attachment", one, Declared, "")
	}
}

// priceLine prices a port of Direct Connect by its bandwidth.
func priceLine(s *sheet) {
	width := s.props.str("bandwidth")
	s.hours("port hours, "+width, DirectConnect, width+" port hour", one, Declared, "")
	s.besides("data transferred out")
}

// priceResolver prices an endpoint of the resolver by its addresses.
func priceResolver(s *sheet) {
	n := max(len(s.props.objects("ipAddresses")), 2) // AWS demands two
	s.hours("endpoint hours, one per address", Route53, "resolver endpoint address hour", num(n),
		basisOf(s.props.has("ipAddresses")), "")
	s.besides("queries")
}

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

// priceHost prices a dedicated host, by its family or by that of its type.
func priceHost(s *sheet) {
	family := s.props.str("instanceFamily")
	if family == "" {
		family, _, _ = strings.Cut(s.props.str("instanceType"), ".")
	}
	if family == "" {
		s.unpriced("", s.props.notKnown("instanceFamily"))
		return
	}
	s.hours("host hours, "+family, EC2, family+" dedicated host", one, Declared, "its instances cost nothing more")
}

// priceOldFirewall prices a web ACL of WAF's first generation.
func priceOldFirewall(s *sheet) {
	s.monthly("web ACL", WAF, "web ACL", one)
	rules, groups := 0, 0
	for _, r := range s.props.objects("rules") {
		if r.str("type") == "GROUP" {
			groups++
		} else {
			rules++
		}
	}
	if rules > 0 {
		s.monthly("rules", WAF, "rule", num(rules))
	}
	if groups > 0 {
		s.monthly("rule groups", WAF, "rule group / managed rule group in ACL", num(groups))
	}
	s.besides("requests looked at")
}

// priceRuleGroup prices the rules of a group of one's own; the group itself is paid
// where a web ACL has it.
func priceRuleGroup(s *sheet) {
	n := len(s.props.objects("rules"))
	if n == 0 {
		s.free("a rule group costs where a web ACL has it, and it has no rules of its own")
		return
	}
	s.monthly("rules", WAF, "rule", num(n))
}

// paidGroups are AWS's managed rule groups that cost besides.
var paidGroups = []string{"AWSManagedRulesBotControlRuleSet", "AWSManagedRulesATPRuleSet", "AWSManagedRulesACFPRuleSet"}

// paidRules bills the fee of a web ACL's groups that have one, and says what else they
// cost that the catalogue does not hold.
func (s *sheet) paidRules() {
	for _, r := range s.props.objects("rules") {
		name := r.object("statement").object("managedRuleGroupStatement").str("name")
		if !slices.Contains(paidGroups, name) {
			continue
		}
		fee := name + " fee"
		if _, err := s.lookup(Key{WAF, fee, s.region}); err != nil {
			s.unpriced(name, "AWS asks a fee by the month and by the request for this group, which the catalogue does not hold")
			continue
		}
		s.monthly(fee, WAF, fee, one)
		s.unpriced(name+" requests", "AWS asks for each request that this group looks at besides, by its level")
	}
}

// priceKubernetes settles an object of Kubernetes: it runs on nodes that are priced,
// but a service of some kind has a load balancer made.
func priceKubernetes(s *sheet) {
	if strings.HasPrefix(s.r.Type, "kubernetes:core/v1:Service") && s.props.object("spec").str("type") == "LoadBalancer" {
		s.unpriced("load balancer", "Kubernetes makes one of a kind that the cluster decides; as a Network Load Balancer it "+
			"costs by the hour, with public addresses")
		return
	}
	s.free(onNodes)
}

const onNodes = "runs on nodes, which are priced where they stand"

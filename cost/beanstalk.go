package cost

import (
	"cmp"
	"strings"

	"github.com/shopspring/decimal"
)

// Where an environment of Beanstalk has its options (AWS's list of general options).
const (
	ebGroup    = "aws:autoscaling:asg"
	ebMachines = "aws:ec2:instances"
	ebLaunch   = "aws:autoscaling:launchconfiguration"
	ebWhole    = "aws:elasticbeanstalk:environment"
	ebNetwork  = "aws:ec2:vpc"
	ebDatabase = "aws:rds:dbinstance"
)

// priceBeanstalk prices what an environment of Beanstalk makes, which stands in no
// state: its machines, load balancer and database, by the options that it gives.
func priceBeanstalk(s *sheet) {
	options := s.beanstalkOptions()
	typ, _, _ := strings.Cut(cmp.Or(options[ebMachines].str("InstanceTypes"), options[ebLaunch].str("InstanceType")), ",")
	if typ == "" {
		s.unpriced("", "its settings give no instance type; Beanstalk's own depends on platform and region")
		return
	}
	single := options[ebWhole].str("EnvironmentType") == "SingleInstance"
	size, basis := s.beanstalkSize(options[ebGroup], single)
	s.beanstalkHours(typ, options[ebMachines], size, basis)
	s.instanceDisks(props{"rootBlockDevice": map[string]any{"volumeSize": options[ebLaunch]["RootVolumeSize"],
		"volumeType": options[ebLaunch]["RootVolumeType"], "iops": options[ebLaunch]["RootVolumeIOPS"],
		"throughput": options[ebLaunch]["RootVolumeThroughput"]}}, size)
	if single {
		s.address("public IPv4 address (elastic IP)", exactly(one), Derived, "")
	} else {
		s.beanstalkBalancer(options)
	}
	if options[ebDatabase].has("DBInstanceClass") || options[ebDatabase].flag("HasCoupledDatabase") {
		s.beanstalkDatabase(options[ebDatabase])
	}
}

// beanstalkSpot is the part above its base that an environment has on demand, in per
// cent, where it takes spot and says no more.
const beanstalkSpot = 70

// beanstalkHours bills the machines as those of a group, of which a part may be spot.
func (s *sheet) beanstalkHours(typ string, options props, size span, basis Basis) {
	if !options.flag("EnableSpot") {
		s.onDemandHours(typ, size, basis, "")
		return
	}
	whole := s.props
	defer func() { s.props = whole }()
	s.props = props{"mixedInstancesPolicy": map[string]any{"instancesDistribution": map[string]any{
		"onDemandBaseCapacity":                cmp.Or(options.str("SpotFleetOnDemandBase"), "0"),
		"onDemandPercentageAboveBaseCapacity": options.numOr("SpotFleetOnDemandAboveBasePercentage", beanstalkSpot).String(),
	}}}
	s.groupHours(size, template{}, []choice{{typ, one}}, basis, "")
}

// beanstalkOptions are the options of an environment by where they stand: what AWS
// answered, and over it what the program gives.
func (s *sheet) beanstalkOptions() map[string]props {
	out := map[string]props{}
	for _, key := range []string{"allSettings", "settings"} {
		for _, o := range s.props.objects(key) {
			in := o.str("namespace")
			if out[in] == nil {
				out[in] = props{}
			}
			out[in][o.str("name")] = o["value"]
		}
	}
	return out
}

// beanstalkSize is how many machines run. Beanstalk scales between 1 and 4 where
// nothing else is said.
func (s *sheet) beanstalkSize(group props, single bool) (span, Basis) {
	least := group.numOr("MinSize", 1)
	most := decimal.Max(group.numOr("MaxSize", 4), least)
	switch {
	case single:
		return exactly(one), Declared
	case s.load.known:
		return s.curve(least, most), Derived
	}
	return span{least, least, most}, basisOf(group.has("MinSize"))
}

// beanstalkBalancer prices the load balancer as one that stands in the state; a
// classic one where nothing is said.
func (s *sheet) beanstalkBalancer(options map[string]props) {
	whole := s.props
	defer func() { s.props = whole }()
	var subnets []any
	for _, id := range strings.FieldsFunc(options[ebNetwork].str("ELBSubnets"), func(r rune) bool { return r == ',' }) {
		subnets = append(subnets, id)
	}
	kind := options[ebWhole].str("LoadBalancerType")
	s.props = props{"subnets": subnets, "internal": options[ebNetwork].str("ELBScheme") == "internal",
		"loadBalancerType": kind}
	if kind == "" || kind == "classic" {
		priceClassicBalancer(s)
		return
	}
	priceLoadBalancer(s)
}

// beanstalkDatabase prices the database as one that stands in the state, with what
// Beanstalk takes where nothing is said.
func (s *sheet) beanstalkDatabase(options props) {
	whole := s.props
	defer func() { s.props = whole }()
	s.props = props{
		"engine":           cmp.Or(options.str("DBEngine"), "mysql"),
		"engineVersion":    options["DBEngineVersion"],
		"instanceClass":    cmp.Or(options.str("DBInstanceClass"), "db.t2.micro"),
		"allocatedStorage": cmp.Or(options.str("DBAllocatedStorage"), "5"),
		"storageType":      "gp2",
		"multiAz":          options.flag("MultiAZDatabase"),
	}
	priceDBInstance(s)
}

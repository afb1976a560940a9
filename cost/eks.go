package cost

import (
	"strings"

	"github.com/rung-dev/rung/resource/token"
)

// priceCluster prices an EKS control plane, which is dearer once its version of
// Kubernetes has left standard support.
func priceCluster(s *sheet) {
	version := s.props.str("version")
	ends, known := clusterSupport[version]
	switch {
	case known && !s.opts.Now.Before(ends) && s.props.object("upgradePolicy").str("supportType") != "STANDARD":
		s.hours("cluster hours in extended support", EKS, "cluster in extended support", one, Declared,
			"upgrade from Kubernetes "+version+" to save the most of it")
	default:
		s.hours("cluster hours", EKS, "cluster", one, Declared, "")
	}
	if tier := s.props.object("controlPlaneScalingConfig").str("tier"); tier != "" && tier != "standard" {
		s.unpriced("control plane of the tier "+tier, "it has a price by the hour besides, which the catalogue does not hold")
	}
	if s.props.object("computeConfig").flag("enabled") {
		s.usageItem("machines of Auto Mode", "the cluster starts machines of its own; they and a fee on them are paid by "+
			"the hour")
	}
}

// What a node group has that says nothing of it.
const (
	defaultNode   = "t3.medium"
	defaultNodeGB = 20
)

// priceNodeGroup prices the machines of a managed node group: as many as it begins
// with, between its bounds, with their disks.
func priceNodeGroup(s *sheet) {
	scaling := s.props.object("scalingConfig")
	start, ok := scaling.num("desiredSize")
	if !ok {
		s.unpriced("", "scalingConfig is not known before the deployment")
		return
	}
	size := exactly(start) // what scales it runs in the cluster, out of sight
	t, basis := s.nodeTemplate()
	types := s.props.list("instanceTypes")
	typ := defaultNode
	if len(types) > 0 {
		typ, _ = types[0].(string)
	} else if own := t.str("instanceType"); own != "" {
		typ = own
	}
	if typ == "" || isUnknown(typ) {
		s.unpriced("", "instanceTypes is not known before the deployment")
		return
	}
	s.nodeHours(typ, size, basis)
	if t.has("blockDeviceMappings") {
		s.templateDisks(t, size)
	} else {
		gb := s.props.numOr("diskSize", defaultNodeGB)
		s.disk("root volume", disk{kind: "gp3", gb: gb, basis: basisOf(s.props.has("diskSize")),
			note: "gp3, as EKS makes them since 2025"}, size)
	}
	s.detailedMonitoring(t.object("monitoring").flag("enabled"), size)
	s.machineExtras(typ, t, size)
}

// nodeHours bills the machines of a node group by how they are rented.
func (s *sheet) nodeHours(typ string, size span, basis Basis) {
	switch {
	case s.props.str("capacityType") == "SPOT":
		s.spotHours(typ, size, exactly(one), basis, "")
	case strings.HasPrefix(s.props.str("amiType"), "WINDOWS"):
		s.machineHours(typ, size, charge{item: "instance hours, " + typ + " Windows", service: EC2,
			sku: typ + " Windows on-demand", basis: basis})
	default:
		s.onDemandHours(typ, size, basis, "")
	}
}

// nodeTemplate is the launch template of a node group; empty where it has none.
func (s *sheet) nodeTemplate() (props, Basis) {
	spec := s.props.object("launchTemplate")
	if spec == nil {
		return nil, Declared
	}
	found, certain := s.target(s.r, "launchTemplate", token.EC2LaunchTemplate, spec.str("id"), spec.str("name"))
	switch {
	case found == nil:
		return nil, Assumed
	case certain:
		return found.Props, Declared
	}
	return found.Props, Derived
}

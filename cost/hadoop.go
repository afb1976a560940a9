package cost

import (
	"fmt"

	"github.com/shopspring/decimal"
)

// priceHadoop prices the machines of an EMR cluster, and EMR's fee on each. Its fleets
// and further groups are resources of their own, or chosen by attributes.
func priceHadoop(s *sheet) {
	billed := false
	for _, group := range []struct{ key, name string }{
		{"masterInstanceGroup", "primary"}, {"coreInstanceGroup", "core"},
	} {
		g := s.props.object(group.key)
		typ := g.str("instanceType")
		if typ == "" {
			continue
		}
		billed = true
		s.hadoopMachines(group.name, typ, g)
	}
	if !billed {
		s.unpriced("", "the types of its machines are not told")
		return
	}
	s.besides("disks that AWS gives its machines, and logs")
}

// hadoopMachines bills the machines of a group with EMR's fee.
func (s *sheet) hadoopMachines(name, typ string, g props) {
	n := exactly(g.numOr("instanceCount", 1))
	if g.str("bidPrice") != "" {
		s.spotHours(typ, n, exactly(one), Declared, name)
	} else {
		s.machineHours(typ, n, charge{item: "instance hours, " + typ + " (" + name + ")", service: EC2, sku: onDemand(typ),
			basis: Declared})
	}
	s.bill(charge{item: "fee of EMR, " + typ + " (" + name + ")", service: EMR, sku: typ + " fee",
		count: n.times(hoursPerMonth), basis: Declared})
	for i, d := range g.objects("ebsConfigs") {
		disks := n.times(decimal.Max(d.numOr("volumesPerInstance", 1), one))
		s.disk(fmt.Sprintf("disk %d (%s)", i+1, name), diskOf(d, "size", "type", "gp2"), disks)
	}
}

// priceBatch prices the machines that a compute environment keeps whether jobs run or
// not. Those of jobs are paid while they run.
func priceBatch(s *sheet) {
	const jobs = "what it starts runs on machines and Fargate, which are paid while jobs run"
	c := s.props.object("computeResources")
	least := c.numOr("minVcpus", 0)
	if !least.IsPositive() {
		s.usage(jobs)
		return
	}
	typ := ""
	if types := c.list("instanceTypes"); len(types) == 1 {
		typ, _ = types[0].(string)
	}
	each, ok := vcpus(typ)
	if !ok {
		s.unpriced("", "it keeps machines for "+least.String()+" vCPUs of a type that AWS chooses")
		return
	}
	machines := exactly(least.Div(each).Ceil())
	if c.str("type") == "SPOT" {
		s.spotHours(typ, machines, exactly(one), Declared, "kept for minVcpus")
	} else {
		s.onDemandHours(typ, machines, Declared, "kept for minVcpus")
	}
	s.usageItem("machines of jobs", jobs)
}

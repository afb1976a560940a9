package cost

import (
	"strings"

	"github.com/rung-dev/rung/resource"
	"github.com/rung-dev/rung/resource/token"
)

// set is a set of resources.
type set map[*Resource]bool

// facts are what many resources of a stack ask about the others. They are
// gathered once, so that large stacks stay fast.
type facts struct {
	// holders are the instances that hold an elastic IP. It is paid for where
	// it is declared, so its holder must not pay for it again.
	holders set
	// stopped are the machines and databases that a resource of the stack keeps stopped.
	stopped set
	// scaled are the groups whose size a policy changes.
	scaled set
	// fronts answer the users or the CDN: the internet-facing load balancers,
	// else the servers with a public address, else the fleets.
	fronts *sharers
	// doors are the fronts and what else takes requests in: API gateways.
	doors *sharers
	// web are the groups that answer requests: all that are not called workers.
	web *sharers
	// files are the buckets that the CDN reads from: those named for files, or
	// all when none is.
	files *sharers
	// logs are the log groups of the application: those beside servers or
	// fleets, or all that nothing else is known to write to when none is.
	logs *sharers
	// access are the log groups of API gateways' requests, each with its API, and edgeLogs
	// those of a Lambda@Edge.
	access   map[*Resource]*Resource
	edgeLogs *sharers
	// jobs are the queues that jobs go through, and tell the topics that fill
	// the other queues.
	jobs *sharers
	tell *sharers
	// fills are, per queue, the subscriptions that fill it.
	fills map[*Resource][]*Resource
	// publicSubnets is true when all subnets of the stack give their instances
	// public addresses.
	publicSubnets bool
	// primaries are the databases that are no replicas.
	primaries []*Resource
}

// gather collects the facts of a stack.
func (st *stack) gather() {
	f := &st.facts
	f.publicSubnets = st.subnetsArePublic()
	f.holders = st.addressHolders()
	f.scaled, f.stopped = st.scaledGroups(), st.keptStopped()
	fronts := st.findFronts()
	st.cells = st.findCells(fronts)
	f.fronts = st.sharersOf(fronts)
	f.doors = st.findDoors()
	f.web = st.sharersOf(where(st.byType[token.AutoScalingGroup],
		func(r *Resource) bool { return !hasWord(r.Name, "worker", "workers", "jobs") }))
	files := where(st.byType[token.S3Bucket], func(r *Resource) bool { return bucketRole(r) == fileRole })
	if len(files) == 0 {
		files = where(st.byType[token.S3Bucket], func(*Resource) bool { return true })
	}
	f.files = st.sharersOf(files)
	f.access, f.edgeLogs = st.accessLogs(), st.findEdgeLogs()
	f.logs = st.sharersOf(st.appLogs())
	st.gatherEvents()
	for _, r := range st.byType[token.RDSInstance] {
		if !isReplica(r.Props) {
			f.primaries = append(f.primaries, r)
		}
	}
}

// appLogs finds the log groups that servers and fleets write to. Databases,
// caches and networks log too, but not per request.
func (st *stack) appLogs() set {
	machines := map[string]bool{}
	for _, typ := range []string{token.EC2Instance, token.AutoScalingGroup} {
		for _, r := range st.byType[typ] {
			machines[r.Component] = true
		}
	}
	logs := where(st.byType[token.CloudWatchLogGroup],
		func(r *Resource) bool { return machines[r.Component] && !takesMetrics(r) })
	if len(logs) > 0 {
		return logs
	}
	return where(st.byType[token.CloudWatchLogGroup], func(r *Resource) bool {
		return !takesMetrics(r) && st.facts.access[r] == nil && !st.facts.edgeLogs.in[r]
	})
}

// where picks the resources for which keep holds.
func where(all []*Resource, keep func(*Resource) bool) set {
	out := set{}
	for _, r := range all {
		if keep(r) {
			out[r] = true
		}
	}
	return out
}

// addressHolders finds the instance of every elastic IP.
func (st *stack) addressHolders() set {
	out := set{}
	interfaces := set{}
	for _, at := range []struct{ typ, instance, card string }{
		{token.EC2Eip, "instance", "networkInterface"}, {token.EC2EipAssociation, "instanceId", "networkInterfaceId"},
	} {
		for _, r := range st.byType[at.typ] {
			if i, _ := st.target(r, at.instance, token.EC2Instance); i != nil {
				out[i] = true
			}
			if c, _ := st.target(r, at.card, token.EC2NetworkInterface); c != nil {
				interfaces[c] = true
			}
		}
	}
	st.ownersOf(interfaces, out)
	return out
}

// ownersOf finds the instances of network interfaces: those that name one, and
// those that an attachment names.
func (st *stack) ownersOf(interfaces, out set) {
	if len(interfaces) == 0 {
		return
	}
	for _, i := range st.byType[token.EC2Instance] {
		for _, n := range props(i.Props).objects("networkInterfaces") {
			if c, _ := st.target(i, "networkInterfaces", token.EC2NetworkInterface, n.str("networkInterfaceId")); interfaces[c] {
				out[i] = true
			}
		}
	}
	for _, a := range st.byType[token.EC2NetworkInterfaceAttachment] {
		c, _ := st.target(a, "networkInterfaceId", token.EC2NetworkInterface)
		if i, _ := st.target(a, "instanceId", token.EC2Instance); i != nil && interfaces[c] {
			out[i] = true
		}
	}
}

// keptStopped finds what a resource of its own keeps stopped.
func (st *stack) keptStopped() set {
	out := set{}
	for _, k := range []struct{ typ, key, of string }{
		{token.EC2TransitGatewayInstanceState, "instanceId", token.EC2Instance}, {token.RDSInstanceState, "identifier", token.RDSInstance},
	} {
		for _, r := range st.byType[k.typ] {
			if props(r.Props).str("state") != "stopped" {
				continue
			}
			if machine, _ := st.target(r, k.key, k.of); machine != nil {
				out[machine] = true
			}
		}
	}
	return out
}

// scaledGroups finds the group of every scaling policy: the one that it names,
// else the one whose name its own begins with.
func (st *stack) scaledGroups() set {
	out := set{}
	for _, p := range st.byType[token.AutoScalingPolicy] {
		if g, _ := st.target(p, "autoscalingGroupName", token.AutoScalingGroup); g != nil {
			out[g] = true
			continue
		}
		for _, g := range st.byType[token.AutoScalingGroup] {
			if props(p.Props).pending("autoscalingGroupName") && strings.HasPrefix(p.Name, g.Name+"-") {
				out[g] = true
			}
		}
	}
	return out
}

// findFronts lists who answers the users.
func (st *stack) findFronts() set {
	if lbs := where(st.byType[token.LBLoadBalancer],
		func(r *Resource) bool { return !props(r.Props).flag("internal") }); len(lbs) > 0 {
		return lbs
	}
	public := where(st.byType[token.EC2Instance], func(r *Resource) bool {
		given, _ := st.instanceIsPublic(r)
		return given || st.facts.holders[r]
	})
	if len(public) > 0 {
		return public
	}
	return where(st.byType[token.AutoScalingGroup], func(*Resource) bool { return true })
}

// findDoors lists what takes requests in. Where load balancers do, an API
// gateway is another door beside them.
func (st *stack) findDoors() *sharers {
	doors := set{}
	for r := range st.facts.fronts.in {
		if resource.Canonical(r.Type) == token.LBLoadBalancer {
			doors[r] = true
		}
	}
	for _, r := range st.byType[token.APIGatewayV2Api] {
		doors[r] = true
	}
	return st.sharersOf(doors)
}

// subnetsArePublic reports whether all subnets of the stack give addresses.
func (st *stack) subnetsArePublic() bool {
	for _, r := range st.byType[token.EC2Subnet] {
		if !props(r.Props).flag("mapPublicIpOnLaunch") {
			return false
		}
	}
	return len(st.byType[token.EC2Subnet]) > 0
}

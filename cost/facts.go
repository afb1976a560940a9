package cost

import "strings"

// set is a set of resources.
type set map[*Resource]bool

// facts are what many resources of a stack ask about the others. They are
// gathered once, so that large stacks stay fast.
type facts struct {
	// holders are the instances that hold an elastic IP. It is paid for where
	// it is declared, so its holder must not pay for it again.
	holders set
	// scaled are the groups whose size a policy changes.
	scaled set
	// fronts answer the users or the CDN: the internet-facing load balancers,
	// else the servers with a public address, else the fleets.
	fronts set
	// web are the groups that answer requests: all that are not called workers.
	web set
	// files are the buckets that the CDN reads from: those named for files, or
	// all when none is.
	files set
	// logs are the log groups of the application: those beside servers or
	// fleets, or all when none is.
	logs set
	// queues counts the queues that jobs go through.
	queues int
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
	f.scaled = st.scaledGroups()
	f.web = where(st.byType[typGroup], func(r *Resource) bool { return !hasWord(r.Name, "worker", "workers", "jobs") })
	f.files = where(st.byType[typBucket], func(r *Resource) bool { return bucketRole(r) == fileRole })
	if len(f.files) == 0 {
		f.files = where(st.byType[typBucket], func(*Resource) bool { return true })
	}
	f.logs = st.appLogs()
	f.queues = len(where(st.byType[typQueue], func(r *Resource) bool { return !isDeadLetter(r) }))
	for _, r := range st.byType[typDBInstance] {
		if !isReplica(r.Props) {
			f.primaries = append(f.primaries, r)
		}
	}
	f.fronts = st.findFronts()
}

// appLogs finds the log groups that servers and fleets write to. Databases,
// caches and networks log too, but not per request.
func (st *stack) appLogs() set {
	machines := map[string]bool{}
	for _, typ := range []string{typInstance, typGroup} {
		for _, r := range st.byType[typ] {
			machines[r.Component] = true
		}
	}
	logs := where(st.byType[typLogGroup], func(r *Resource) bool { return machines[r.Component] && !takesMetrics(r) })
	if len(logs) > 0 {
		return logs
	}
	return where(st.byType[typLogGroup], func(r *Resource) bool { return !takesMetrics(r) })
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
	for typ, key := range map[string]string{typEIP: "instance", typEIPAssociation: "instanceId"} {
		for _, r := range st.byType[typ] {
			if i, _ := st.target(r, key, typInstance); i != nil {
				out[i] = true
			}
		}
	}
	return out
}

// scaledGroups finds the group of every scaling policy: the one that it names,
// else the one whose name its own begins with.
func (st *stack) scaledGroups() set {
	out := set{}
	for _, p := range st.byType[typScalingPolicy] {
		if g, _ := st.target(p, "autoscalingGroupName", typGroup); g != nil {
			out[g] = true
			continue
		}
		for _, g := range st.byType[typGroup] {
			if props(p.Props).pending("autoscalingGroupName") && strings.HasPrefix(p.Name, g.Name+"-") {
				out[g] = true
			}
		}
	}
	return out
}

// findFronts lists who answers the users.
func (st *stack) findFronts() set {
	if lbs := where(st.byType[typLB], func(r *Resource) bool { return !props(r.Props).flag("internal") }); len(lbs) > 0 {
		return lbs
	}
	public := where(st.byType[typInstance], func(r *Resource) bool {
		given, _ := st.instanceIsPublic(r)
		return given || st.facts.holders[r]
	})
	if len(public) > 0 {
		return public
	}
	return where(st.byType[typGroup], func(*Resource) bool { return true })
}

// subnetsArePublic reports whether all subnets of the stack give addresses.
func (st *stack) subnetsArePublic() bool {
	for _, r := range st.byType[typSubnet] {
		if !props(r.Props).flag("mapPublicIpOnLaunch") {
			return false
		}
	}
	return len(st.byType[typSubnet]) > 0
}

package cost

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/rung-dev/rung/resource/token"
)

// freeTaskGB is the disk that each task on Fargate has for nothing.
const freeTaskGB = 20

// armPart is what Fargate asks for Arm of what it asks for x86, in every region
// whose both prices are known.
var armPart = decimal.New(8, -1)

// priceService prices a service of ECS: on Fargate its tasks, by vCPU and memory;
// on machines of one's own those are priced, where they stand.
func priceService(s *sheet) {
	task, how := s.task()
	if s.props.str("launchType") == "EXTERNAL" {
		s.usage("ECS Anywhere is paid per machine outside AWS that is registered, and hour")
		return
	}
	if !s.onFargate(task) {
		s.free("runs on machines, which are priced where they stand")
		return
	}
	cpu, ok := taskNumber(task, "cpu", 1024, "vcpu")
	memory, ok2 := taskNumber(task, "memory", 1024, "gb")
	if !ok || !ok2 {
		s.unpriced("", "cpu and memory of its task definition are not known"+how)
		return
	}
	tasks, basis, note := s.tasks()
	s.fargate(task, cpu, memory, tasks, basis, note)
	if s.props.object("networkConfiguration").flag("assignPublicIp") {
		s.address("public IPv4 addresses", tasks, basis, "one per task")
	}
	s.crossZone()
	s.egress()
}

// priceTaskCluster prices a cluster of ECS, which costs nothing but for the metrics that
// Container Insights makes of what runs there.
func priceTaskCluster(s *sheet) {
	for _, setting := range append(s.props.objects("settings"), s.props.objects("clusterSettings")...) {
		on := slices.Contains([]string{"enabled", "enhanced"}, setting.str("value"))
		if on && setting.str("name") == "containerInsights" {
			s.usage("the metrics of Container Insights are paid by each, or by what is observed; " +
				"the cluster itself costs nothing")
			return
		}
	}
	s.free("a cluster costs nothing; what runs in it does")
}

// task is the task definition of a service.
func (s *sheet) task() (props, string) {
	ref := cmp.Or(s.props.str("taskDefinition"), s.taskOfSet())
	family, _, _ := strings.Cut(ref, ":")
	for _, name := range []string{ref, family} {
		for _, t := range s.byType[token.ECSTaskDefinition] {
			if p := props(t.Props); name != "" && (p.str("arn") == name || p.str("family") == name ||
				p.str("arnWithoutRevision") == name) {
				return p, ""
			}
		}
	}
	if t, _ := s.target(s.r, "taskDefinition", token.ECSTaskDefinition); t != nil {
		return t.Props, ""
	}
	return nil, ", as it is not of this stack"
}

// taskOfSet is the task definition of a service that leaves its tasks to a task set.
func (s *sheet) taskOfSet() string {
	for _, t := range s.byType[token.ECSTaskSet] {
		of := props(t.Props).str("service")
		if of != "" && (of == s.props.str("id") || of == s.props.str("name")) {
			return props(t.Props).str("taskDefinition")
		}
	}
	return ""
}

// onFargate reports whether AWS's own machines run a service.
func (s *sheet) onFargate(task props) bool {
	if kind := s.props.str("launchType"); kind != "" {
		return kind == "FARGATE"
	}
	for _, p := range s.props.objects("capacityProviderStrategies") {
		return strings.HasPrefix(p.str("capacityProvider"), "FARGATE")
	}
	return slices.Equal(task.list("requiresCompatibilities"), []any{"FARGATE"})
}

// taskNumber reads a size of a task, which stands as units ("512") or in words
// ("0.5 vCPU", "1 GB"), as a whole.
func taskNumber(task props, key string, units int, word string) (decimal.Decimal, bool) {
	if n, ok := task.num(key); ok {
		return n.Div(num(units)), true
	}
	text := strings.ToLower(strings.ReplaceAll(task.str(key), " ", ""))
	n, ok := props{"n": strings.TrimSuffix(text, word)}.num("n")
	return n, ok && strings.HasSuffix(text, word)
}

// tasks is how many run: as many as are wanted, and between the bounds of a policy
// that scales them.
func (s *sheet) tasks() (span, Basis, string) {
	wanted, ok := s.props.num("desiredCount")
	basis := basisOf(ok)
	if !ok {
		wanted = one // the provider's default for services that are no daemons
	}
	for _, t := range s.byType[token.AppAutoScalingTarget] {
		p := props(t.Props)
		if !strings.Contains(p.str("resourceId"), "/"+s.props.str("name")) || p.str("serviceNamespace") != "ecs" {
			continue
		}
		least, most := p.numOr("minCapacity", 0), p.numOr("maxCapacity", 0)
		if s.load.known && most.GreaterThan(least) {
			return s.curve(least, most), Derived, "as many as the load needs: " + curveNote
		}
		return inOrder(least, decimal.Max(wanted, least), decimal.Max(most, wanted)), Declared,
			"between its bounds; the start is expected"
	}
	return exactly(wanted), basis, ""
}

// fargate bills tasks by what each has.
func (s *sheet) fargate(task props, cpu, memory decimal.Decimal, tasks span, basis Basis, note string) {
	arch, part := "x86 ", (*factor)(nil)
	platform := task.object("runtimePlatform")
	switch {
	case strings.HasPrefix(platform.str("operatingSystemFamily"), "WINDOWS"):
		s.unpriced("", "Windows on Fargate has prices of its own, which the catalogue does not hold")
		return
	case platform.str("cpuArchitecture") == "ARM64":
		arch, part = s.arm()
	}
	if spot := s.spotPart(tasks.Expected); spot.IsPositive() {
		d := s.opts.Spot
		off := span{one.Sub(d.Most.Mul(spot)), one.Sub(d.Expected.Mul(spot)), one.Sub(d.Least.Mul(spot))}
		if part != nil {
			off = off.times(part.Expected)
		}
		part = &factor{span: off, source: spotSource, assumed: true}
	}
	add := func(what, sku string, each decimal.Decimal) {
		s.bill(charge{item: fmt.Sprintf("%s of its tasks", what), service: Fargate, sku: sku,
			count: tasks.times(each).times(hoursPerMonth), basis: basis, note: note, factor: part})
	}
	add("vCPU hours", arch+"vCPU", cpu)
	add("memory", arch+"memory", memory)
	for _, a := range task.objects("inferenceAccelerators") {
		s.accelerator(a.str("deviceType"), tasks, basis)
	}
	if gb, ok := task.object("ephemeralStorage").num("sizeInGib"); ok && gb.GreaterThan(num(freeTaskGB)) {
		s.bill(charge{item: "disk beyond 20 GB of its tasks", service: Fargate, sku: "disk of tasks",
			count: tasks.times(gb.Sub(num(freeTaskGB))).times(hoursPerMonth), basis: basis, note: note})
	}
}

// arm is at which price tasks on Arm are billed: their own where the catalogue holds it in
// the region, else a part of that of x86.
func (s *sheet) arm() (arch string, part *factor) {
	if _, err := s.catalogue.Lookup(Key{Fargate, "Arm vCPU", s.region}); err == nil {
		return "Arm ", nil
	}
	return "x86 ", &factor{span: exactly(armPart), source: "a fifth less for Arm, as in the regions that are known"}
}

// spotPart is which part of so many tasks may be taken away, between none and one:
// each provider has its base, and of the rest its weight.
func (s *sheet) spotPart(tasks decimal.Decimal) decimal.Decimal {
	all := s.props.objects("capacityProviderStrategies")
	rest, weights := tasks, zero
	for _, p := range all {
		rest, weights = rest.Sub(p.numOr("base", 0)), weights.Add(p.numOr("weight", 1))
	}
	rest, spot := decimal.Max(rest, zero), zero
	for _, p := range all {
		if p.str("capacityProvider") == "FARGATE_SPOT" && weights.IsPositive() {
			spot = spot.Add(p.numOr("base", 0)).Add(rest.Mul(p.numOr("weight", 1)).Div(weights))
		}
	}
	if !tasks.IsPositive() {
		return zero
	}
	return decimal.Max(zero, decimal.Min(spot.Div(tasks), one))
}

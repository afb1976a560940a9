package autoscaling

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/rung-dev/rung/offline/aws/cloudwatch"
	"github.com/rung-dev/rung/offline/aws/elb"
	"github.com/rung-dev/rung/offline/aws/internal/check"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

const tracking = "targetTrackingConfiguration"

func scalingPolicy() sim.Kind {
	const predictive = "predictiveScalingConfiguration"
	return sim.Kind{
		Token: token.AutoScalingPolicy, Service: scalingService, API: "ScalingPolicy", Noun: "Auto Scaling Policy",
		Verbs: map[sim.Verb]string{sim.Create: "PutScalingPolicy", sim.Update: "PutScalingPolicy", sim.Delete: "DeletePolicy"},
		Name:  &sim.Name{Auto: true, Max: 255},
		Defaults: sim.Props{
			"enabled": true, "policyType": "SimpleScaling", tracking + ".disableScaleIn": false,
			tracking + ".customizedMetricSpecification.metrics.returnData": true,
			predictive + ".mode": "ForecastOnly", predictive + ".maxCapacityBreachBehavior": "HonorMaxCapacity",
		},
		AtMostOneOf: [][]string{{"scalingAdjustment", "stepAdjustments"}},
		Enums: map[string][]string{
			"policyType":                              {"SimpleScaling", "StepScaling", "TargetTrackingScaling", "PredictiveScaling"},
			"adjustmentType":                          {"ChangeInCapacity", "ExactCapacity", "PercentChangeInCapacity"},
			"metricAggregationType":                   {"Minimum", "Maximum", "Average"},
			predictive + ".mode":                      {"ForecastOnly", "ForecastAndScale"},
			predictive + ".maxCapacityBreachBehavior": {"HonorMaxCapacity", "IncreaseMaxCapacity"},
			tracking + ".predefinedMetricSpecification.predefinedMetricType": {
				"ASGAverageCPUUtilization", "ASGAverageNetworkIn", "ASGAverageNetworkOut", albRequests,
			},
			predictive + ".metricSpecification.predefinedMetricPairSpecification.predefinedMetricType": {
				"ASGCPUUtilization", "ASGNetworkIn", "ASGNetworkOut", "ALBRequestCount",
			},
		},
		Patterns:  map[string]sim.Pattern{tracking + ".customizedMetricSpecification.metrics.id": {Match: cloudwatch.QueryID, Want: "a small letter, then letters, digits and underscores"}},
		Sets:      []string{"stepAdjustments", tracking + ".customizedMetricSpecification.metrics"},
		ReplaceOn: []string{"autoscalingGroupName", "name"},
		ID:        scopedID((*sim.Op).NameOf),
		Outputs: func(o *sim.Op) sim.Props {
			out := sim.Props{
				"arn": o.ARN("autoscaling", strings.Join([]string{"scalingPolicy", o.UUID("policy"),
					"autoScalingGroupName/" + o.In.Str("autoscalingGroupName"), "policyName/" + o.NameOf()}, ":")),
				"metricAggregationType": "",
			}
			if o.In.Str("policyType") == "StepScaling" {
				out["metricAggregationType"] = "Average"
			}
			return out
		},
		Refs: []sim.Ref{groupRef()},
		Quota: &sim.Quota{
			Key: "autoscaling.policies-per-group", Default: 50, Code: "LimitExceeded",
			Within: func(o *sim.Op) string { return o.In.Str("autoscalingGroupName") },
		},
		Rules: sim.Many(sim.Create|sim.Update, policyNeeds, stepsGood, trackingGood, albLabel, predictiveGood),
	}
}

// policyNeeds wants what the policy's type needs, and nothing of another type.
func policyNeeds(o *sim.Op) error {
	needs := map[string][]string{
		"SimpleScaling": {"adjustmentType", "scalingAdjustment"}, "StepScaling": {"adjustmentType", "stepAdjustments"},
		"TargetTrackingScaling": {tracking}, "PredictiveScaling": {"predictiveScalingConfiguration"},
	}
	kind := o.In.Str("policyType")
	for _, key := range needs[kind] {
		if !o.In.Has(key) {
			return scalingRefuse(fmt.Sprintf("%s must be specified for policy type %s", check.Sentence(key), kind),
				"Give "+key+".")
		}
	}
	for _, key := range []string{"scalingAdjustment", "stepAdjustments", tracking, "predictiveScalingConfiguration"} {
		if o.In.Has(key) && !slices.Contains(needs[kind], key) {
			return scalingRefuse(fmt.Sprintf("%s is not allowed for policy type %s", check.Sentence(key), kind),
				"Take "+key+" away, or change policyType.")
		}
	}
	return nil
}

// mostSteps is how many steps a policy may have.
const mostSteps = 20

// stepsGood wants steps that neither overlap nor leave a gap.
func stepsGood(o *sim.Op) error {
	type step struct{ low, high *float64 }
	var steps []step
	for _, s := range o.In.Maps("stepAdjustments") {
		low, ok := boundOf(s, "metricIntervalLowerBound")
		high, ok2 := boundOf(s, "metricIntervalUpperBound")
		switch {
		case !ok || !ok2:
			return scalingRefuse("The bounds of a step must be numbers",
				"Change metricIntervalLowerBound or metricIntervalUpperBound.")
		case low == nil && high == nil && len(o.In.Maps("stepAdjustments")) > 1, low != nil && high != nil && *low >= *high:
			return scalingRefuse("A step's lower bound must be less than its upper bound, and one of them must be given",
				"Change the step's bounds.")
		}
		steps = append(steps, step{low: low, high: high})
	}
	if len(steps) > mostSteps {
		return scalingRefuse(fmt.Sprintf("A policy has at most %d step adjustments, got %d", mostSteps, len(steps)),
			"Take steps out.")
	}
	slices.SortFunc(steps, func(a, b step) int {
		switch {
		case a.low == nil:
			return -1
		case b.low == nil || *a.low > *b.low:
			return 1
		}
		return -1
	})
	for i := 1; i < len(steps); i++ {
		if before, now := steps[i-1].high, steps[i].low; before == nil || now == nil || *before != *now {
			return scalingRefuse("The intervals of the step adjustments must not overlap or leave a gap",
				"Let each step begin where the one before it ends.")
		}
	}
	return nil
}

// boundOf reads a bound, nil when it is infinite; false when it is no number.
func boundOf(step sim.Props, key string) (*float64, bool) {
	text := step.Str(key)
	if text == "" {
		return nil, true
	}
	n, err := strconv.ParseFloat(text, 64)
	return &n, err == nil
}

// trackingGood wants one metric to track: a predefined one, a plain one, or an
// expression over several.
func trackingGood(o *sim.Op) error {
	config := o.In.Map(tracking)
	if config == nil {
		return nil
	}
	own := config.Map("customizedMetricSpecification")
	queries := own.Maps("metrics")
	switch {
	case config.Has("predefinedMetricSpecification") == (own != nil):
		return scalingRefuse("Exactly one of a predefined and a customized metric specification must be given",
			"Give one of the two.")
	case config.Num("targetValue") <= 0:
		return scalingRefuse("TargetValue must be greater than 0", "Change targetValue.")
	case own == nil:
		return nil
	case own.Has("metricName") == (len(queries) > 0):
		return scalingRefuse("Exactly one of a metric name and a list of metrics must be given",
			"Give metricName with namespace and statistic, or metrics.")
	case len(queries) == 0 && (own.Str("namespace") == "" || own.Str("statistic") == ""):
		return scalingRefuse("A customized metric needs a namespace and a statistic", "Give namespace and statistic.")
	case len(queries) == 0:
		return nil
	}
	if err := cloudwatch.QueriesGood(queries, cloudwatch.MetricOf("metricStat"), scalingRefuse); err != nil {
		return err
	}
	if n := cloudwatch.CountReturned(queries); n != 1 {
		return scalingRefuse(fmt.Sprintf("Exactly one element of the metrics list should return data, got %d", n),
			"Set returnData to false on every metric but the one to track; it is true where it is left out.")
	}
	return nil
}

// albRequests is the metric that needs to know a load balancer.
const albRequests = "ALBRequestCountPerTarget"

// albLabel wants the label of a target group that belongs to the scaling group
// and that a listener of the load balancer serves.
func albLabel(o *sim.Op) error {
	spec := o.In.Map(tracking + ".predefinedMetricSpecification")
	kind, label := spec.Str("predefinedMetricType"), spec.Str("resourceLabel")
	switch {
	case spec == nil || kind != albRequests && label == "":
		return nil
	case kind != albRequests:
		return scalingRefuse(fmt.Sprintf("A resource label is not allowed with the metric type %s", kind),
			"Take resourceLabel away.")
	case label == "":
		return scalingRefuse("A resource label must be specified with the metric type "+albRequests,
			"Give resourceLabel: the load balancer's and the target group's arnSuffix with a slash between them.")
	}
	at := strings.Index(label, "/targetgroup/")
	bad := func(hint string) error {
		return scalingRefuse(fmt.Sprintf("Resource label %s is invalid", label), hint)
	}
	if at < 0 {
		return bad("Write app/<name>/<id>/targetgroup/<name>/<id>.")
	}
	balancer, ok := o.FindBy(token.LBLoadBalancer, "arnSuffix", label[:at])
	group, ok2 := o.FindBy(token.LBTargetGroup, "arnSuffix", label[at+1:])
	scaling, _ := o.Find(token.AutoScalingGroup, o.In.Str("autoscalingGroupName"))
	switch {
	case !ok || !ok2:
		return bad("The load balancer or the target group does not exist in " + o.Region + ".")
	case elb.BalancerUsing(o, group.Str("arn")) != balancer.Str("arn"):
		return bad("The load balancer does not route traffic to the target group: create the listener first and depend on " +
			"it.")
	case !slices.Contains(scaling.Strs("targetGroupArns"), group.Str("arn")):
		return bad("The target group is not attached to the Auto Scaling group: name it in targetGroupArns.")
	}
	return nil
}

func predictiveGood(o *sim.Op) error {
	spec := o.In.Map("predictiveScalingConfiguration.metricSpecification")
	if spec == nil {
		return nil
	}
	pair := spec.Has("predefinedMetricPairSpecification")
	load := spec.Has("predefinedLoadMetricSpecification") || spec.Has("customizedLoadMetricSpecification")
	scaling := spec.Has("predefinedScalingMetricSpecification") || spec.Has("customizedScalingMetricSpecification")
	switch {
	case pair && (load || scaling), !pair && !(load && scaling):
		return scalingRefuse("Predictive scaling needs a metric pair, or a load metric and a scaling metric",
			"Give predefinedMetricPairSpecification, or the two others.")
	case spec.Num("targetValue") <= 0:
		return scalingRefuse("TargetValue must be greater than 0", "Change targetValue.")
	}
	return nil
}

// Package appautoscaling simulates Application Auto Scaling: what of ECS, DynamoDB, Lambda and others
// may be scaled, and by which policies and schedules. Nothing is scaled.
package appautoscaling

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/rung-dev/rung/offline/aws/internal/check"
	"github.com/rung-dev/rung/offline/aws/internal/refer"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

const (
	service = "Application Auto Scaling"
	invalid = "ValidationException"
	missing = "ObjectNotFoundException"
)

// dimensions are what may be scaled of each service (Application Auto Scaling API,
// RegisterScalableTarget).
var dimensions = map[string][]string{
	"ecs":      {"ecs:service:DesiredCount"},
	"dynamodb": {"dynamodb:table:ReadCapacityUnits", "dynamodb:table:WriteCapacityUnits", "dynamodb:index:ReadCapacityUnits", "dynamodb:index:WriteCapacityUnits"},
	"rds":      {"rds:cluster:ReadReplicaCount"}, "lambda": {"lambda:function:ProvisionedConcurrency"}, "kafka": {"kafka:broker-storage:VolumeSize"},
	"elasticache": {"elasticache:replication-group:NodeGroups", "elasticache:replication-group:Replicas", "elasticache:cache-cluster:Nodes"},
	"ec2":         {"ec2:spot-fleet-request:TargetCapacity"}, "appstream": {"appstream:fleet:DesiredCapacity"}, "cassandra": {"cassandra:table:ReadCapacityUnits", "cassandra:table:WriteCapacityUnits"},
	"sagemaker":        {"sagemaker:variant:DesiredInstanceCount", "sagemaker:variant:DesiredProvisionedConcurrency", "sagemaker:inference-component:DesiredCopyCount"},
	"comprehend":       {"comprehend:document-classifier-endpoint:DesiredInferenceUnits", "comprehend:entity-recognizer-endpoint:DesiredInferenceUnits"},
	"elasticmapreduce": {"elasticmapreduce:instancegroup:InstanceCount"}, "neptune": {"neptune:cluster:ReadReplicaCount"},
	"workspaces": {"workspaces:workspacespool:DesiredUserSessions"},
}

// Kinds is the table of Application Auto Scaling.
func Kinds() []sim.Kind { return []sim.Kind{target(), policy(), scheduled()} }

// key names a target among those of its service.
func key(in sim.Props) string {
	return strings.Join([]string{in.Str("serviceNamespace"), in.Str("resourceId"), in.Str("scalableDimension")}, "/")
}

func target() sim.Kind {
	return sim.Kind{
		Token: token.AppAutoScalingTarget, Service: service, API: "ScalableTarget", Noun: "Application AutoScaling Target",
		Verbs: map[sim.Verb]string{
			sim.Create: "RegisterScalableTarget", sim.Update: "RegisterScalableTarget", sim.Delete: "DeregisterScalableTarget",
		},
		Ranges:    map[string]sim.Range{"minCapacity": {Min: 0, Max: 1 << 31}, "maxCapacity": {Min: 0, Max: 1 << 31}},
		ReplaceOn: []string{"resourceId", "scalableDimension", "serviceNamespace"},
		ID:        func(o *sim.Op) string { return key(o.In) },
		Outputs: func(o *sim.Op) sim.Props {
			out := sim.Props{
				"arn": o.ARN("application-autoscaling", "scalable-target/"+o.Hex(32, "target")), "suspendedState": map[string]any{
					"dynamicScalingInSuspended": false, "dynamicScalingOutSuspended": false, "scheduledScalingSuspended": false,
				},
			}
			if name, ok := linked[o.In.Str("serviceNamespace")]; ok {
				out["roleArn"] = o.GlobalARN("iam", "role/aws-service-role/"+o.In.Str("serviceNamespace")+
					".application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_"+name)
			}
			return out
		},
		Refs: []sim.Ref{refer.Role("roleArn", invalid)},
		Rules: append(sim.Many(sim.Create|sim.Update, dimensionKnown, inOrder, stands), sim.Many(sim.Delete,
			takesAlong(token.AppAutoScalingPolicy), takesAlong(token.AppAutoScalingScheduledAction))...),
	}
}

// linked are the ends of the names of the service-linked roles, which come with the first target.
var linked = map[string]string{
	"ecs": "ECSService", "dynamodb": "DynamoDBTable", "rds": "RDSCluster", "lambda": "LambdaConcurrency", "kafka": "KafkaCluster",
	"elasticache": "ElastiCacheRG", "ec2": "EC2SpotFleetRequest", "sagemaker": "SageMakerEndpoint",
}

// takesAlong: what scales a target goes with it.
func takesAlong(kind string) func(*sim.Op) error {
	return func(o *sim.Op) error {
		for _, f := range o.All(kind) {
			if key(f.Props) == key(o.In) {
				o.Drop(f)
			}
		}
		return nil
	}
}

// dimensionKnown: the words of the API's own enumerations, as it refuses others.
func dimensionKnown(o *sim.Op) error {
	of, known := dimensions[o.In.Str("serviceNamespace")]
	if d := o.In.Str("scalableDimension"); known && !slices.Contains(of, d) {
		return sim.Refuse(invalid, fmt.Sprintf("Unsupported service namespace, resource type or scalable dimension: %s", d),
			"Of this service that is one of "+strings.Join(of, ", ")+".")
	}
	return nil
}

func inOrder(o *sim.Op) error {
	if o.In.Int("minCapacity") <= o.In.Int("maxCapacity") {
		return nil
	}
	return sim.Refuse(invalid, "Maximum capacity cannot be less than minimum capacity", "Raise maxCapacity.")
}

// stands refuses to scale an ECS service or a table that there is not. The wording is AWS's for
// services, and the same for tables from memory.
func stands(o *sim.Op) error {
	parts := strings.Split(o.In.Str("resourceId"), "/")
	found := true
	switch kind := o.In.Str("serviceNamespace"); {
	case kind == "ecs" && len(parts) == 3:
		_, found = o.Find(token.ECSService, o.ARN("ecs", o.In.Str("resourceId")))
	case kind == "dynamodb" && len(parts) >= 2:
		_, found = o.FindBy(token.DynamoDBTable, "name", parts[1])
	case kind == "ecs" || kind == "dynamodb":
		found = false
	}
	if found {
		return nil
	}
	return sim.Refuse(invalid, resourceMissing[o.In.Str("serviceNamespace")]+": "+o.In.Str("resourceId"),
		"Name service/CLUSTER/SERVICE, or table/NAME, by the names of what stands.")
}

var resourceMissing = map[string]string{"ecs": "ECS service doesn't exist", "dynamodb": "DynamoDB table does not exist"}

// ofTarget are the inputs that name the target of a policy or a schedule.
var ofTarget = []string{"resourceId", "scalableDimension", "serviceNamespace"}

// registered refuses what scales no target.
func registered(o *sim.Op) error {
	if _, ok := o.Find(token.AppAutoScalingTarget, key(o.In)); ok {
		return nil
	}
	return sim.Refuse(missing, fmt.Sprintf("No scalable target registered for service namespace: %s, resource ID: %s, "+
		"scalable dimension: %s", o.In.Str("serviceNamespace"), o.In.Str("resourceId"), o.In.Str("scalableDimension")),
		"Take the three from the target, so that it stands first.")
}

func policy() sim.Kind {
	tracking := "targetTrackingScalingPolicyConfiguration"
	return sim.Kind{
		Token: token.AppAutoScalingPolicy, Service: service, API: "ScalingPolicy", Noun: "Application Auto Scaling Scaling Policy",
		Verbs:    map[sim.Verb]string{sim.Create: "PutScalingPolicy", sim.Update: "PutScalingPolicy"},
		Name:     &sim.Name{Auto: true, Max: 255},
		Defaults: sim.Props{"policyType": "StepScaling", tracking + ".disableScaleIn": false},
		Enums: map[string][]string{
			"policyType": {"StepScaling", "TargetTrackingScaling", "PredictiveScaling"},
			"stepScalingPolicyConfiguration.adjustmentType":        {"ChangeInCapacity", "PercentChangeInCapacity", "ExactCapacity"},
			"stepScalingPolicyConfiguration.metricAggregationType": {"Average", "Minimum", "Maximum"},
		},
		Checks: []sim.Check{configured}, ReplaceOn: append([]string{"name"}, ofTarget...),
		AtMostOneOf: [][]string{{tracking, "stepScalingPolicyConfiguration"}},
		ID:          func(o *sim.Op) string { return o.NameOf() },
		Outputs: func(o *sim.Op) sim.Props {
			alarms := []any{}
			if o.In.Has(tracking) { // an alarm of each side
				for _, side := range []string{"AlarmHigh", "AlarmLow"} {
					alarms = append(alarms, o.ARN("cloudwatch",
						"alarm:TargetTracking-"+o.In.Str("resourceId")+"-"+side+"-"+o.UUID(side)))
				}
			}
			return sim.Props{"alarmArns": alarms, "arn": o.ARN("autoscaling",
				fmt.Sprintf("scalingPolicy:%s:resource/%s/%s:policyName/%s",
					o.UUID("policy"), o.In.Str("serviceNamespace"), o.In.Str("resourceId"), o.NameOf()))}
		},
		Rules: sim.Many(sim.Create|sim.Update, registered, configurationOfType),
	}
}

// metric is a name of a metric that a service measures itself.
var metric = regexp.MustCompile(`^[A-Z]\w+$`)

// configured: a policy that follows a metric has one of either sort.
func configured(in sim.Props) []sim.Failure {
	const path = "targetTrackingScalingPolicyConfiguration"
	of := in.Map(path)
	switch own, known := of.Has("customizedMetricSpecification"), of.Has("predefinedMetricSpecification"); {
	case of == nil:
		return nil
	case own == known:
		return check.Wrong(path, "give one of customizedMetricSpecification, predefinedMetricSpecification")
	case known && of.Known("predefinedMetricSpecification") && !metric.MatchString(of.Str("predefinedMetricSpecification.predefinedMetricType")):
		return check.Wrong(path, "predefinedMetricType is the name of a metric, such as ECSServiceAverageCPUUtilization")
	}
	return nil
}

// configurationOfType: the wording is from memory.
func configurationOfType(o *sim.Op) error {
	want := map[string]string{"TargetTrackingScaling": "targetTrackingScalingPolicyConfiguration",
		"StepScaling": "stepScalingPolicyConfiguration"}[o.In.Str("policyType")]
	if want == "" || o.In.Has(want) {
		return nil
	}
	return sim.Refuse(invalid, "You must specify the configuration of the policy type "+o.In.Str("policyType"),
		"Give "+want+", or another policyType: StepScaling is the default.")
}

func scheduled() sim.Kind {
	return sim.Kind{
		Token: token.AppAutoScalingScheduledAction, Service: service, API: "ScheduledAction",
		Noun:  "Application Auto Scaling Scheduled Action",
		Verbs: map[sim.Verb]string{sim.Create: "PutScheduledAction", sim.Update: "PutScheduledAction"},
		Name:  &sim.Name{Auto: true, Max: 256}, Defaults: sim.Props{"timezone": "UTC"},
		Patterns: map[string]sim.Pattern{"schedule": {Match: regexp.MustCompile(`^(at|rate|cron)\(.+\)$`),
			Want: "at(...), rate(...) or cron(...)"}},
		ReplaceOn: append([]string{"name"}, ofTarget...),
		ID:        func(o *sim.Op) string { return o.NameOf() + "-" + key(o.In) },
		Outputs: func(o *sim.Op) sim.Props {
			return sim.Props{"arn": o.ARN("autoscaling", fmt.Sprintf("scheduledAction:%s:resource/%s/%s:scheduledActionName/%s",
				o.UUID("action"), o.In.Str("serviceNamespace"), o.In.Str("resourceId"), o.NameOf()))}
		},
		Rules: sim.Many(sim.Create|sim.Update, registered),
	}
}

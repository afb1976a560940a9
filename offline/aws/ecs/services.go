package ecs

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rung-dev/rung/offline/aws/internal/refer"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

func service() sim.Kind {
	return sim.Kind{
		Token: token.ECSService, Service: "ECS", API: "Service", Verbs: map[sim.Verb]string{sim.Update: "UpdateService"},
		Name: &sim.Name{Auto: true, Max: 255, Pattern: nameForm},
		AtMostOneOf: [][]string{
			{"launchType", "capacityProviderStrategies"},
		},
		Defaults: sim.Props{
			"availabilityZoneRebalancing": "DISABLED", "deploymentMaximumPercent": 200.0, "deploymentMinimumHealthyPercent": 100.0,
			"enableEcsManagedTags": false, "enableExecuteCommand": false, "schedulingStrategy": "REPLICA", "waitForSteadyState": false,
			"networkConfiguration.assignPublicIp": false, "deploymentController.type": "ECS",
		},
		Enums: map[string][]string{
			"launchType": {"EC2", fargate, "EXTERNAL"}, "schedulingStrategy": {"REPLICA", "DAEMON"}, "propagateTags": {"SERVICE", "TASK_DEFINITION", "NONE"},
			"deploymentController.type": {"ECS", "CODE_DEPLOY", "EXTERNAL"}, "availabilityZoneRebalancing": {"ENABLED", "DISABLED"},
		},
		Ranges: map[string]sim.Range{
			"desiredCount": {Min: 0, Max: 5000}, "healthCheckGracePeriodSeconds": {Min: 0, Max: 2147483647}, "loadBalancers.containerPort": {Min: 0, Max: 65536},
		},
		Sets:        []string{"loadBalancers", "capacityProviderStrategies", "placementConstraints"},
		ReplaceOn:   []string{"cluster", "deploymentController", "iamRole", "launchType", "name", "schedulingStrategy"},
		ReplaceWhen: strategiesComeOrGo,
		ID:          serviceARN,
		Outputs:     serviceOutputs,
		Refs: []sim.Ref{
			clusterRef(), refer.Subnet("networkConfiguration.subnets"),
			refer.SecurityGroup("networkConfiguration.securityGroups"),
			{Path: "loadBalancers.targetGroupArn", To: []sim.Target{{Token: token.LBTargetGroup}}, Missing: invalid},
		},
		Rules: append(sim.Many(sim.Create, refer.TakenID(invalid)),
			sim.Many(sim.Create|sim.Update, definitionStands, networkGiven, balanced)...),
	}
}

func serviceARN(o *sim.Op) string { return o.ARN("ecs", "service/"+clusterName(o.In)+"/"+o.NameOf()) }

func serviceOutputs(o *sim.Op) sim.Props {
	out := sim.Props{
		"iamRole": "", "platformVersion": "", "triggers": map[string]any{}, "desiredCount": 0, "healthCheckGracePeriodSeconds": 0,
	}
	if !o.In.Has("capacityProviderStrategies") {
		out["launchType"] = "EC2"
	}
	if o.In.Str("launchType") == fargate {
		out["platformVersion"] = "LATEST"
	}
	if len(o.In.Maps("loadBalancers")) > 0 {
		out["iamRole"] = "/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS"
	}
	return out
}

// strategiesComeOrGo: a service goes from a launch type to strategies, or back, as
// another one, and so does one that is not to be deployed anew.
func strategiesComeOrGo(old, new sim.Props) []string {
	before, after := len(old.Maps("capacityProviderStrategies")), len(new.Maps("capacityProviderStrategies"))
	if (before == 0) != (after == 0) || !new.Bool("forceNewDeployment") {
		return []string{"capacityProviderStrategies"}
	}
	return nil
}

// definition is the task definition of a service: by ARN, by family, or by family and
// revision.
func definition(o *sim.Op) (sim.Props, bool) {
	name := o.In.Str("taskDefinition")
	name = name[strings.LastIndex(name, "/")+1:]
	family, number, exact := strings.Cut(name, ":")
	last, found := sim.Props(nil), false
	for _, d := range o.All(token.ECSTaskDefinition) {
		if d.Props.Str("family") != family || exact && number != fmt.Sprint(d.Props.Int("revision")) ||
			d.Props.Int("revision") < last.Int("revision") {
			continue
		}
		last, found = d.Props, true
	}
	return last, found
}

// definitionStands refuses a service of nothing, and one on what does not run it. A service
// whose tasks somebody else deploys has none.
func definitionStands(o *sim.Op) error {
	if o.In.Str("deploymentController.type") == "EXTERNAL" && !o.In.Has("taskDefinition") {
		return nil
	}
	task, ok := definition(o)
	if !ok {
		return sim.Refuse(clientError, "TaskDefinition not found.",
			"Give the ARN of a task definition that stands in taskDefinition, got \""+o.In.Str("taskDefinition")+"\".")
	}
	if o.In.Str("launchType") == fargate && !slices.Contains(task.Strs("requiresCompatibilities"), fargate) {
		return sim.Refuse(invalid, "Task definition does not support launch_type FARGATE.",
			"Name FARGATE among its requiresCompatibilities.")
	}
	return nil
}

func networkGiven(o *sim.Op) error {
	task, ok := definition(o)
	own, given := task.Str("networkMode") == ownNetwork, o.In.Has("networkConfiguration")
	switch {
	case !ok || own == given:
		return nil
	case own:
		return sim.Refuse(invalid, "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
			"Give subnets in networkConfiguration.")
	}
	return sim.Refuse(invalid, "Network Configuration is not valid for the given networkMode of this task definition.",
		"Take networkConfiguration away, or set the definition's networkMode to awsvpc.")
}

// balanced: ECS looks at each target group and its container when the service is made. A
// group that no listener leads to has no load balancer yet.
func balanced(o *sim.Op) error {
	task, _ := definition(o)
	all, _ := containers(task.Str("containerDefinitions")) // read by its check
	for _, b := range o.In.Maps("loadBalancers") {
		group, name := b.Str("targetGroupArn"), b.Str("containerName")
		if err := groupFits(o, task, group); err != nil {
			return err
		}
		at := slices.IndexFunc(all, func(c container) bool { return c.Name == name })
		if len(all) > 0 && at < 0 {
			return sim.Refuse(invalid, "The container "+name+" does not exist in the task definition.",
				"Give containerName of one.")
		}
		if len(all) > 0 && !all[at].listens(b.Int("containerPort")) {
			return sim.Refuse(invalid, fmt.Sprintf("The container %s did not have a container port %d defined.", name,
				b.Int("containerPort")), "Name the port among its portMappings.")
		}
	}
	return nil
}

func groupFits(o *sim.Op, task sim.Props, arn string) error {
	group, ours := o.Find(token.LBTargetGroup, arn)
	if !ours {
		return nil
	}
	if kind := group.Str("targetType"); task.Str("networkMode") == ownNetwork && kind != "ip" {
		return sim.Refuse(invalid, fmt.Sprintf("The provided target group %s has target type %s, which is incompatible with "+
			"the awsvpc network mode specified in the task definition.", arn, kind), "Set the group's targetType to ip.")
	}
	if led(o, arn) {
		return nil
	}
	return sim.Refuse(invalid, "The target group with targetGroupArn "+arn+" does not have an associated load balancer.",
		"Let the service depend on the listener, or the rule, that leads to the group.")
}

// led reports whether a listener or one of its rules leads to a target group.
func led(o *sim.Op, group string) bool {
	for kind, paths := range map[string][]string{
		token.LBListener:     {"defaultActions.targetGroupArn", "defaultActions.forward.targetGroups.arn"},
		token.LBListenerRule: {"actions.targetGroupArn", "actions.forward.targetGroups.arn"},
	} {
		for _, l := range o.All(kind) {
			if slices.ContainsFunc(paths, func(path string) bool { return slices.Contains(l.Props.Strs(path), group) }) {
				return true
			}
		}
	}
	return false
}

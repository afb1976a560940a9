package codepipeline

import (
	"slices"

	"github.com/rung-dev/rung/offline/aws/internal/check"
	"github.com/rung-dev/rung/offline/aws/internal/refer"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

func application() sim.Kind {
	return sim.Kind{
		Token: token.CodeDeployApplication, Service: "CodeDeploy", API: "Application", Verbs: map[sim.Verb]string{sim.Update: "UpdateApplication"},
		Name:     &sim.Name{Auto: true, Max: 100, Taken: "ApplicationAlreadyExistsException"},
		Defaults: sim.Props{"computePlatform": "Server"}, Enums: map[string][]string{"computePlatform": {"Server", "Lambda", "ECS"}},
		ReplaceOn: []string{"computePlatform"},
		ID:        func(o *sim.Op) string { return o.UUID("application") },
		Outputs: func(o *sim.Op) sim.Props {
			return sim.Props{"applicationId": o.UUID("application"), "arn": o.ARN("codedeploy", "application:"+o.NameOf()),
				"githubAccountName": "", "linkedToGithub": false}
		},
		Rules: sim.Many(sim.Delete, takesGroups),
	}
}

// takesGroups: an application takes its groups along.
func takesGroups(o *sim.Op) error {
	for _, g := range o.All(token.CodeDeployDeploymentGroup) {
		if g.Props.Str("appName") == o.In.Str("name") {
			o.Drop(g)
		}
	}
	return nil
}

func deploymentGroup() sim.Kind {
	const missing = "DoesNotExistException"
	return sim.Kind{
		Token: token.CodeDeployDeploymentGroup, Service: "CodeDeploy", API: "DeploymentGroup",
		Verbs: map[sim.Verb]string{sim.Update: "UpdateDeploymentGroup"},
		Name:  &sim.Name{Property: "deploymentGroupName", Max: 100, Taken: "DeploymentGroupAlreadyExistsException", Within: []string{"appName"}},
		Defaults: sim.Props{"deploymentConfigName": "CodeDeployDefault.OneAtATime", "outdatedInstancesStrategy": "UPDATE",
			"deploymentStyle.deploymentOption": "WITHOUT_TRAFFIC_CONTROL", "deploymentStyle.deploymentType": "IN_PLACE"},
		Enums: map[string][]string{
			"deploymentStyle.deploymentOption": {"WITH_TRAFFIC_CONTROL", "WITHOUT_TRAFFIC_CONTROL"},
			"deploymentStyle.deploymentType":   {"IN_PLACE", "BLUE_GREEN"}, "outdatedInstancesStrategy": {"UPDATE", "IGNORE"},
			"autoRollbackConfiguration.events": {"DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST"},
		},
		Checks: []sim.Check{groupsAndTags}, Sets: []string{"ec2TagFilters", "ec2TagSets", "triggerConfigurations", "onPremisesInstanceTagFilters"},
		ReplaceOn: []string{"appName"},
		ID:        func(o *sim.Op) string { return o.UUID("group") },
		Outputs: func(o *sim.Op) sim.Props {
			app, _ := o.FindBy(token.CodeDeployApplication, "name", o.In.Str("appName"))
			return sim.Props{"arn": o.ARN("codedeploy", "deploymentgroup:"+o.In.Str("appName")+"/"+o.NameOf()),
				"computePlatform": app.Str("computePlatform"), "deploymentGroupId": o.UUID("group")}
		},
		Refs: []sim.Ref{
			{Path: "appName", To: []sim.Target{{Token: token.CodeDeployApplication, By: "name"}}, Missing: "Application" + missing},
			refer.Role("serviceRoleArn", "InvalidRoleException"), refer.Topic("triggerConfigurations.triggerTargetArn",
				"InvalidTriggerConfigException"),
			{Path: "autoscalingGroups", To: []sim.Target{{Token: token.AutoScalingGroup}, {Token: token.AutoScalingGroup, By: "name"}}, Missing: "InvalidAutoScalingGroupException"},
		},
		Rules: sim.Many(sim.Create|sim.Update, refer.Trusted("serviceRoleArn", "codedeploy.amazonaws.com", "InvalidRoleException"), styleOfECS),
	}
}

// groupsAndTags is the provider's own check, made in previews too.
func groupsAndTags(in sim.Props) []sim.Failure {
	if in.Has("ec2TagFilters") && in.Has("ec2TagSets") {
		return check.Wrong("ec2TagFilters", "conflicts with ec2TagSets")
	}
	return nil
}

// styleOfECS: a service of ECS is deployed beside itself, behind a balancer.
func styleOfECS(o *sim.Op) error {
	app, _ := o.FindBy(token.CodeDeployApplication, "name", o.In.Str("appName"))
	if app.Str("computePlatform") != "ECS" {
		return nil
	}
	if o.In.Str("deploymentStyle.deploymentType") != "BLUE_GREEN" {
		return sim.Refuse("InvalidDeploymentStyleException", "The deployment type for ECS must be BLUE_GREEN",
			"Set deploymentStyle to BLUE_GREEN and WITH_TRAFFIC_CONTROL.")
	}
	for _, key := range []string{"ecsService", "blueGreenDeploymentConfig", "loadBalancerInfo"} {
		if !o.In.Has(key) {
			return sim.Refuse("InvalidDeploymentStyleException", "For ECS deployment group, "+key+" must be specified",
				"Give "+key+".")
		}
	}
	service := o.In.Str("ecsService.serviceName")
	if !slices.ContainsFunc(o.All(token.ECSService), func(f sim.Found) bool { return f.Props.Str("name") == service }) {
		return sim.Refuse("InvalidECSServiceException", "The ECS service cannot be found: "+service,
			"Make the service first.")
	}
	return nil
}

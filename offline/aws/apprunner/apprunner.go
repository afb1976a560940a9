// Package apprunner simulates App Runner: services, their ways into a network and how they scale.
// Nothing is built or runs.
package apprunner

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/rung-dev/rung/offline/aws/internal/check"
	"github.com/rung-dev/rung/offline/aws/internal/place"
	"github.com/rung-dev/rung/offline/aws/internal/refer"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

const invalid = "InvalidRequestException"

// Kinds is the table of App Runner.
func Kinds() []sim.Kind { return []sim.Kind{service(), connector(), scaling()} }

var nameForm = sim.Pattern{
	Match: regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{3,39}$`), Want: "4 to 40 letters, digits, hyphens and underscores",
}

func service() sim.Kind {
	const health, source = "healthCheckConfiguration.", "sourceConfiguration."
	return sim.Kind{
		Token: token.AppRunnerService, Service: "AppRunner", API: "Service", Noun: "App Runner Service",
		Verbs: map[sim.Verb]string{sim.Update: "UpdateService"},
		Name:  &sim.Name{Property: "serviceName", Pattern: nameForm, Taken: invalid},
		Defaults: sim.Props{
			health + "healthyThreshold": 1.0, health + "interval": 5.0, health + "path": "/", health + "protocol": "TCP",
			health + "timeout":            2.0,
			health + "unhealthyThreshold": 5.0, "instanceConfiguration.cpu": "1024", "instanceConfiguration.memory": "2048",
			source + "autoDeploymentsEnabled": true, source + "imageRepository.imageConfiguration.port": "8080",
			source + "codeRepository.codeConfiguration.codeConfigurationValues.port": "8080",
		},
		Enums: map[string][]string{
			health + "protocol": {"TCP", "HTTP"}, source + "imageRepository.imageRepositoryType": {"ECR", "ECR_PUBLIC"},
			source + "codeRepository.codeConfiguration.configurationSource": {"REPOSITORY", "API"},
			source + "codeRepository.sourceCodeVersion.type":                {"BRANCH"},
			"networkConfiguration.egressConfiguration.egressType":           {"DEFAULT", "VPC"},
			"networkConfiguration.ipAddressType":                            {"IPV4", "DUAL_STACK"},
		},
		Ranges: map[string]sim.Range{
			health + "healthyThreshold": {Min: 1, Max: 20}, health + "unhealthyThreshold": {Min: 1, Max: 20},
			health + "interval": {Min: 1, Max: 20},
			health + "timeout":  {Min: 1, Max: 20},
		},
		Patterns: map[string]sim.Pattern{
			"instanceConfiguration.cpu": {Match: regexp.MustCompile(`^(256|512|1024|2048|4096|(0\.25|0\.5|1|2|4) vCPU)$`),
				Want: "256, 512, 1024, 2048 or 4096"},
			"instanceConfiguration.memory": {Match: regexp.MustCompile(`^(512|1024|2048|3072|4096|6144|8192|10240|12288|(0\.5|1|2|3|4|6|8|10|12) GB)$`),
				Want: "512 to 12288 MB in AWS's steps"},
			source + "imageRepository.imageIdentifier": {
				Match: regexp.MustCompile(`^(\d{12}\.dkr\.ecr\.[a-z-]+-\d\.amazonaws\.com/.+|public\.ecr\.aws/.+/.+)$`),
				Want:  "an image of ECR: ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAME:TAG or public.ecr.aws/ALIAS/NAME:TAG",
			},
		},
		Checks: []sim.Check{oneSource}, ReplaceOn: []string{"encryptionConfiguration", "serviceName"},
		ID: serviceARN, Outputs: serviceOutputs,
		Refs: []sim.Ref{
			refer.Role("instanceConfiguration.instanceRoleArn", invalid),
			refer.Role(source+"authenticationConfiguration.accessRoleArn", invalid),
			refer.Key("encryptionConfiguration.kmsKey", invalid),
			{Path: "autoScalingConfigurationArn", To: []sim.Target{{Token: token.AppRunnerAutoScalingConfigurationVersion, By: "arn"}}, Missing: invalid,
				InUse: invalid, Unless: func(v string) bool { return strings.Contains(v, "/DefaultConfiguration/") }},
			{Path: "networkConfiguration.egressConfiguration.vpcConnectorArn", To: []sim.Target{{Token: token.AppRunnerVpcConnector, By: "arn"}}, Missing: invalid, InUse: invalid},
			{Path: source + "authenticationConfiguration.connectionArn", To: []sim.Target{{Token: token.CodeStarConnectionsConnection, By: "arn"}}, Missing: invalid,
				Unless: func(v string) bool { return strings.Contains(v, ":apprunner:") }},
		},
		Rules: sim.Many(sim.Create|sim.Update, refer.Trusted("instanceConfiguration.instanceRoleArn", "tasks.apprunner.amazonaws.com", invalid),
			refer.Trusted(source+"authenticationConfiguration.accessRoleArn", "build.apprunner.amazonaws.com", invalid),
			imageMayBeRead, sizesFit),
		Quota: &sim.Quota{Key: "apprunner.services", Default: 30, Code: "ServiceQuotaExceededException"},
	}
}

func serviceARN(o *sim.Op) string {
	return o.ARN("apprunner", "service/"+o.NameOf()+"/"+o.Hex(32, "service"))
}

// oneSource is the provider's own check, made in previews too.
func oneSource(in sim.Props) []sim.Failure {
	source := in.Map("sourceConfiguration")
	if !in.Known("sourceConfiguration") || source.Has("codeRepository") != source.Has("imageRepository") {
		return nil
	}
	return check.Wrong("sourceConfiguration", "give one of codeRepository and imageRepository")
}

func serviceOutputs(o *sim.Op) sim.Props {
	return sim.Props{
		"arn": serviceARN(o), "serviceId": o.Hex(32, "service"), "status": "RUNNING",
		"serviceUrl":                  o.Lower(10, "url") + "." + o.Region + ".awsapprunner.com",
		"autoScalingConfigurationArn": o.ARN("apprunner", "autoscalingconfiguration/DefaultConfiguration/1/00000000000000000000000000000001"),
		"healthCheckConfiguration": map[string]any{"healthyThreshold": 1, "interval": 5, "path": "/", "protocol": "TCP", "timeout": 2,
			"unhealthyThreshold": 5},
		"instanceConfiguration": map[string]any{"cpu": "1024", "memory": "2048"},
		"networkConfiguration": map[string]any{"egressConfiguration": map[string]any{"egressType": "DEFAULT"},
			"ingressConfiguration": map[string]any{"isPubliclyAccessible": true}, "ipAddressType": "IPV4"},
	}
}

// imageMayBeRead: an image of a private repository is read by a role.
func imageMayBeRead(o *sim.Op) error {
	source := o.In.Map("sourceConfiguration")
	if source.Str("imageRepository.imageRepositoryType") != "ECR" ||
		source.Str("authenticationConfiguration.accessRoleArn") != "" {
		return nil
	}
	return sim.Refuse(invalid, "Authentication configuration is invalid: an access role is required for ECR",
		"Give sourceConfiguration.authenticationConfiguration.accessRoleArn.")
}

// memoryOf are the sizes of memory, in MB, that go with processors (App Runner API, InstanceConfiguration).
var memoryOf = map[string]string{
	"256": "512 1024", "512": "1024", "1024": "2048 3072 4096", "2048": "4096 6144", "4096": "8192 10240 12288",
}

func sizesFit(o *sim.Op) error {
	cpu, memory := o.In.Str("instanceConfiguration.cpu"), o.In.Str("instanceConfiguration.memory")
	fits, plain := memoryOf[cpu]
	if !plain || strings.HasSuffix(memory, "GB") || memory == "" || strings.Contains(" "+fits+" ", " "+memory+" ") {
		return nil
	}
	return sim.Refuse(invalid, fmt.Sprintf("Invalid combination of cpu (%s) and memory (%s)", cpu, memory),
		"With "+cpu+" go "+fits+".")
}

func connector() sim.Kind {
	return sim.Kind{
		Token: token.AppRunnerVpcConnector, Service: "AppRunner", API: "VpcConnector", Noun: "App Runner VPC Connector",
		Verbs:    map[sim.Verb]string{sim.Update: "TagResource"},
		Name:     &sim.Name{Property: "vpcConnectorName", Pattern: nameForm},
		Required: []string{"subnets", "securityGroups"}, ReplaceOn: []string{"securityGroups", "subnets", "vpcConnectorName"},
		ID: connectorARN,
		Outputs: func(o *sim.Op) sim.Props {
			return sim.Props{"arn": connectorARN(o), "status": "ACTIVE", "vpcConnectorRevision": 1}
		},
		Refs: []sim.Ref{refer.Subnet("subnets"), refer.SecurityGroupOr("securityGroups", invalid)},
		Rules: sim.Many(sim.Create, func(o *sim.Op) error {
			if _, err := place.OneVPC(o, o.In.Strs("subnets")); err != nil {
				return sim.Refuse(invalid, "Subnets must be in the same VPC", err.Error()+".")
			}
			return nil
		}),
	}
}

func connectorARN(o *sim.Op) string {
	return o.ARN("apprunner", "vpcconnector/"+o.NameOf()+"/1/"+o.Hex(32, "connector"))
}

func scaling() sim.Kind {
	return sim.Kind{
		Token: token.AppRunnerAutoScalingConfigurationVersion, Service: "AppRunner", API: "AutoScalingConfiguration",
		Noun:      "App Runner AutoScaling Configuration Version",
		Verbs:     map[sim.Verb]string{sim.Update: "TagResource"},
		Name:      &sim.Name{Property: "autoScalingConfigurationName", Pattern: sim.Pattern{Match: regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{3,31}$`), Want: "4 to 32 letters, digits, hyphens and underscores"}},
		Defaults:  sim.Props{"maxConcurrency": 100.0, "maxSize": 25.0, "minSize": 1.0},
		Ranges:    map[string]sim.Range{"maxConcurrency": {Min: 1, Max: 200}, "maxSize": {Min: 1, Max: 25}, "minSize": {Min: 1, Max: 25}},
		ReplaceOn: []string{"autoScalingConfigurationName", "maxConcurrency", "maxSize", "minSize"},
		ID:        scalingARN,
		Outputs: func(o *sim.Op) sim.Props {
			return sim.Props{"arn": scalingARN(o), "autoScalingConfigurationRevision": 1, "hasAssociatedService": false,
				"isDefault": false,
				"latest":    true, "status": "active"}
		},
		Rules: sim.Many(sim.Create, func(o *sim.Op) error {
			if o.In.Int("minSize") <= o.In.Int("maxSize") {
				return nil
			}
			return sim.Refuse(invalid, "MinSize must not be greater than MaxSize", "Lower minSize.")
		}),
	}
}

func scalingARN(o *sim.Op) string {
	return o.ARN("apprunner", "autoscalingconfiguration/"+o.NameOf()+"/1/"+o.Hex(32, "scaling"))
}

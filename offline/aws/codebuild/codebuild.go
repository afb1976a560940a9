// Package codebuild simulates CodeBuild: projects, which build nothing.
package codebuild

import (
	"regexp"
	"strings"

	"github.com/rung-dev/rung/offline/aws/internal/refer"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

const invalid = "InvalidInputException"

// Kinds is the table of CodeBuild.
func Kinds() []sim.Kind {
	return []sim.Kind{{
		Token: token.CodeBuildProject, Service: "CodeBuild", API: "Project", Verbs: map[sim.Verb]string{sim.Update: "UpdateProject"},
		Name: &sim.Name{Auto: true, Max: 255, Taken: "ResourceAlreadyExistsException", Pattern: sim.Pattern{
			Match: regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]+$`), Want: "at least 2 letters, digits, hyphens and underscores",
		}},
		Defaults: sim.Props{
			"badgeEnabled": false, "buildTimeout": 60.0, "queuedTimeout": 480.0, "projectVisibility": "PRIVATE",
			"environment.imagePullCredentialsType": "CODEBUILD", "environment.privilegedMode": false,
			"environment.environmentVariables.type": "PLAINTEXT", "artifacts.encryptionDisabled": false, "artifacts.overrideArtifactName": false,
			"cache.type": "NO_CACHE",
		},
		Enums: map[string][]string{
			"artifacts.type": {"CODEPIPELINE", "S3", "NO_ARTIFACTS"}, "projectVisibility": {"PRIVATE", "PUBLIC_READ"},
			"source.type": {
				"CODECOMMIT", "CODEPIPELINE", "GITHUB", "S3", "BITBUCKET", "GITHUB_ENTERPRISE", "GITLAB", "GITLAB_SELF_MANAGED",
				"NO_SOURCE",
			},
			"environment.imagePullCredentialsType":  {"CODEBUILD", "SERVICE_ROLE"},
			"environment.environmentVariables.type": {"PLAINTEXT", "PARAMETER_STORE", "SECRETS_MANAGER"}, "cache.type": {"NO_CACHE", "S3", "LOCAL"},
		},
		Ranges:    map[string]sim.Range{"buildTimeout": {Min: 5, Max: 2160}, "queuedTimeout": {Min: 5, Max: 480}},
		ReplaceOn: []string{"name"},
		Sets:      []string{"secondaryArtifacts", "secondarySources", "fileSystemLocations"},
		ID:        arn,
		Outputs: func(o *sim.Op) sim.Props {
			return sim.Props{"arn": arn(o), "badgeUrl": "", "publicProjectAlias": "", "description": "",
				"encryptionKey": o.ARN("kms", "alias/aws/s3")}
		},
		Refs: []sim.Ref{
			refer.Role("serviceRole", invalid), refer.Key("encryptionKey", invalid),
			{Path: "vpcConfig.vpcId", To: []sim.Target{{Token: token.EC2Vpc}}, Missing: invalid},
			{Path: "vpcConfig.subnets", To: []sim.Target{{Token: token.EC2Subnet}}, Missing: invalid},
			refer.SecurityGroupOr("vpcConfig.securityGroupIds", invalid),
		},
		Rules: sim.Many(sim.Create|sim.Update, roleTrusted, pipelineWhole, specGiven),
		Quota: &sim.Quota{Key: "codebuild.projects", Default: 5000, Code: "AccountLimitExceededException"},
	}}
}

func arn(o *sim.Op) string { return o.ARN("codebuild", "project/"+o.NameOf()) }

func roleTrusted(o *sim.Op) error {
	role, ours := o.FindBy(token.IAMRole, "arn", o.In.Str("serviceRole"))
	if !ours || strings.Contains(role.Str("assumeRolePolicy"), "codebuild.amazonaws.com") {
		return nil
	}
	return sim.Refuse(invalid, "CodeBuild is not authorized to perform: sts:AssumeRole on "+o.In.Str("serviceRole"),
		"Let codebuild.amazonaws.com assume it.")
}

// pipelineWhole: what a pipeline gives, a pipeline takes (CodeBuild API, ProjectArtifacts). The wording
// is from memory.
func pipelineWhole(o *sim.Op) error {
	if (o.In.Str("source.type") == "CODEPIPELINE") == (o.In.Str("artifacts.type") == "CODEPIPELINE") {
		return nil
	}
	return sim.Refuse(invalid, "Invalid artifacts: must be CODEPIPELINE when the source is CODEPIPELINE, and only then",
		"Give both the type CODEPIPELINE, or neither.")
}

// specGiven: the wording is from memory.
func specGiven(o *sim.Op) error {
	if o.In.Str("source.type") != "NO_SOURCE" || o.In.Str("source.buildspec") != "" {
		return nil
	}
	return sim.Refuse(invalid, "Invalid project source: a project without source needs a buildspec",
		"Give source.buildspec.")
}

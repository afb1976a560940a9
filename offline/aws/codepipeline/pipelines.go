// Package codepipeline simulates CodePipeline, which nothing runs through, the connections to where sources
// are, and CodeDeploy, which deploys nothing.
package codepipeline

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/rung-dev/rung/offline/aws/internal/check"
	"github.com/rung-dev/rung/offline/aws/internal/refer"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

const invalid = "InvalidStructureException"

// Kinds is the table of CodePipeline and of what stands around it.
func Kinds() []sim.Kind {
	return []sim.Kind{pipeline(), connection(), application(), deploymentGroup()}
}

var nameForm = sim.Pattern{Match: regexp.MustCompile(`^[A-Za-z0-9.@_-]+$`), Want: "letters, digits and .@-_"}

func pipeline() sim.Kind {
	const action = "stages.actions."
	return sim.Kind{
		Token: token.CodePipelinePipeline, Service: "CodePipeline", API: "Pipeline", Verbs: map[sim.Verb]string{sim.Update: "UpdatePipeline"},
		Name:     &sim.Name{Auto: true, Max: 100, Pattern: nameForm, Taken: "PipelineNameInUseException"},
		Required: []string{"artifactStores", "stages"},
		Defaults: sim.Props{"executionMode": "SUPERSEDED", "pipelineType": "V1"},
		Enums: map[string][]string{
			action + "category": {"Source", "Build", "Deploy", "Test", "Invoke", "Approval", "Compute"},
			action + "owner":    {"AWS", "ThirdParty", "Custom"}, "artifactStores.type": {"S3"},
			"artifactStores.encryptionKey.type": {"KMS"},
			"executionMode":                     {"SUPERSEDED", "QUEUED", "PARALLEL"}, "pipelineType": {"V1", "V2"},
		},
		Ranges: map[string]sim.Range{action + "runOrder": {Min: 1, Max: 999}, action + "timeoutInMinutes": {Min: 5, Max: 86400}},
		Checks: []sim.Check{storesOfRegions, ofType},
		Sets:   []string{"artifactStores"}, Ordered: []string{action + "inputArtifacts", action + "outputArtifacts"}, ReplaceOn: []string{"name"},
		Outputs: func(o *sim.Op) sim.Props {
			return sim.Props{"arn": o.ARN("codepipeline", o.NameOf()), "triggerAlls": []any{}}
		},
		Refs: []sim.Ref{
			refer.Role("roleArn", invalid), refer.Role(action+"roleArn", invalid),
			{Path: "artifactStores.location", To: []sim.Target{{Token: token.S3BucketV2}, {Token: token.S3Bucket}}, Missing: invalid, AnyRegion: true},
		},
		Rules: sim.Many(sim.Create|sim.Update, refer.Trusted("roleArn", "codepipeline.amazonaws.com", invalid), stagesRight, artifactsFlow),
		Quota: &sim.Quota{Key: "codepipeline.pipelines", Default: 1000, Code: "LimitExceededException"},
	}
}

// storesOfRegions is the provider's own check: one store has no region, several have one each.
func storesOfRegions(in sim.Props) []sim.Failure {
	stores := in.Maps("artifactStores")
	if len(stores) == 1 && stores[0].Has("region") {
		return check.Wrong("artifactStores", "region cannot be set for a single-region pipeline")
	}
	for _, s := range stores {
		if len(stores) > 1 && !s.Has("region") {
			return check.Wrong("artifactStores", "region must be set for a cross-region pipeline")
		}
	}
	return nil
}

// ofType: what the newer type of pipeline has alone.
func ofType(in sim.Props) (wrong []sim.Failure) {
	if in.Str("pipelineType") != "V1" {
		return nil
	}
	for _, key := range []string{"triggers", "variables"} {
		if in.Has(key) {
			wrong = append(wrong, check.Wrong(key, "needs pipelineType V2")...)
		}
	}
	if mode := in.Str("executionMode"); mode != "SUPERSEDED" {
		wrong = append(wrong, check.Wrong("executionMode", "%s needs pipelineType V2", mode)...)
	}
	return wrong
}

// stagesRight: a pipeline begins with sources, has them nowhere else, and has two stages or
// more, each with names of its own (CodePipeline user guide, pipeline structure).
func stagesRight(o *sim.Op) error {
	stages := o.In.Maps("stages")
	if len(stages) < 2 {
		return sim.Refuse(invalid, "Pipeline has insufficient stages: must have at least two",
			"Give a stage of sources, and one that uses them.")
	}
	names := map[string]bool{}
	for i, s := range stages {
		if names[s.Str("name")] {
			return sim.Refuse(invalid, "Stage names must be unique within a pipeline: "+s.Str("name"), "Name each stage once.")
		}
		names[s.Str("name")] = true
		if len(s.Maps("actions")) == 0 {
			return sim.Refuse(invalid, fmt.Sprintf("Stage %s has no actions", s.Str("name")), "Give it one.")
		}
		for _, a := range s.Maps("actions") {
			if (a.Str("category") == "Source") != (i == 0) {
				return sim.Refuse(invalid,
					fmt.Sprintf("Pipeline stage %s may only contain Source actions if it is the first one, and the first one "+
						"nothing else", s.Str("name")), "Put the sources into the first stage, and nothing else.")
			}
		}
	}
	return nil
}

// artifactsFlow: an action takes what an earlier one gives, and no two give the same.
func artifactsFlow(o *sim.Op) error {
	var given []string
	for _, s := range o.In.Maps("stages") {
		actions := s.Maps("actions")
		slices.SortStableFunc(actions, func(a, b sim.Props) int {
			return max(a.Int("runOrder"),
				1) - max(b.Int("runOrder"), 1)
		})
		for _, a := range actions {
			for _, name := range a.Strs("inputArtifacts") {
				if !slices.Contains(given, name) {
					return sim.Refuse(invalid,
						fmt.Sprintf("Input Artifact Bundle %s in action %s is not declared as Output Artifact Bundle in any "+
							"of the preceding actions", name, a.Str("name")),
						"Let an earlier action give it, in a lower runOrder or an earlier stage.")
				}
			}
			for _, name := range a.Strs("outputArtifacts") {
				if slices.Contains(given, name) {
					return sim.Refuse(invalid, "Output Artifact Bundle name must be unique within the pipeline: "+name,
						"Name each artifact once.")
				}
				given = append(given, name)
			}
		}
	}
	return nil
}

// connection leads to where sources are. Somebody must let AWS in there by hand, so that it is pending.
func connection() sim.Kind {
	return sim.Kind{
		Token: token.CodeStarConnectionsConnection, Service: "CodeStar Connections", API: "Connection",
		Verbs:        map[sim.Verb]string{sim.Update: "TagResource"},
		Name:         &sim.Name{Auto: true, Max: 32, Taken: "ResourceAlreadyExistsException"},
		ExactlyOneOf: [][]string{{"hostArn", "providerType"}},
		Enums:        map[string][]string{"providerType": {"Bitbucket", "GitHub", "GitHubEnterpriseServer", "GitLab", "GitLabSelfManaged"}},
		ReplaceOn:    []string{"hostArn", "name", "providerType"},
		ID:           func(o *sim.Op) string { return o.ARN("codestar-connections", "connection/"+o.UUID("connection")) },
		Outputs: func(o *sim.Op) sim.Props {
			return sim.Props{"arn": o.ARN("codestar-connections", "connection/"+o.UUID("connection")),
				"connectionStatus": "PENDING",
				"providerType":     ""}
		},
	}
}

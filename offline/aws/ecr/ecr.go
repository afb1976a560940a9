// Package ecr simulates ECR's repositories and their policies. No image is ever pushed.
package ecr

import (
	"encoding/json"
	"fmt"
	"regexp"

	"github.com/rung-dev/rung/offline/aws/internal/policy"
	"github.com/rung-dev/rung/offline/aws/internal/refer"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

const (
	invalid = "InvalidParameterException"
	missing = "RepositoryNotFoundException"
)

// Kinds is the table of ECR.
func Kinds() []sim.Kind {
	return []sim.Kind{
		{
			Token: token.ECRRepository, Service: "ECR", API: "Repository",
			Verbs: map[sim.Verb]string{sim.Update: "PutImageTagMutability"},
			Name: &sim.Name{Auto: true, Max: 256, Lower: true, Taken: "RepositoryAlreadyExistsException", Pattern: sim.Pattern{
				Match: regexp.MustCompile(`^(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*$`),
				Want:  "small letters and digits, with single hyphens, underscores, dots and slashes between them",
			}},
			Defaults: sim.Props{"imageTagMutability": "MUTABLE", "encryptionConfigurations.encryptionType": "AES256"},
			Enums: map[string][]string{
				"imageTagMutability": {"MUTABLE", "IMMUTABLE"}, "encryptionConfigurations.encryptionType": {"AES256", "KMS", "KMS_DSSE"},
			},
			ReplaceOn: []string{"encryptionConfigurations", "name"},
			Outputs: func(o *sim.Op) sim.Props {
				return sim.Props{
					"arn": o.ARN("ecr", "repository/"+o.NameOf()), "registryId": o.Account,
					"repositoryUrl": fmt.Sprintf("%s.dkr.ecr.%s.amazonaws.com/%s", o.Account, o.Region, o.NameOf()),
				}
			},
			Refs: []sim.Ref{refer.Key("encryptionConfigurations.kmsKey", "KmsException")},
			Rules: sim.Many(sim.Delete, refer.TakesAlong(token.ECRRepositoryPolicy, "repository"),
				refer.TakesAlong(token.ECRLifecyclePolicy, "repository")),
		},
		ofRepository(token.ECRRepositoryPolicy, "SetRepositoryPolicy", "DeleteRepositoryPolicy", []string{"repository"},
			policyGood),
		ofRepository(token.ECRLifecyclePolicy, "PutLifecyclePolicy", "DeleteLifecyclePolicy",
			[]string{"policy", "repository"},
			rulesGood),
	}
}

// ofRepository is a document of a repository, one each.
func ofRepository(kind, put, drop string, replaceOn []string, good func(*sim.Op) error) sim.Kind {
	return sim.Kind{
		Token: kind, Service: "ECR", API: "RepositoryDocument", Verbs: map[sim.Verb]string{sim.Create: put, sim.Update: put, sim.Delete: drop},
		Required: []string{"policy"}, JSON: []string{"policy"}, ReplaceOn: replaceOn,
		// Another one of the same repository is the same one.
		DeleteFirst: true,
		ID:          func(o *sim.Op) string { return o.In.Str("repository") },
		Outputs:     func(o *sim.Op) sim.Props { return sim.Props{"registryId": o.Account} },
		Refs:        []sim.Ref{{Path: "repository", To: []sim.Target{{Token: token.ECRRepository}}, Missing: missing}},
		Rules:       sim.Many(sim.Create|sim.Update, good),
	}
}

// policyGood: a repository's policy names no resource, for that is the repository.
func policyGood(o *sim.Op) error {
	const refused = "Invalid parameter at 'PolicyText' failed to satisfy constraint: 'Invalid repository policy provided'"
	if err := policy.Good("policy", invalid, policy.Resource)(o); err != nil {
		return err
	}
	statements, _ := policy.Statements(policy.Text(o.In, "policy")) // read before
	for _, s := range statements {
		if s.Resource != nil || s.NotResource != nil {
			return sim.Refuse(invalid, refused, "Take Resource out of the statements: it is the repository.")
		}
	}
	return nil
}

// rulesGood: the rules of a lifecycle policy have different priorities, and each says
// what it selects and what becomes of it.
func rulesGood(o *sim.Op) error {
	var doc struct {
		Rules []struct {
			Priority  int            `json:"rulePriority"`
			Selection map[string]any `json:"selection"`
			Action    struct {
				Type string `json:"type"`
			} `json:"action"`
		} `json:"rules"`
	}
	bad := func(format string, args ...any) error {
		return sim.Refuse(invalid, "Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint: "+
			fmt.Sprintf("'Lifecycle policy validation failure: "+format+"'", args...), "Correct the document in policy.")
	}
	if err := json.Unmarshal([]byte(policy.Text(o.In, "policy")), &doc); err != nil {
		return bad("%s", err)
	}
	seen := map[int]bool{}
	for _, rule := range doc.Rules {
		switch {
		case rule.Priority < 1:
			return bad("rulePriority must be at least 1, got %d", rule.Priority)
		case seen[rule.Priority]:
			return bad("rulePriority %d is there twice", rule.Priority)
		case rule.Action.Type != "expire":
			return bad("action.type must be expire, got %q", rule.Action.Type)
		case rule.Selection["countType"] == nil || rule.Selection["tagStatus"] == nil:
			return bad("rule %d: selection needs tagStatus and countType", rule.Priority)
		}
		seen[rule.Priority] = true
	}
	if len(doc.Rules) == 0 {
		return bad("object has missing required properties ([\"rules\"])")
	}
	return nil
}

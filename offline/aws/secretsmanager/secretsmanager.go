// Package secretsmanager simulates Secrets Manager: secrets, their versions, policies and recovery.
package secretsmanager

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/rung-dev/rung/offline/aws/internal/check"
	"github.com/rung-dev/rung/offline/aws/internal/policy"
	"github.com/rung-dev/rung/offline/aws/internal/refer"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// secretBytes bounds what a version holds (Secrets Manager quotas).
var secretBytes = sim.Range{Min: 1, Max: 65536}

// Kinds is the table of secrets.
func Kinds() []sim.Kind {
	secretRef := func(path string) []sim.Ref {
		return []sim.Ref{{
			Path: path, To: []sim.Target{{Token: token.SecretsManagerSecret}, {Token: token.SecretsManagerSecret, By: "name"}}, Missing: "ResourceNotFoundException",
		}}
	}
	return []sim.Kind{
		{
			Token: token.SecretsManagerSecret, Service: "Secrets Manager", API: "Secret", Noun: "Secrets Manager Secret",
			Verbs: map[sim.Verb]string{sim.Update: "UpdateSecret"},
			ID:    secretARN,
			Name: &sim.Name{Prefix: "namePrefix", Auto: true, Max: 512, Taken: "ResourceExistsException", Pattern: sim.Pattern{
				Match: regexp.MustCompile(`^[a-zA-Z0-9/_+=.@-]+$`), Want: "letters, digits and /_+=.@-",
			}},
			AtMostOneOf: [][]string{{"name", "namePrefix"}},
			Defaults:    sim.Props{"forceOverwriteReplicaSecret": false, "recoveryWindowInDays": 30.0},
			Lengths:     map[string]sim.Range{"description": {Max: 2048}},
			Checks:      []sim.Check{recoveryWindow},
			JSON:        []string{"policy"}, Sets: []string{"replicas"},
			ReplaceOn: []string{"name", "namePrefix"},
			Outputs: func(o *sim.Op) sim.Props {
				return sim.Props{"arn": o.ID, "namePrefix": "", "policy": "", "replicas": []any{}}
			},
			Refs: []sim.Ref{refer.Key("kmsKeyId", "InvalidParameterException")},
			Rules: slices.Concat(sim.Many(sim.Create, nameRecoverable), sim.Many(sim.Create|sim.Update, secretPolicyValid, replicasElsewhere),
				sim.Many(sim.Delete, secretWaits)),
		},
		{
			Token: token.SecretsManagerSecretVersion, Service: "Secrets Manager", API: "SecretVersion",
			Noun:         "Secrets Manager Secret Version",
			Verbs:        map[sim.Verb]string{sim.Create: "PutSecretValue", sim.Update: "UpdateSecretVersionStage", sim.Delete: "UpdateSecretVersionStage"},
			ID:           func(o *sim.Op) string { return secretARNOf(o) + "|" + o.UUID("version") },
			ExactlyOneOf: [][]string{{"secretString", "secretBinary"}},
			Lengths:      map[string]sim.Range{"secretString": secretBytes, "secretBinary": secretBytes},
			ReplaceOn:    []string{"secretBinary", "secretId", "secretString"},
			Secrets:      []string{"secretBinary", "secretString"},
			Outputs: func(o *sim.Op) sim.Props {
				return sim.Props{"arn": secretARNOf(o), "versionId": o.UUID("version"), "versionStages": sim.List("AWSCURRENT")}
			},
			Refs: secretRef("secretId"),
		},
		{
			Token: token.SecretsManagerSecretPolicy, Service: "Secrets Manager", API: "ResourcePolicy",
			Noun:  "Secrets Manager Secret Policy",
			Verbs: map[sim.Verb]string{sim.Create: "PutResourcePolicy", sim.Update: "PutResourcePolicy"},
			ID:    func(o *sim.Op) string { return o.In.Str("secretArn") }, JSON: []string{"policy"}, ReplaceOn: []string{"secretArn"},
			Refs: secretRef("secretArn"), Rules: sim.Many(sim.Create|sim.Update, secretPolicyValid),
		},
		{
			Token: token.SecretsManagerSecretRotation, Service: "Secrets Manager", API: "SecretRotation",
			Noun:     "Secrets Manager Secret Rotation",
			Verbs:    map[sim.Verb]string{sim.Create: "RotateSecret", sim.Update: "RotateSecret", sim.Delete: "CancelRotateSecret"},
			ID:       func(o *sim.Op) string { return o.In.Str("secretId") },
			Defaults: sim.Props{"rotateImmediately": true}, ReplaceOn: []string{"secretId"},
			Outputs: func(*sim.Op) sim.Props { return sim.Props{"rotationEnabled": true} },
			Refs:    secretRef("secretId"),
		},
	}
}

// secretARN ends in six random characters, so that a policy for one secret does
// not fit a later one of the same name.
func secretARN(o *sim.Op) string {
	return o.ARN("secretsmanager", "secret:"+o.NameOf()+"-"+o.Lower(6, "secret"))
}

// secretARNOf is the ARN of the secret that secretId names, by ARN or name.
func secretARNOf(o *sim.Op) string {
	if secret, ok := o.FindBy(token.SecretsManagerSecret, "name", o.In.Str("secretId")); ok {
		return secret.Str("arn")
	}
	return o.In.Str("secretId")
}

func recoveryWindow(in sim.Props) []sim.Failure {
	days := in.Int("recoveryWindowInDays")
	if !in.Known("recoveryWindowInDays") || days == 0 || (days >= 7 && days <= 30) {
		return nil
	}
	return check.Wrong("recoveryWindowInDays", "got %d, want 0 (deleted at once) or 7 to 30 days", days)
}

func secretPolicyValid(o *sim.Op) error {
	if o.In.Str("policy") == "" {
		return nil
	}
	statements, err := policy.Grants(o.In.Str("policy"))
	if err != nil {
		return sim.Refuse("MalformedPolicyDocumentException", err.Error(), "Mend the secret's policy.")
	}
	for _, s := range statements {
		if s.Public() && o.In.Bool("blockPublicPolicy") {
			return sim.Refuse("PublicPolicyException",
				"You can't attach a resource policy that allows broad access to the secret",
				"Narrow the principal or add a condition.")
		}
	}
	return nil
}

func replicasElsewhere(o *sim.Op) error {
	for _, r := range o.In.Maps("replicas") {
		if r.Str("region") == o.Region {
			return sim.Refuse("InvalidParameterException", "Invalid replica region: "+o.Region,
				"Replicate into other regions than the secret's own.")
		}
	}
	return nil
}

// secretWaits keeps a deleted secret for its recovery window, which never ends
// offline.
func secretWaits(o *sim.Op) error {
	if days := o.In.Int("recoveryWindowInDays"); days > 0 {
		o.Keep(sim.Recoverable, "secret "+o.In.Str("name"), sim.Props{"arn": o.ID, "recoveryWindowInDays": float64(days)})
	}
	return nil
}

// nameRecoverable refuses the name of a secret that waits for its deletion.
func nameRecoverable(o *sim.Op) error {
	old, waits := o.Kept(sim.Recoverable, "secret "+o.NameOf())
	if !waits {
		return nil
	}
	return sim.Refuse("InvalidRequestException",
		"You can't create this secret because a secret with this name is already scheduled for deletion",
		fmt.Sprintf("Restore it, wait %d days, or give another name.", old.Int("recoveryWindowInDays")))
}

package secretsmanager

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/rung-dev/rung/offline/aws/internal/made"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// Invokes are Secrets Manager's functions.
func Invokes() map[string]sim.Invoke {
	return map[string]sim.Invoke{token.SecretsManagerGetSecret: lookup,
		token.SecretsManagerGetSecretVersion: lookupVersion}
}

// find gives a secret by its ARN or its name.
func find(o *sim.Op, named string) (sim.Props, error) {
	secret, ok := o.Find(token.SecretsManagerSecret, named)
	if !ok {
		secret, ok = o.FindBy(token.SecretsManagerSecret, "name", named)
	}
	if !ok {
		return nil, sim.Refuse("ResourceNotFoundException", "Secrets Manager can't find the specified secret: "+named,
			"Offline, secrets that a program made are known.")
	}
	return secret, nil
}

func lookup(o *sim.Op) (sim.Props, error) {
	secret, err := find(o, cmp.Or(o.In.Str("arn"), o.In.Str("name")))
	if err != nil {
		return nil, err
	}
	out := o.In.Copy()
	for _, key := range []string{"arn", "name", "description", "kmsKeyId", "policy"} {
		out[key] = secret.Str(key)
	}
	out["id"], out["createdDate"], out["lastChangedDate"] = secret.Str("arn"), made.At, made.At
	out["tags"] = map[string]any(secret.Map("tags"))
	return out, nil
}

// lookupVersion gives what a secret holds: the version that was asked for, or the current one. It is no
// secret to the engine, as with AWS's provider (pulumi-terraform-bridge#1051): a program wraps it itself.
func lookupVersion(o *sim.Op) (sim.Props, error) {
	secret, err := find(o, o.In.Str("secretId"))
	if err != nil {
		return nil, err
	}
	id, stage := o.In.Str("versionId"), cmp.Or(o.In.Str("versionStage"), "AWSCURRENT")
	for _, v := range o.All(token.SecretsManagerSecretVersion) {
		asked := v.Props.Str("versionId") == id || id == "" && slices.Contains(v.Props.Strs("versionStages"), stage)
		if !asked || !strings.HasPrefix(v.ID, secret.Str("arn")+"|") {
			continue
		}
		return sim.Props{"arn": secret.Str("arn"), "id": v.ID, "secretId": o.In.Str("secretId"),
			"versionId":    v.Props.Str("versionId"),
			"versionStage": stage, "versionStages": v.Props.Get("versionStages"), "createdDate": made.At,
			"secretString": v.Props.Str("secretString"), "secretBinary": v.Props.Str("secretBinary")}, nil
	}
	return nil, sim.Refuse("ResourceNotFoundException",
		fmt.Sprintf("Secrets Manager can't find the specified secret value for %s",
			cmp.Or(id, "staging label: "+stage)), "Give the secret a secretsmanager.SecretVersion first.")
}

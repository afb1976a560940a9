package ecr

import (
	"cmp"
	"encoding/base64"
	"fmt"

	"github.com/rung-dev/rung/offline/aws/internal/made"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// Invokes are ECR's functions.
func Invokes() map[string]sim.Invoke {
	return map[string]sim.Invoke{
		token.ECRGetAuthorizationToken: authorization, token.ECRGetCredentials: authorization, token.ECRGetRepository: lookup,
	}
}

// authorization is a log-in of the form that Docker takes; no registry knows it.
func authorization(o *sim.Op) (sim.Props, error) {
	registry := cmp.Or(o.In.Str("registryId"), o.Account)
	out := sim.Props{
		"authorizationToken": base64.StdEncoding.EncodeToString([]byte("AWS:offline")), "expiresAt": made.At,
		"proxyEndpoint": fmt.Sprintf("https://%s.dkr.ecr.%s.amazonaws.com", registry, o.Region), "registryId": registry,
		"id": o.Region,
	}
	if o.Kind.Token == token.ECRGetAuthorizationToken {
		out["userName"], out["password"] = "AWS", "offline"
	}
	return out, nil
}

func lookup(o *sim.Op) (sim.Props, error) {
	name := o.In.Str("name")
	r, ok := o.Find(token.ECRRepository, name)
	if !ok {
		return nil, sim.Refuse(missing,
			fmt.Sprintf("The repository with name '%s' does not exist in the registry with id '%s'", name, o.Account),
			"Offline, repositories that a program made are known.")
	}
	out := o.In.Copy()
	for _, key := range []string{"arn", "registryId", "repositoryUrl", "imageTagMutability", "encryptionConfigurations"} {
		out[key] = r.Get(key)
	}
	out["id"], out["tags"], out["mostRecentImageTags"] = name, map[string]any(r.Map("tags")), []any{}
	scanned := r.Bool("imageScanningConfiguration.scanOnPush")
	out["imageScanningConfigurations"] = []any{map[string]any{"scanOnPush": scanned}}
	return out, nil
}

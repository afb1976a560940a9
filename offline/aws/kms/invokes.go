package kms

import (
	"strings"

	"github.com/rung-dev/rung/offline/aws/internal/made"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// Invokes are KMS's functions.
func Invokes() map[string]sim.Invoke {
	return map[string]sim.Invoke{token.KMSGetAlias: lookupAlias, token.KMSGetKey: lookupKey}
}

// keyOf is the key that an alias names: a program's, or AWS's own of a service.
func keyOf(o *sim.Op, alias string) (id string, known bool) {
	if service, ours := strings.CutPrefix(alias, "alias/aws/"); ours {
		return made.Key(o, service), true
	}
	a, ok := o.Find(token.KMSAlias, alias)
	return lastPart(a.Str("targetKeyArn")), ok
}

func notFound(what string) error {
	return sim.Refuse("NotFoundException", what+" is not found.",
		"Offline, AWS's own keys are known, and those that a program made.")
}

func lookupAlias(o *sim.Op) (sim.Props, error) {
	name := o.In.Str("name")
	id, known := keyOf(o, name)
	if !known {
		return nil, notFound("Alias " + o.ARN("kms", name))
	}
	arn := o.ARN("kms", name)
	return sim.Props{"id": arn, "name": name, "arn": arn, "targetKeyId": id, "targetKeyArn": o.ARN("kms", "key/"+id)}, nil
}

func lookupKey(o *sim.Op) (sim.Props, error) {
	asked := o.In.Str("keyId")
	id := lastPart(asked)
	if i := strings.Index(asked, "alias/"); i >= 0 {
		id, _ = keyOf(o, asked[i:])
	}
	key, ours := o.Find(token.KMSKey, id)
	own := !ours && made.IsKey(o.ARN("kms", "key/"+id))
	if !ours && !own {
		return nil, notFound("Key '" + asked + "'")
	}
	out := o.In.Copy()
	out["id"], out["arn"], out["awsAccountId"], out["creationDate"] = id, o.ARN("kms", "key/"+id), o.Account, made.At
	out["enabled"], out["keyState"], out["origin"], out["keyManager"] = true, "Enabled", "AWS_KMS", "CUSTOMER"
	out["keyUsage"], out["keySpec"], out["description"] = "ENCRYPT_DECRYPT", "SYMMETRIC_DEFAULT", key.Str("description")
	if own {
		out["keyManager"] = "AWS"
	} else {
		out["keyUsage"], out["keySpec"], out["enabled"] = key.Str("keyUsage"), key.Str("customerMasterKeySpec"),
			key.Bool("isEnabled")
	}
	out["customerMasterKeySpec"], out["multiRegion"] = out["keySpec"], key.Bool("multiRegion")
	return out, nil
}

package iam

import (
	"fmt"
	"strings"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// Invokes are IAM's functions.
func Invokes() map[string]sim.Invoke {
	return map[string]sim.Invoke{
		token.IAMGetPolicyDocument: policyDocument, token.IAMGetRoles: iamRoles, token.IAMGetRole: lookupRole,
		token.IAMGetPolicy: lookupPolicy,
	}
}

func lookupRole(o *sim.Op) (sim.Props, error) {
	name := o.In.Str("name")
	for _, kind := range []string{token.IAMRole, token.IAMServiceLinkedRole} {
		r, ok := o.FindBy(kind, "name", name)
		if !ok {
			continue
		}
		out := o.In.Copy()
		for _, key := range []string{"arn", "assumeRolePolicy", "createDate", "description", "path",
			"permissionsBoundary", "uniqueId"} {
			out[key] = r.Str(key)
		}
		out["id"], out["maxSessionDuration"] = name, max(r.Int("maxSessionDuration"), 3600)
		out["tags"] = map[string]any(r.Map("tags"))
		return out, nil
	}
	return nil, sim.Refuse(missingEntity, fmt.Sprintf("The role with name %s cannot be found.", name),
		"Offline, roles that a program made are known.")
}

// lookupPolicy finds a program's policy by ARN or name, and AWS's own by ARN: what those say is not known here.
func lookupPolicy(o *sim.Op) (sim.Props, error) {
	arn, name := o.In.Str("arn"), o.In.Str("name")
	if IsAWSPolicy(arn) {
		last := arn[strings.LastIndex(arn, "/")+1:]
		return sim.Props{"id": arn, "arn": arn, "name": last,
			"path":        strings.TrimSuffix(strings.TrimPrefix(arn, "arn:aws:iam::aws:policy"), last),
			"description": "", "policyId": "ANPAOFFLINEEXAMPLE", "attachmentCount": 0, "tags": map[string]any{},
			"policy": `{"Version":"2012-10-17","Statement":[]}`}, nil
	}
	for _, p := range o.All(token.IAMPolicy) {
		if p.ID != arn && (name == "" || p.Props.Str("name") != name || !strings.HasPrefix(p.Props.Str("path"),
			o.In.Str("pathPrefix"))) {
			continue
		}
		out := o.In.Copy()
		for _, key := range []string{"arn", "name", "description", "path", "policy", "policyId"} {
			out[key] = p.Props.Str(key)
		}
		out["id"], out["attachmentCount"], out["tags"] = p.ID, p.Props.Int("attachmentCount"),
			map[string]any(p.Props.Map("tags"))
		return out, nil
	}
	return nil, sim.Refuse(missingEntity, "Policy "+arn+name+" was not found.",
		"Offline, AWS's policies and those that a program made are known.")
}

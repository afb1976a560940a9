package eks

import (
	"encoding/base64"
	"fmt"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// Invokes are EKS's functions.
func Invokes() map[string]sim.Invoke {
	return map[string]sim.Invoke{token.EKSGetCluster: lookup, token.EKSGetClusterAuth: auth}
}

func find(o *sim.Op) (sim.Props, error) {
	name := o.In.Str("name")
	plane, ok := o.Find(token.EKSCluster, name)
	if !ok {
		return nil, sim.Refuse("ResourceNotFoundException", fmt.Sprintf("No cluster found for name: %s.", name),
			"Offline, clusters that a program made are known.")
	}
	return plane, nil
}

func lookup(o *sim.Op) (sim.Props, error) {
	plane, err := find(o)
	if err != nil {
		return nil, err
	}
	out := o.In.Copy()
	for _, key := range []string{"arn", "certificateAuthorities", "clusterId", "createdAt", "enabledClusterLogTypes",
		"endpoint",
		"identities", "platformVersion", "roleArn", "status", "version", "vpcConfig"} {
		out[key] = plane.Get(key)
	}
	out["id"], out["tags"] = o.In.Str("name"), map[string]any(plane.Map("tags"))
	for list, one := range map[string]string{"accessConfigs": "accessConfig",
		"kubernetesNetworkConfigs": "kubernetesNetworkConfig",
		"upgradePolicies":          "upgradePolicy"} {
		if v := plane.Get(one); v != nil {
			out[list] = []any{v}
		}
	}
	return out, nil
}

// auth is a token of the form that EKS's clusters take; this one opens nothing.
func auth(o *sim.Op) (sim.Props, error) {
	name := o.In.Str("name")
	signed := "https://sts." + o.Region +
		".amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Signature=offline"
	return sim.Props{"id": name, "name": name,
		"token": "k8s-aws-v1." + base64.RawURLEncoding.EncodeToString([]byte(signed))}, nil
}

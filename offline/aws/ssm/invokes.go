package ssm

import (
	"fmt"

	"github.com/rung-dev/rung/offline/aws/ec2"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// Invokes are Systems Manager's functions.
func Invokes() map[string]sim.Invoke {
	return map[string]sim.Invoke{token.SSMGetParameter: ssmParameter}
}

// ssmParameter answers AWS's public parameters for Amazon Linux, and parameters
// that the simulated account holds.
func ssmParameter(o *sim.Op) (sim.Props, error) {
	name := o.In.Str("name")
	if match := ec2.ImageParameter.FindStringSubmatch(name); match != nil {
		id := ec2.ImageID(o.Region, name, match[1])
		return parameter(o, name, id, "String", "arn:aws:ssm:"+o.Region+"::parameter"+name), nil
	}
	if p, ok := o.FindBy(token.SSMParameter, "name", name); ok {
		return parameter(o, name, p.Str("value"), p.Str("type"), p.Str("arn")), nil
	}
	return nil, sim.Refuse("ParameterNotFound",
		fmt.Sprintf("reading SSM Parameter (%s): the parameter does not exist", name),
		"Offline, the public parameters of Amazon Linux 2023 and 2 images are known, and those that the stack has created.")
}

func parameter(o *sim.Op, name, value, kind, arn string) sim.Props {
	out := sim.Props{
		"id": name, "name": name, "value": value, "type": kind, "arn": arn, "version": 1.0, "insecureValue": value,
		"withDecryption": true,
	}
	if kind == "SecureString" {
		out["insecureValue"] = ""
	}
	return out
}

// Package refer makes the references between kinds that several services need: what they name must
// exist, and cannot be deleted while it is named. It also finds and takes along what refers.
package refer

import (
	"fmt"
	"strings"

	"github.com/rung-dev/rung/offline/aws/internal/place"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// Role is a reference to a role by ARN. Roles of other accounts and
// service-linked roles, which AWS makes by itself, are not looked up.
func Role(path, missing string) sim.Ref {
	return sim.Ref{
		Path: path, To: []sim.Target{{Token: token.IAMRole, By: "arn"}}, Missing: missing,
		Unless: func(v string) bool {
			return !strings.HasPrefix(v, "arn:aws:iam::"+place.AccountID+":role/") ||
				strings.Contains(v, ":role/aws-service-role/")
		},
	}
}

// Topic is a reference to an SNS topic by ARN.
func Topic(path, missing string) sim.Ref {
	return sim.Ref{Path: path, To: []sim.Target{{Token: token.SNSTopic, By: "arn"}}, Missing: missing}
}

// LogGroup is a reference to a log group by ARN or name, for services that
// check that it exists.
func LogGroup(path, missing string) sim.Ref {
	return sim.Ref{
		Path: path, Missing: missing,
		To: []sim.Target{{Token: token.CloudWatchLogGroup, By: "name"}, {Token: token.CloudWatchLogGroup, By: "arn"}, {Token: token.CloudWatchLogGroup}},
	}
}

// TakenID refuses a create whose id, which is its name, is another's.
func TakenID(code string) func(*sim.Op) error {
	return func(o *sim.Op) error {
		if _, ok := o.Find(o.Kind.Token, o.ID); !ok {
			return nil
		}
		return sim.Refuse(code, fmt.Sprintf("%s already exists", o.ID), "Give another name, or none to have one generated.")
	}
}

// ResourceInUse is the refusal to delete a target group that a listener uses.
const ResourceInUse = "ResourceInUse"

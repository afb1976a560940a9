package aws

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rung-dev/rung/offline/sim"
)

// roleARNRef is a reference to a role by ARN. Roles of other accounts and
// service-linked roles, which AWS makes by itself, are not looked up.
func roleARNRef(path, missing string) sim.Ref {
	return sim.Ref{
		Path: path, To: []sim.Target{{Token: roleToken, By: "arn"}}, Missing: missing,
		Unless: func(v string) bool {
			return !strings.HasPrefix(v, "arn:aws:iam::"+AccountID+":role/") || strings.Contains(v, ":role/aws-service-role/")
		},
	}
}

// topicRef is a reference to an SNS topic by ARN.
func topicRef(path, missing string) sim.Ref {
	return sim.Ref{Path: path, To: []sim.Target{{Token: "aws:sns/topic:Topic", By: "arn"}}, Missing: missing}
}

// logGroupRef is a reference to a log group by ARN or name, for services that
// check that it exists.
func logGroupRef(path, missing string) sim.Ref {
	return sim.Ref{
		Path: path, Missing: missing,
		To: []sim.Target{{Token: logGroupToken, By: "name"}, {Token: logGroupToken, By: "arn"}, {Token: logGroupToken}},
	}
}

// zonesOfSubnets are the different availability zones of subnets, sorted.
func zonesOfSubnets(o *sim.Op, ids []string) []string {
	var zones []string
	for _, id := range ids {
		if zone := zoneOfSubnet(o, id); zone != "" && !slices.Contains(zones, zone) {
			zones = append(zones, zone)
		}
	}
	slices.Sort(zones)
	return zones
}

// oneVPC gives the VPC of subnets; an error when they lie in several.
func oneVPC(o *sim.Op, ids []string) (string, error) {
	vpc := ""
	for _, id := range ids {
		v := vpcOfSubnet(o, id)
		if vpc != "" && v != "" && v != vpc {
			return "", fmt.Errorf("subnet %s is in %s, the others are in %s", id, v, vpc)
		}
		vpc = firstOf(vpc, v)
	}
	return vpc, nil
}

// wrong makes the failure of a check of one input.
func wrong(property, format string, args ...any) []sim.Failure {
	return []sim.Failure{{Property: property, Reason: property + ": " + fmt.Sprintf(format, args...)}}
}

// takenID refuses a create whose id, which is its name, is another's.
func takenID(code string) func(*sim.Op) error {
	return func(o *sim.Op) error {
		if _, ok := o.Find(o.Kind.Token, o.ID); !ok {
			return nil
		}
		return sim.Refuse(code, fmt.Sprintf("%s already exists", o.ID), "Give another name, or none to have one generated.")
	}
}

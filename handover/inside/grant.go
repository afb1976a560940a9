package inside

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// statement is one of a policy document.
type statement struct {
	Effect    string
	Action    []string
	Resource  string
	Condition map[string]map[string]any
}

// grantsOf begin the names of a move's policies, so that what a killed driver has
// left can be told from what is somebody else's.
func grantsOf(move string) string { return "rung-handover-" + move + "-" }

func grantName(move, id string) string { return grantsOf(move) + id }

// grantee splits a policy's name into its run, for one of this move's.
func isGrantOf(move, policy string) bool {
	id, ours := strings.CutPrefix(policy, grantsOf(move))
	return ours && !strings.Contains(id, "-")
}

// grant is what the mover may do until the given time: fetch itself, keep its journal
// and its answer, read its order and take it away.
func grant(t Task, moverKey string, until time.Time) (string, error) {
	ends := map[string]any{"aws:CurrentTime": until.UTC().Format(time.RFC3339)}
	allow := func(resource string, actions ...string) statement {
		return statement{Effect: "Allow", Action: actions, Resource: resource,
			Condition: map[string]map[string]any{"DateLessThan": ends}}
	}
	bucket := "arn:aws:s3:::" + t.Bucket
	list := allow(bucket, "s3:ListBucket")
	list.Condition["StringLike"] = map[string]any{"s3:prefix": under(t.Spec.Name) + "*"}
	all := []statement{
		allow(bucket+"/"+moverKey, "s3:GetObject"), list,
		allow(bucket+"/"+under(t.Spec.Name)+"*", "s3:GetObject", "s3:PutObject"),
		allow(fmt.Sprintf("arn:aws:ssm:%s:*:parameter%s", t.Region, Parameter(t.Spec.Name, t.ID)), "ssm:GetParameter",
			"ssm:DeleteParameter"),
	}
	text, err := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": all})
	return string(text), err
}

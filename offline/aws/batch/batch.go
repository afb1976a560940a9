// Package batch simulates Batch: compute environments, queues and definitions of jobs. No job runs.
package batch

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/rung-dev/rung/offline/aws/internal/check"
	"github.com/rung-dev/rung/offline/aws/internal/refer"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// invalid is Batch's code for whatever a client gave wrong.
const invalid = "ClientException"

// Kinds is the table of Batch.
func Kinds() []sim.Kind { return []sim.Kind{environment(), queue(), definition()} }

var nameForm = sim.Pattern{
	Match: regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z_-]{0,127}$`),
	Want:  "up to 128 letters, digits, hyphens and underscores, beginning with a letter or a digit",
}

func environment() sim.Kind {
	const of = "computeResources."
	return sim.Kind{
		Token: token.BatchComputeEnvironment, Service: "Batch", API: "ComputeEnvironment", Noun: "Batch Compute Environment",
		Verbs: map[sim.Verb]string{sim.Update: "UpdateComputeEnvironment"},
		Name: &sim.Name{Property: "computeEnvironmentName", Prefix: "computeEnvironmentNamePrefix", Auto: true, Max: 128,
			Pattern: nameForm, Taken: invalid},
		AtMostOneOf: [][]string{{"computeEnvironmentName", "computeEnvironmentNamePrefix"}},
		Defaults:    sim.Props{"state": "ENABLED"},
		Enums: map[string][]string{
			"type": {"MANAGED", "UNMANAGED"}, "state": {"ENABLED", "DISABLED"},
			of + "type": {"EC2", "SPOT", "FARGATE", "FARGATE_SPOT"},
			of + "allocationStrategy": {"BEST_FIT", "BEST_FIT_PROGRESSIVE", "SPOT_CAPACITY_OPTIMIZED",
				"SPOT_PRICE_CAPACITY_OPTIMIZED"},
		},
		Checks: []sim.Check{resourcesOfType},
		ReplaceOn: []string{
			"computeEnvironmentName", "computeEnvironmentNamePrefix", "eksConfiguration", "type", of + "ec2Configurations",
			of + "launchTemplate", of + "placementGroup", of + "spotIamFleetRole",
		},
		Outputs: func(o *sim.Op) sim.Props {
			return sim.Props{
				"arn":           o.ARN("batch", "compute-environment/"+o.NameOf()),
				"ecsClusterArn": o.ARN("ecs", "cluster/AWSBatch-"+o.NameOf()+"-"+o.UUID("cluster")),
				"serviceRole":   o.GlobalARN("iam", "role/aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch"),
				"status":        "VALID", "statusReason": "ComputeEnvironment Healthy", "computeEnvironmentNamePrefix": "",
				of + "desiredVcpus": o.In.Int(of + "minVcpus"),
			}
		},
		Refs: []sim.Ref{
			refer.Role("serviceRole", invalid), refer.Subnet(of + "subnets"), refer.SecurityGroup(of + "securityGroupIds"),
			refer.Role(of+"spotIamFleetRole", invalid),
			{Path: of + "instanceRole", To: []sim.Target{{Token: token.IAMInstanceProfile, By: "arn"}, {Token: token.IAMInstanceProfile, By: "name"}}, Missing: invalid},
			{Path: of + "launchTemplate.launchTemplateId", To: []sim.Target{{Token: token.EC2LaunchTemplate}}, Missing: invalid},
		},
		Rules: append(sim.Many(sim.Create|sim.Update, refer.Trusted("serviceRole", "batch.amazonaws.com", invalid), machinesNamed),
			sim.Many(sim.Delete, noQueueUses)...),
		Quota: &sim.Quota{Key: "batch.compute-environments", Default: 50, Code: invalid},
	}
}

// resourcesOfType: a managed environment says what it may rent. On Fargate Batch asks for a
// network, and takes nothing that is of machines.
func resourcesOfType(in sim.Props) []sim.Failure {
	res := in.Map("computeResources")
	if in.Str("type") == "MANAGED" && !in.Has("computeResources") {
		return check.Wrong("computeResources", "required where the type is MANAGED")
	}
	var wrong []sim.Failure
	if in.Known("computeResources") && !res.Has("subnets") {
		wrong = check.Wrong("computeResources.subnets", "missing required property")
	}
	if !strings.HasPrefix(res.Str("type"), "FARGATE") {
		return wrong
	}
	for _, key := range []string{"instanceTypes", "instanceRole", "minVcpus", "desiredVcpus", "allocationStrategy",
		"bidPercentage",
		"ec2KeyPair", "imageId", "launchTemplate", "placementGroup", "spotIamFleetRole", "tags"} {
		if res.Has(key) {
			wrong = append(wrong, check.Wrong("computeResources."+key, "must not be given on Fargate")...)
		}
	}
	if !res.Has("securityGroupIds") {
		wrong = append(wrong, check.Wrong("computeResources.securityGroupIds", "required on Fargate")...)
	}
	return wrong
}

// machinesNamed: an environment of machines says which, and by which profile they act.
func machinesNamed(o *sim.Op) error {
	res := o.In.Map("computeResources")
	if kind := res.Str("type"); kind != "EC2" && kind != "SPOT" {
		return nil
	}
	for _, key := range []string{"instanceRole", "instanceTypes"} {
		if !res.Has(key) {
			return sim.Refuse(invalid, fmt.Sprintf("Error executing request, Exception : %s is required.", key),
				"Give computeResources."+key+".")
		}
	}
	return nil
}

// noQueueUses: the provider disables an environment before it deletes it, and Batch keeps one that a queue names.
func noQueueUses(o *sim.Op) error {
	arn := o.In.Str("arn")
	for _, q := range o.All(token.BatchJobQueue) {
		used := append(q.Props.Strs("computeEnvironments"), q.Props.Strs("computeEnvironmentOrders.computeEnvironment")...)
		if slices.Contains(used, arn) {
			return sim.Refuse(invalid, "Cannot delete, found existing JobQueue relationship", "Delete "+q.ID+" first.")
		}
	}
	return nil
}

func queue() sim.Kind {
	return sim.Kind{
		Token: token.BatchJobQueue, Service: "Batch", API: "JobQueue", Noun: "Batch Job Queue",
		Verbs:        map[sim.Verb]string{sim.Update: "UpdateJobQueue"},
		Name:         &sim.Name{Auto: true, Max: 128, Pattern: nameForm, Taken: invalid},
		ExactlyOneOf: [][]string{{"computeEnvironments", "computeEnvironmentOrders"}},
		Enums:        map[string][]string{"state": {"ENABLED", "DISABLED"}},
		Sets:         []string{"computeEnvironmentOrders"}, Ordered: []string{"computeEnvironments"},
		ReplaceOn: []string{"name"},
		ID:        func(o *sim.Op) string { return o.ARN("batch", "job-queue/"+o.NameOf()) },
		Outputs:   func(o *sim.Op) sim.Props { return sim.Props{"arn": o.ARN("batch", "job-queue/"+o.NameOf())} },
		Refs:      []sim.Ref{ofQueue("computeEnvironments"), ofQueue("computeEnvironmentOrders.computeEnvironment")},
		Rules:     sim.Many(sim.Create|sim.Update, oneSortOfCompute),
		Quota:     &sim.Quota{Key: "batch.job-queues", Default: 50, Code: invalid},
	}
}

func ofQueue(path string) sim.Ref {
	return sim.Ref{Path: path, To: []sim.Target{{Token: token.BatchComputeEnvironment, By: "arn"}}, Missing: invalid}
}

// oneSortOfCompute: a queue leads to three environments at most, on Fargate or on machines
// (Batch user guide, job queue parameters).
func oneSortOfCompute(o *sim.Op) error {
	all := append(o.In.Strs("computeEnvironments"), o.In.Strs("computeEnvironmentOrders.computeEnvironment")...)
	if len(all) == 0 || len(all) > 3 {
		return sim.Refuse(invalid,
			fmt.Sprintf("Error executing request, Exception : a queue has 1 to 3 compute environments, got %d", len(all)),
			"Give one to three.")
	}
	sorts := map[bool]string{}
	for _, arn := range all {
		e, _ := o.FindBy(token.BatchComputeEnvironment, "arn", arn)
		sorts[strings.HasPrefix(e.Str("computeResources.type"), "FARGATE")] = arn
	}
	if len(sorts) > 1 {
		return sim.Refuse(invalid,
			"Error executing request, Exception : compute environments of a queue must all be Fargate or all EC2",
			"Make a queue for each sort.")
	}
	return nil
}

func definition() sim.Kind {
	return sim.Kind{
		Token: token.BatchJobDefinition, Service: "Batch", API: "JobDefinition", Noun: "Batch Job Definition",
		Verbs:    map[sim.Verb]string{sim.Create: "RegisterJobDefinition", sim.Update: "RegisterJobDefinition", sim.Delete: "DeregisterJobDefinition"},
		Name:     &sim.Name{Auto: true, Max: 128, Pattern: nameForm},
		Defaults: sim.Props{"deregisterOnNewRevision": true, "propagateTags": false},
		Enums: map[string][]string{
			"type": {"container", "multinode"}, "platformCapabilities": {"EC2", "FARGATE"},
			"retryStrategy.evaluateOnExits.action": {"RETRY", "EXIT", "retry", "exit"},
		},
		Ranges: map[string]sim.Range{"retryStrategy.attempts": {Min: 1, Max: 10}, "timeout.attemptDurationSeconds": {Min: 60, Max: 1e9}},
		Checks: []sim.Check{propertiesAreJSON},
		JSON:   []string{"containerProperties", "ecsProperties", "nodeProperties"}, ReplaceOn: []string{"name"},
		ID: func(o *sim.Op) string { return definitionARN(o, revision(o)) },
		Outputs: func(o *sim.Op) sim.Props {
			n := revision(o)
			return sim.Props{"arn": definitionARN(o, n), "arnPrefix": o.ARN("batch", "job-definition/"+o.NameOf()),
				"revision": n}
		},
		Changing: func(o *sim.Op) []string {
			if registersAnew(o) {
				return []string{"arn", "revision"}
			}
			return nil
		},
		Rules: sim.Many(sim.Create|sim.Update, onFargate),
	}
}

func definitionARN(o *sim.Op, revision int) string {
	return o.ARN("batch", "job-definition/"+o.NameOf()+":"+strconv.Itoa(revision))
}

// registersAnew: whatever changes but the tags makes another revision.
func registersAnew(o *sim.Op) bool {
	for _, key := range []string{"containerProperties", "ecsProperties", "eksProperties", "nodeProperties", "parameters",
		"platformCapabilities", "propagateTags", "retryStrategy", "schedulingPriority", "timeout", "type"} {
		if o.Changed(key) {
			return true
		}
	}
	return false
}

func revision(o *sim.Op) int {
	n := o.Old.Int("revision")
	if o.Old == nil || registersAnew(o) {
		n++
	}
	return n
}

// propertiesAreJSON is the provider's own check, made in previews too.
func propertiesAreJSON(in sim.Props) (wrong []sim.Failure) {
	given := 0
	for _, key := range []string{"containerProperties", "ecsProperties", "nodeProperties"} {
		if !in.Has(key) {
			continue
		}
		given++
		if text := in.Str(key); in.Known(key) && !json.Valid([]byte(text)) {
			wrong = append(wrong, check.Wrong(key, "contains an invalid JSON")...)
		}
	}
	if in.Str("type") == "container" && given == 0 && !in.Has("eksProperties") {
		wrong = append(wrong, check.Wrong("containerProperties", "no container properties are given")...)
	}
	return wrong
}

// onFargate: jobs on Fargate say by which role they are started, and size themselves by resource requirements.
func onFargate(o *sim.Op) error {
	if !slices.Contains(o.In.Strs("platformCapabilities"), "FARGATE") || o.In.Str("containerProperties") == "" {
		return nil
	}
	var c struct {
		ExecutionRoleArn     string
		ResourceRequirements []struct{ Type, Value string }
	}
	if err := json.Unmarshal([]byte(o.In.Str("containerProperties")), &c); err != nil {
		return sim.Refuse(invalid, "Error executing request, Exception : "+err.Error(), "Mend containerProperties.")
	}
	if c.ExecutionRoleArn == "" {
		return sim.Refuse(invalid, "Error executing request, Exception : executionRoleArn is required for Fargate jobs",
			"Give executionRoleArn in containerProperties.")
	}
	sizes := map[string]string{}
	for _, r := range c.ResourceRequirements {
		sizes[r.Type] = r.Value
	}
	if sizes["VCPU"] == "" || sizes["MEMORY"] == "" {
		return sim.Refuse(invalid, "Error executing request, Exception : resourceRequirements must contain VCPU and MEMORY",
			"Give both in resourceRequirements.")
	}
	return nil
}

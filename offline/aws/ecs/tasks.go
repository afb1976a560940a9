package ecs

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/rung-dev/rung/offline/aws/internal/check"
	"github.com/rung-dev/rung/offline/aws/internal/refer"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// taskDefinition is a revision of a family. A change registers the next one and takes
// the last back.
func taskDefinition() sim.Kind {
	return sim.Kind{
		Token: token.ECSTaskDefinition, Service: "ECS", API: "TaskDefinition",
		Verbs:    map[sim.Verb]string{sim.Create: "RegisterTaskDefinition", sim.Delete: "DeregisterTaskDefinition"},
		Defaults: sim.Props{"skipDestroy": false, "trackLatest": false},
		Patterns: map[string]sim.Pattern{"family": nameForm},
		Lengths:  map[string]sim.Range{"family": {Min: 1, Max: 255}},
		Enums: map[string][]string{
			"networkMode": {"bridge", "host", ownNetwork, "none"}, "requiresCompatibilities": {"EC2", fargate, "EXTERNAL"},
			"ipcMode": {"host", "none", "task"}, "pidMode": {"host", "task"}, "runtimePlatform.cpuArchitecture": {"X86_64", "ARM64"},
		},
		Ranges: map[string]sim.Range{"ephemeralStorage.sizeInGib": {Min: 21, Max: 200}},
		Checks: []sim.Check{containersGood},
		JSON:   []string{"containerDefinitions"}, Sets: []string{"volumes", "placementConstraints"},
		ReplaceOn: []string{
			"containerDefinitions", "cpu", "enableFaultInjection", "ephemeralStorage", "executionRoleArn", "family",
			"inferenceAccelerators", "ipcMode", "memory", "networkMode", "pidMode", "placementConstraints",
			"proxyConfiguration", "requiresCompatibilities", "runtimePlatform", "taskRoleArn", "volumes",
		},
		ID: taskID,
		Outputs: func(o *sim.Op) sim.Props {
			family := o.ARN("ecs", "task-definition/"+o.In.Str("family"))
			return sim.Props{
				"arn": fmt.Sprint(family, ":", revision(o)), "arnWithoutRevision": family, "revision": revision(o),
				"networkMode": "bridge", "enableFaultInjection": false,
			}
		},
		Refs: []sim.Ref{
			refer.Role("executionRoleArn", clientError), refer.Role("taskRoleArn", clientError),
		},
		Rules: sim.Many(sim.Create, fitsFargate),
	}
}

// taskID is the family, as the provider has it. While the revision before stands, which
// is till the end of a replacement, the next one has its number beside it: here two
// resources cannot have one id.
func taskID(o *sim.Op) string {
	family := o.In.Str("family")
	if _, taken := o.Find(token.ECSTaskDefinition, family); taken {
		return fmt.Sprint(family, ":", revision(o))
	}
	return family
}

// revision counts the revisions of a family.
func revision(o *sim.Op) int {
	if n := o.Old.Int("revision"); n > 0 {
		return n
	}
	last := o.Incarnation
	for _, other := range o.Others() {
		if other.Props.Str("family") == o.In.Str("family") {
			last = max(last, other.Props.Int("revision"))
		}
	}
	return last + 1
}

// container is what is looked at of a container's definition.
type container struct {
	Name, Image  string
	PortMappings []portMapping
	Log          struct{ LogDriver string } `json:"logConfiguration"`
}

// portMapping is a port, as a number or as text.
type portMapping struct{ ContainerPort any }

// listens reports whether a container has a port open.
func (c container) listens(port int) bool {
	return slices.ContainsFunc(c.PortMappings, func(p portMapping) bool {
		return fmt.Sprint(p.ContainerPort) == fmt.Sprint(port)
	})
}

func containers(text string) ([]container, error) {
	var all []container
	err := json.Unmarshal([]byte(text), &all)
	return all, err
}

func containersGood(in sim.Props) (failures []sim.Failure) {
	if !in.Known("containerDefinitions") {
		return nil
	}
	all, err := containers(in.Str("containerDefinitions"))
	if err != nil {
		return check.Wrong("containerDefinitions", "ECS Task Definition container_definitions is invalid: %v", err)
	}
	if len(all) == 0 {
		return check.Wrong("containerDefinitions", "want at least one container")
	}
	seen := map[string]bool{}
	for i, c := range all {
		switch {
		case c.Name == "":
			failures = append(failures, check.Wrong("containerDefinitions", "container %d has no name", i)...)
		case seen[c.Name]:
			failures = append(failures, check.Wrong("containerDefinitions", "two containers have the name %s", c.Name)...)
		case c.Image == "":
			failures = append(failures, check.Wrong("containerDefinitions", "container %s has no image", c.Name)...)
		}
		seen[c.Name] = true
	}
	return failures
}

// fargateMemory are the memories in MiB that go with Fargate's processors, from and to,
// in steps (developer guide, "Task CPU and memory").
var fargateMemory = map[string][3]int{
	"256": {512, 2048, 512}, "512": {1024, 4096, 1024}, "1024": {2048, 8192, 1024}, "2048": {4096, 16384, 1024},
	"4096": {8192, 30720, 1024}, "8192": {16384, 61440, 4096}, "16384": {32768, 122880, 8192},
}

// fitsFargate refuses what Fargate does not run.
func fitsFargate(o *sim.Op) error {
	if !slices.Contains(o.In.Strs("requiresCompatibilities"), fargate) {
		return nil
	}
	cpu, memory := units(o.In.Str("cpu"), "vCPU"), units(o.In.Str("memory"), "GB")
	all, _ := containers(o.In.Str("containerDefinitions")) // read by the check
	logs := slices.ContainsFunc(all, func(c container) bool { return c.Log.LogDriver == "awslogs" })
	switch {
	case o.In.Str("networkMode") != ownNetwork:
		return sim.Refuse(clientError, "Fargate only supports network mode ‘awsvpc’.", "Set networkMode to awsvpc.")
	case cpu == "" || memory == "":
		return sim.Refuse(clientError, "Fargate requires that 'cpu' be defined at the task level.", "Give cpu and memory.")
	case !fargateHas(cpu, memory):
		return sim.Refuse(clientError, "No Fargate configuration exists for given values: "+cpu+" CPU, "+memory+" memory.",
			"Give a pair that Fargate has, 256 with 512 for example.")
	case logs && !o.In.Has("executionRoleArn"):
		return sim.Refuse(clientError,
			"Fargate requires task definition to have execution role ARN to support log driver awslogs.",
			"Give executionRoleArn.")
	}
	return nil
}

// fargateHas reports whether Fargate has a memory with so many units of CPU. The smallest
// goes with 512, 1024 and 2048 alone.
func fargateHas(cpu, memory string) bool {
	bounds, ok := fargateMemory[cpu]
	n, err := strconv.Atoi(memory)
	return ok && err == nil && n >= bounds[0] && n <= bounds[1] && (n-bounds[0])%bounds[2] == 0 &&
		!(cpu == "256" && n == 1536)
}

// units are CPU units or MiB: AWS also takes "1 vCPU" and "2 GB".
func units(text, of string) string {
	number, found := strings.CutSuffix(strings.ReplaceAll(text, " ", ""), of)
	if !found {
		return text
	}
	var n float64
	if _, err := fmt.Sscan(number, &n); err != nil {
		return text
	}
	return fmt.Sprint(int(n * 1024))
}

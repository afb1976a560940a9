package insidetest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/rung-dev/rung/handover/inside/api"
)

// ssm answers what is asked of SSM.
func (q *question) ssm() {
	c := q.cloud
	name, _ := q.in["Name"].(string)
	switch q.action {
	case "DescribeInstanceInformation":
		q.managed()
	case "PutParameter":
		c.secrets[name], _ = q.in["Value"].(string)
		q.out(map[string]any{"Version": 1})
	case "GetParameter":
		if text, there := c.secrets[name]; there {
			q.out(map[string]any{"Parameter": map[string]any{"Name": name, "Value": text}})
			return
		}
		q.refuse(http.StatusBadRequest, "ParameterNotFound", "no such parameter")
	case "DeleteParameter":
		if _, there := c.secrets[name]; !there {
			q.refuse(http.StatusBadRequest, "ParameterNotFound", "no such parameter")
			return
		}
		delete(c.secrets, name)
		q.out(map[string]any{})
	case "SendCommand":
		q.send()
	case "GetCommandInvocation":
		q.look()
	default:
		q.refuse(http.StatusBadRequest, "InvalidAction", "no such action")
	}
}

func (q *question) managed() {
	ping := q.cloud.Ping
	if ping == "" {
		ping = "Online"
	}
	all := []any{}
	if ping != "none" {
		all = append(all, map[string]any{"InstanceId": Instance, "PingStatus": ping})
	}
	q.out(map[string]any{"InstanceInformationList": all})
}

// send lets the instance run a script beside the answer.
func (q *question) send() {
	c := q.cloud
	var in struct {
		DocumentName string
		InstanceIDs  []string            `json:"InstanceIds"`
		Parameters   map[string][]string `json:"Parameters"`
		Comment      string
	}
	if json.Unmarshal(q.body, &in) != nil || in.DocumentName != "AWS-RunShellScript" || len(in.InstanceIDs) != 1 ||
		len(in.Parameters["commands"]) == 0 || len(in.Parameters["executionTimeout"]) != 1 || len(in.Comment) > 100 {
		q.refuse(http.StatusBadRequest, "InvalidParameters", "what a command wants is not there")
		return
	}
	if in.InstanceIDs[0] != Instance {
		q.refuse(http.StatusBadRequest, "InvalidInstanceId", "Instances not in a valid state for account")
		return
	}
	id := fmt.Sprintf("command-%d", len(c.commands)+1)
	one := &command{outcome: api.Outcome{Status: "InProgress", Details: "InProgress"}}
	c.commands[id] = one
	script := strings.Join(in.Parameters["commands"], "\n")
	go func() {
		outcome := api.Outcome{Status: "Success", Details: "Success"}
		if c.Run != nil {
			outcome = c.Run(script)
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		one.outcome = outcome
	}()
	q.out(map[string]any{"Command": map[string]any{"CommandId": id}})
}

// look says how a command stands. One that was sent just now is not known yet.
func (q *question) look() {
	id, _ := q.in["CommandId"].(string)
	one, there := q.cloud.commands[id]
	if !there || q.cloud.refused[Caller+"look"+id] == 0 {
		q.cloud.refused[Caller+"look"+id]++
		q.refuse(http.StatusBadRequest, "InvocationDoesNotExist", "no such invocation")
		return
	}
	q.out(one.outcome)
}

func (q *question) out(v any) {
	text, err := json.Marshal(v)
	if err != nil {
		q.refuse(http.StatusInternalServerError, "InternalServerError", err.Error())
		return
	}
	_, _ = q.w.Write(text)
}

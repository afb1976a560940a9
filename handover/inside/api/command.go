package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Run is a command that SSM runs on an instance.
type Run struct {
	Instance string
	// Script is for the shell, as root.
	Script string
	// Comment is what people see of it in the console; at most 100 characters.
	Comment string
	// Within ends it; up to 48 h.
	Within time.Duration
}

// MostWithin is the longest that SSM lets a command run.
const MostWithin = 48 * time.Hour

// Send begins a command and gives its id.
func (c *Client) Send(ctx context.Context, r Run) (string, error) {
	send := order("SendCommand", r.Instance, map[string]any{"DocumentName": "AWS-RunShellScript",
		"InstanceIds": []string{r.Instance}, "Comment": r.Comment, "TimeoutSeconds": int(deliveredWithin.Seconds()),
		"Parameters": map[string][]string{"commands": strings.Split(r.Script, "\n"),
			"executionTimeout": {strconv.Itoa(int(r.Within.Seconds()))}}})
	send.with, send.Once, send.example = r.Script, true, `{"Command":{"CommandId":"COMMAND"}}`
	answer, err := c.ask(ctx, send)
	if errors.Is(err, Code("InvalidInstanceId")) {
		return "", fmt.Errorf("%w; SSM cannot reach %s: it is stopped, or in another region", err, r.Instance)
	}
	if err != nil {
		return "", err
	}
	var sent struct {
		Command struct {
			CommandID string `json:"CommandId"`
		}
	}
	if err := json.Unmarshal(answer, &sent); err != nil || sent.Command.CommandID == "" {
		return "", fmt.Errorf("read the command's id: got %.100q: %w", answer, err)
	}
	return sent.Command.CommandID, nil
}

// deliveredWithin is how long an instance has to take a command up.
const deliveredWithin = 2 * time.Minute

// Outcome is how a command stands.
type Outcome struct {
	// Status is SSM's, such as "InProgress", and Details says more of it.
	Status  string `json:"Status"`
	Details string `json:"StatusDetails"`
	// Output and Errors are the beginning of what it wrote.
	Output string `json:"StandardOutputContent"`
	Errors string `json:"StandardErrorContent"`
}

// Over says whether it has ended, whichever way.
func (o Outcome) Over() bool {
	switch o.Status {
	case "Success", "Cancelled", "TimedOut", "Failed":
		return true
	}
	return false
}

// Look reads how a command stands. One that SSM has not taken up yet is pending.
func (c *Client) Look(ctx context.Context, id, instance string) (o Outcome, err error) {
	r := order("GetCommandInvocation", id, map[string]any{"CommandId": id, "InstanceId": instance})
	r.example = `{"Status":"Success"}`
	answer, err := c.ask(ctx, r)
	if errors.Is(err, Code("InvocationDoesNotExist")) {
		return Outcome{Status: "Pending", Details: "Pending"}, nil
	}
	if err != nil {
		return o, err
	}
	if err := json.Unmarshal(answer, &o); err != nil {
		return o, fmt.Errorf("read how the command %s stands: %w", id, err)
	}
	return o, nil
}

package aws

import (
	"context"
	_ "embed"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/rung-dev/rung/awswire"
	"github.com/rung-dev/rung/operate"
)

// The actions that running something on a machine takes.
const (
	sendAction   = "ssm:SendCommand on the machine and on the document AWS-RunShellScript"
	answerAction = "ssm:GetCommandInvocation"
)

// outcome is what a command on a machine ended with.
type outcome struct {
	CommandId             string
	Status, StatusDetails string
	ResponseCode          int
	StandardOutputContent string
	StandardErrorContent  string
}

// mostOutput is how much of each output AWS's answer has, in characters.
const mostOutput = 24_000

// run runs a script with arguments on a machine by Systems Manager, and waits for its end.
// A context that ends takes the command back.
func (d *Driver) run(ctx context.Context, m operate.Machine, within time.Duration, script string, args ...string) (
	outcome, error) {
	line := "exec /bin/bash -c \"$(echo " + base64.StdEncoding.EncodeToString([]byte(script)) + " | base64 -d)\" rung"
	for _, a := range args {
		line += " " + shellWord(a)
	}
	var sent struct{ Command outcome }
	err := d.Client.AskJSON(ctx, awswire.Request{Service: awswire.SSM, Region: m.Region, Action: "SendCommand",
		Once: true, // it must not run twice
		Body: map[string]any{"DocumentName": "AWS-RunShellScript", "InstanceIds": []string{m.ID},
			"Parameters": map[string][]string{"commands": {line},
				"executionTimeout": {fmt.Sprint(int(within.Seconds()))}}}}, &sent)
	if awswire.CodeOf(err) == "InvalidInstanceId" {
		return outcome{}, fmt.Errorf("reach machine %s: Systems Manager does not know it or its agent does not answer "+
			"(a machine takes a minute or two after its start): %w", m.ID, err)
	}
	if err != nil {
		return outcome{}, awswire.Explained(err, "run a command on "+m.ID, sendAction)
	}
	return d.await(ctx, m, sent.Command.CommandId)
}

// await looks until a command has ended.
func (d *Driver) await(ctx context.Context, m operate.Machine, id string) (outcome, error) {
	for d.rest(ctx) {
		var got outcome
		err := d.Client.AskJSON(ctx, awswire.Request{Service: awswire.SSM, Region: m.Region,
			Action: "GetCommandInvocation", Body: map[string]any{"CommandId": id, "InstanceId": m.ID}}, &got)
		if awswire.CodeOf(err) == "InvocationDoesNotExist" { // not yet
			continue
		}
		if err != nil && ctx.Err() == nil {
			return got, awswire.Explained(err, "read what the command on "+m.ID+" said", answerAction)
		}
		switch got.Status {
		case "Success", "Failed":
			return got, nil
		case "Cancelled", "TimedOut":
			return got, fmt.Errorf("the command on %s was ended: %s", m.ID, got.StatusDetails)
		}
	}
	return outcome{}, errors.Join(ctx.Err(), d.cancel(m, id))
}

// cancelling is how long taking a command back may take.
const cancelling = 10 * time.Second

// cancel takes a command back, for somebody who does not wait any more.
func (d *Driver) cancel(m operate.Machine, id string) error {
	ctx, done := context.WithTimeout(context.Background(), cancelling)
	defer done()
	_, err := d.Client.Ask(ctx, awswire.Request{Service: awswire.SSM, Region: m.Region, Action: "CancelCommand",
		Body: map[string]any{"CommandId": id, "InstanceIds": []string{m.ID}}})
	return awswire.Explained(err, "take the command on "+m.ID+" back", "ssm:CancelCommand")
}

// shellWord is a word that a shell takes as it is.
func shellWord(word string) string { return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'" }

// execScript runs a command beside an app, containedScript in its container.
var (
	//go:embed scripts/exec.sh
	execScript string
	//go:embed scripts/contained.sh
	containedScript string
)

// mostExec is how long a command may run.
const mostExec = time.Hour

// Exec runs a command as the app's user, in its environment and its folder, and in its
// container where it has one. What it writes comes at its end, of each output the first
// 24,000 characters.
func (d *Driver) Exec(ctx context.Context, m operate.Machine, argv []string, out operate.IO) (int, error) {
	script := execScript
	if d.Contained {
		script = containedScript
	}
	got, err := d.run(ctx, m, mostExec, script, append([]string{m.App}, argv...)...)
	if err != nil {
		return 0, err
	}
	if len(got.StandardOutputContent) >= mostOutput {
		fmt.Fprintf(out.Err, "(what follows is cut: Systems Manager hands on %d characters)\n", mostOutput)
	}
	_, err1 := io.WriteString(out.Out, got.StandardOutputContent)
	_, err2 := io.WriteString(out.Err, got.StandardErrorContent)
	return got.ResponseCode, errors.Join(err1, err2)
}

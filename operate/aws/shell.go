package aws

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"time"

	"golang.org/x/term"

	"github.com/rung-dev/rung/awswire"
	"github.com/rung-dev/rung/operate"
	"github.com/rung-dev/rung/operate/session"
)

// started is a session of Systems Manager.
type started struct{ SessionId, StreamUrl, TokenValue string }

// start starts a session on a machine. Without a document it is a shell.
func (d *Driver) start(ctx context.Context, m operate.Machine, document string, parameters map[string][]string) (
	*session.Channel, func() error, error) {
	body := map[string]any{"Target": m.ID}
	action := "ssm:StartSession on the machine"
	if document != "" {
		body["DocumentName"], body["Parameters"] = document, parameters
		action += " and on the document " + document
	}
	var s started
	err := d.Client.AskJSON(ctx, awswire.Request{Service: awswire.SSM, Region: m.Region, Action: "StartSession",
		Body: body}, &s)
	if awswire.CodeOf(err) == "TargetNotConnected" {
		return nil, nil, fmt.Errorf("reach machine %s: its agent is not connected to Systems Manager (a machine takes a "+
			"minute or two after its start): %w", m.ID, err)
	}
	if err != nil {
		return nil, nil, awswire.Explained(err, "start a session on "+m.ID, action)
	}
	end := func() error { return d.end(m, s.SessionId) }
	channel, err := session.Dial(ctx, s.StreamUrl, s.TokenValue)
	if err != nil {
		return nil, nil, fmt.Errorf("reach machine %s: %w", m.ID, errors.Join(err, end()))
	}
	return channel, end, nil
}

// ending is how long the end of a session may take.
const ending = 5 * time.Second

// end ends a session for AWS as well.
func (d *Driver) end(m operate.Machine, id string) error {
	ctx, done := context.WithTimeout(context.Background(), ending)
	defer done()
	_, err := d.Client.Ask(ctx, awswire.Request{Service: awswire.SSM, Region: m.Region, Action: "TerminateSession",
		Body: map[string]any{"SessionId": id}})
	return awswire.Explained(err, "end the session on "+m.ID, "ssm:TerminateSession")
}

// Shell is a session at the caller's terminal, which passes every key on.
func (d *Driver) Shell(ctx context.Context, m operate.Machine, out operate.IO) error {
	channel, end, err := d.start(ctx, m, "", nil)
	if err != nil {
		return err
	}
	var size func() session.Size
	if f, ok := out.In.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		before, err := term.MakeRaw(int(f.Fd()))
		if err != nil {
			return errors.Join(fmt.Errorf("prepare the terminal: %w", err), channel.Close(), end())
		}
		defer func() { _ = term.Restore(int(f.Fd()), before) }()
		size = func() session.Size {
			columns, rows, err := term.GetSize(int(f.Fd()))
			if err != nil {
				return session.Size{}
			}
			return session.Size{Columns: columns, Rows: rows}
		}
	}
	return errors.Join(channel.Shell(ctx, out.In, out.Out, size), end())
}

// Tunnel carries connections to a host and a port, as a machine of the stack reaches them.
func (d *Driver) Tunnel(ctx context.Context, m operate.Machine, host string, port int, at net.Listener) error {
	channel, end, err := d.start(ctx, m, "AWS-StartPortForwardingSessionToRemoteHost", map[string][]string{
		"host": {host}, "portNumber": {strconv.Itoa(port)}, "localPortNumber": {"0"}})
	if err != nil {
		return err
	}
	return errors.Join(channel.Forward(ctx, at), end())
}

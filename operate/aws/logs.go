package aws

import (
	"context"
	_ "embed"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/rung-dev/rung/awswire"
	"github.com/rung-dev/rung/operate"
)

// Logs reads a fleet's log group, or the journal of a server, whose log stays on it.
func (d *Driver) Logs(ctx context.Context, p operate.Part, q operate.Query, line func(operate.Line) error) error {
	switch {
	case p.Kind == operate.Server:
		return d.journal(ctx, p, q, line)
	case p.LogGroup == "":
		return fmt.Errorf("read the log of %s: the stack has no log group for it", p.Name)
	}
	return d.group(ctx, p, q, line)
}

// event is a line of CloudWatch's.
type event struct {
	EventId, LogStreamName, Message string
	Timestamp                       int64
}

// group pages through a log group. Following asks for what came since the newest line,
// and leaves out what was told.
func (d *Driver) group(ctx context.Context, p operate.Part, q operate.Query, line func(operate.Line) error) error {
	from, told := d.now().Add(-q.Back()).UnixMilli(), map[string]int64{}
	for {
		token := ""
		for {
			page, next, err := d.events(ctx, p, q, from, token)
			if err != nil {
				return awswire.Explained(err, "read the log of "+p.Name, "logs:FilterLogEvents")
			}
			for _, e := range page {
				if _, was := told[e.EventId]; was {
					continue
				}
				told[e.EventId] = e.Timestamp
				from = max(from, e.Timestamp)
				err := line(operate.Line{At: time.UnixMilli(e.Timestamp), From: e.LogStreamName, Text: strings.TrimRight(e.Message,
					"\n")})
				if err != nil {
					return err
				}
			}
			if token = next; token == "" {
				break
			}
		}
		for id, at := range told { // who is asked for no more
			if at < from {
				delete(told, id)
			}
		}
		if !q.Follow || !d.rest(ctx) {
			return ctx.Err()
		}
	}
}

func (d *Driver) events(ctx context.Context, p operate.Part, q operate.Query, from int64, token string) ([]event,
	string,
	error) {
	body := map[string]any{"logGroupName": p.LogGroup, "startTime": from}
	if token != "" {
		body["nextToken"] = token
	}
	if q.Filter != "" {
		body["filterPattern"] = `"` + strings.ReplaceAll(q.Filter, `"`, `\"`) + `"`
	}
	var answer struct {
		Events    []event
		NextToken string
	}
	err := d.Client.AskJSON(ctx, awswire.Request{Service: awswire.Logs, Region: p.Region, Action: "FilterLogEvents",
		Body: body}, &answer)
	return answer.Events, answer.NextToken, err
}

//go:embed scripts/journal.sh
var journalScript string

// reading is how long the journal may be read.
const reading = time.Minute

// journal asks the machine itself, which keeps its log.
func (d *Driver) journal(ctx context.Context, p operate.Part, q operate.Query, line func(operate.Line) error) error {
	machines, err := d.Machines(ctx, p)
	if err != nil {
		return err
	}
	m, since, cursor := machines[0], strconv.FormatInt(d.now().Add(-q.Back()).Unix(), 10), ""
	for {
		got, err := d.run(ctx, m, reading, journalScript, m.App, since, cursor)
		if err != nil {
			return err
		}
		if got.ResponseCode != 0 {
			return fmt.Errorf("read the journal of %s: %s", m.ID, strings.TrimSpace(got.StandardErrorContent))
		}
		for _, text := range strings.Split(strings.TrimRight(got.StandardOutputContent, "\n"), "\n") {
			if place, is := strings.CutPrefix(text, "-- cursor: "); is {
				cursor = place
			} else if l, ok := journalLine(m.ID, text); ok && strings.Contains(l.Text, q.Filter) {
				if err := line(l); err != nil {
					return err
				}
			}
		}
		if !q.Follow || !d.rest(ctx) {
			return ctx.Err()
		}
	}
}

// journalLine reads "1764500000.123456 host app[7]: text".
func journalLine(machine, text string) (operate.Line, bool) {
	stamp, rest, ok := strings.Cut(text, " ")
	seconds, err := strconv.ParseFloat(stamp, 64)
	if !ok || err != nil { // the half of a line that was cut
		return operate.Line{}, false
	}
	if _, said, ok := strings.Cut(rest, ": "); ok {
		rest = said
	}
	return operate.Line{At: time.UnixMicro(int64(seconds * 1e6)), From: machine, Text: rest}, true
}

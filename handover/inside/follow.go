package inside

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/rung-dev/rung/handover"
	"github.com/rung-dev/rung/handover/hosts"
	"github.com/rung-dev/rung/handover/inside/api"
)

// follow waits for the command's end and passes on what its journal says meanwhile.
func (e *errand) follow(ctx context.Context, id string) (api.Outcome, error) {
	every := e.Every
	if every == 0 {
		every = 2 * time.Second
	}
	for {
		outcome, err := e.Cloud.Look(ctx, id, e.Place.Instance)
		if err != nil {
			return outcome, err
		}
		if err := e.news(ctx); err != nil || outcome.Over() {
			return outcome, err
		}
		select {
		case <-ctx.Done():
			return outcome, ctx.Err()
		case <-time.After(every):
		}
	}
}

// journal reads what the mover has kept in the bucket. None is no entries.
func (e *errand) journal(ctx context.Context) ([]handover.Entry, error) {
	text, err := e.Cloud.Get(ctx, e.Place.Bucket, JournalKey(e.task.Spec.Name))
	if errors.Is(err, api.ErrNone) {
		return nil, nil
	}
	if err == nil && e.Dir != "" && !e.Dry() {
		err = keep(e.Dir, text)
	}
	return handover.ParseJournal(text), err
}

// keep has the journal here too, for whoever reads it without asking AWS.
func keep(dir string, text []byte) error {
	err := os.MkdirAll(dir, 0o700)
	if err == nil {
		err = os.WriteFile(handover.JournalPath(dir), text, 0o600)
	}
	if err != nil {
		return fmt.Errorf("keep the journal here: %w", err)
	}
	return nil
}

// news passes on what is new in the journal, and how far the copy is.
func (e *errand) news(ctx context.Context) error {
	entries, err := e.journal(ctx)
	if err != nil {
		return err
	}
	for ; e.told < len(entries); e.told++ {
		if e.Tell != nil {
			e.Tell(entries[e.told])
		}
	}
	if e.Watch == nil || e.task.Command != hosts.CommandStart || e.Dry() {
		return nil
	}
	text, err := e.Cloud.Get(ctx, e.Place.Bucket, ProgressKey(e.task.Spec.Name))
	if errors.Is(err, api.ErrNone) {
		return nil
	}
	var p hosts.Progress
	if err == nil && json.Unmarshal(text, &p) == nil && p.AllTables > 0 {
		e.Watch(p)
	}
	return err
}

// answer reads what the run came to. Without an answer the command's own output says
// why there is none.
func (e *errand) answer(ctx context.Context, o api.Outcome) (a Answer, err error) {
	text, err := e.Cloud.Get(ctx, e.Place.Bucket, AnswerKey(e.task.Spec.Name, e.task.ID))
	switch {
	case errors.Is(err, api.ErrNone):
		return a, e.unanswered(o)
	case err != nil:
		return a, err
	case e.Dry():
		return a, nil
	}
	if err := json.Unmarshal(text, &a); err != nil {
		return a, fmt.Errorf("read the mover's answer: %w", err)
	}
	return a, a.Err()
}

func (e *errand) unanswered(o api.Outcome) error {
	said := strings.TrimSpace(o.Errors + "\n" + o.Output)
	if len(said) > 2000 {
		said = said[len(said)-2000:]
	}
	why := fmt.Sprintf("the command on %s ended as %s (%s) and left no answer", e.Place.Instance, o.Status, o.Details)
	switch o.Details {
	case "DeliveryTimedOut", "Delivery Timed Out", "Undeliverable":
		why += ": the instance did not take it up, and nothing was changed; look whether it runs"
	case "ExecutionTimedOut", "Execution Timed Out":
		why += fmt.Sprintf(": it ran for longer than %s; what it did stands in the databases", e.within)
	}
	if o.Status == "Cancelled" {
		why += ": somebody has cancelled it; what it did stands in the databases"
	}
	if said != "" {
		why += ": " + said
	}
	return fmt.Errorf("%s; run `rung handover %s` again", why, e.task.Command)
}

// script fetches the mover, holds it against its hash, and runs it. A permission that
// is new takes some seconds to be known everywhere, so fetching is tried again.
func (e *errand) script() string {
	lines := []string{
		"set -eu",
		"dir=${RUNG_ROOT:-}/var/lib/rung-handover",
		`mkdir -p "$dir"`,
		`cd "$dir"`,
		"fits() { echo '" + e.sum + "  '\"$1\" | sha256sum --check --status 2>/dev/null; }",
		"for try in 1 2 3 4 5 6 7 8 9 10; do",
		"  fits mover && break",
		"  aws s3 cp --only-show-errors --region " + e.Place.Region + " s3://" + e.Place.Bucket + "/" + e.moverKey() +
			" mover.new || sleep 3",
		"  if fits mover.new; then chmod 755 mover.new; mv mover.new mover; fi",
		"done",
		"fits mover || { echo 'the mover did not come, or its hash is another: not run' >&2; exit 3; }",
	}
	run := fmt.Sprintf(`"$dir/mover" --region %s --parameter %s --dir "$dir/moves"`, e.Place.Region,
		Parameter(e.task.Spec.Name, e.task.ID))
	if as := e.Place.As; as != "" {
		lines = append(lines, `install -d -o `+as+` -m 700 "$dir/moves"`, "exec runuser -u "+as+" -- "+run)
	} else {
		lines = append(lines, `install -d -m 700 "$dir/moves"`, "exec "+run)
	}
	return strings.Join(lines, "\n")
}

package hosts

import (
	"context"
	"fmt"

	"github.com/rung-dev/rung/handover"
	"github.com/rung-dev/rung/handover/files"
	"github.com/rung-dev/rung/handover/keys"
)

// filesPass copies the files that the other side lacks.
func (m *Move) filesPass(from, to string) handover.Step {
	return handover.Step{Name: "files", Says: "copy the files that the other side lacks",
		Find: func(context.Context) (handover.Found, error) {
			return handover.Found{Done: from == "", Text: "no files"}, nil
		},
		Do:    func(ctx context.Context) (string, error) { return copyFiles(ctx, from, to) },
		Prove: func(context.Context) (string, error) { return "each by its checksum", nil }}
}

// keysPass copies what is in Redis with its time to live. In the pause it has no time
// for more than what fits.
func (t *turn) keysPass(name string, before bool) handover.Step {
	return handover.Step{Name: name, Says: "copy what is in Redis with its time to live",
		Find: func(context.Context) (handover.Found, error) {
			return handover.Found{Done: t.redis[0] == "" || t.over && !before, Text: "no Redis"}, nil
		},
		Do: func(ctx context.Context) (string, error) {
			return copyKeys(ctx, t.redis[0], t.redis[1], before, t.m.spec)
		},
		Prove: func(context.Context) (string, error) { return "", nil }}
}

func copyFiles(ctx context.Context, from, to string) (string, error) {
	source, err := files.At(ctx, from)
	if err != nil {
		return "", err
	}
	target, err := files.At(ctx, to)
	if err != nil {
		return "", err
	}
	c, err := files.Copy(ctx, source, target)
	return fmt.Sprintf(filesText, c.Files, c.Bytes, c.There), err
}

// What the journal says of a pass.
const (
	filesText = "%d files with %d bytes copied, %d were there"
	keysText  = "%d keys copied"
)

// Passed is what passes have copied beside the rows.
type Passed struct {
	Files int   `json:"files"`
	Bytes int64 `json:"file_bytes"`
	// Keys are those of the last pass that was whole or whose time was over.
	Keys int `json:"keys"`
}

// And adds what later passes have copied.
func (p Passed) And(later Passed) Passed {
	p.Files, p.Bytes = p.Files+later.Files, p.Bytes+later.Bytes
	if later.Keys > 0 {
		p.Keys = later.Keys
	}
	return p
}

// PassedOf adds up what entries of a journal say of files and keys.
func PassedOf(entries []handover.Entry) (p Passed) {
	for _, e := range entries {
		if e.Event != handover.EventDid {
			continue
		}
		var files, there int
		var bytes int64
		if n, _ := fmt.Sscanf(e.Text, filesText, &files, &bytes, &there); n == 3 {
			p.Files, p.Bytes = p.Files+files, p.Bytes+bytes
		}
		var keys int
		if n, _ := fmt.Sscanf(e.Text, keysText, &keys); n == 1 && (e.Step == stepSessions || e.Step == stepSessionsAgain) {
			p.Keys = keys
		}
	}
	return p
}

// The steps that copy what is in Redis, before the pause and in it.
const (
	stepSessions      = "sessions"
	stepSessionsAgain = "sessions-again"
)

// copyKeys takes its time before the pause, and writes over what an earlier pass has
// brought.
func copyKeys(ctx context.Context, from, to string, before bool, s Spec) (string, error) {
	o := keys.Options{Match: s.RedisMatch, CA: s.RedisCA}
	if !before {
		o.Within = s.MaxPause / 2
	}
	c, err := keys.Copy(ctx, from, to, o)
	text := fmt.Sprintf(keysText, c.Keys)
	if !c.Whole {
		text += ", and then the time was over: whose session was left out is as it was before the pause"
	}
	return text, err
}

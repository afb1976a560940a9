package hosts

import (
	"context"
	"fmt"
	"time"

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
			return copyKeys(ctx, t.redis[0], t.redis[1], before, t.m.spec.MaxPause/2)
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
	return fmt.Sprintf("%d files with %d bytes copied, %d were there", c.Files, c.Bytes, c.There), err
}

// copyKeys takes its time before the pause, and writes over what an earlier pass has
// brought.
func copyKeys(ctx context.Context, from, to string, before bool, within time.Duration) (string, error) {
	o := keys.Options{}
	if !before {
		o.Within = within
	}
	c, err := keys.Copy(ctx, from, to, o)
	text := fmt.Sprintf("%d keys copied", c.Keys)
	if !c.Whole {
		text += ", and then the time was over: whose session was left out is as it was before the pause"
	}
	return text, err
}

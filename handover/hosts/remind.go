package hosts

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/rung-dev/rung/handover"
)

// Reminders are a line for each move of a stack's directory that keeps a server's log:
// from its start until finish or abort, as its journal says. No database is asked.
func Reminders(root string, now time.Time) (all []string, err error) {
	moves, err := os.ReadDir(filepath.Dir(Dir(root, "")))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("look for moves: %w", err)
	}
	for _, move := range moves {
		dir := Dir(root, move.Name())
		entries, err := handover.ReadJournal(dir)
		if err != nil {
			return all, fmt.Errorf("read the move in %s: %w", dir, err)
		}
		made := slotMade(entries)
		if made.IsZero() || isOver(entries) {
			continue
		}
		flag, name := "", move.Name()
		if name != DefaultName {
			flag = " --name " + name
		}
		all = append(all, fmt.Sprintf("the move %q keeps a server's log, since %s ago: end it by `rung handover finish%s` or "+
			"`abort`; `rung handover status%s` says how much it is", name, now.Sub(made).Round(time.Minute), flag, flag))
	}
	return all, nil
}

// isOver says whether a move has ended.
func isOver(entries []handover.Entry) bool {
	if len(entries) == 0 {
		return true
	}
	last := entries[len(entries)-1]
	return last.Event == handover.EventEnded && (last.Command == CommandFinish || last.Command == CommandAbort)
}

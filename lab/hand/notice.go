package hand

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/rung-dev/rung/lab/ledger"
	"github.com/rung-dev/rung/lab/machines"
)

// noticed is how long before AWS takes back the capacity of a spot machine it says so.
const noticed = 2 * time.Minute

// Notice tells a machine of a group that its capacity is taken back. What keeps the lab
// as planned brings another first.
func (h *Hand) Notice(_ context.Context, unit string) error {
	led, err := ledger.Read(h.at.Ledger())
	if err != nil {
		return err
	}
	for id, m := range led.Machines {
		if machines.UnitOf(m) == unit {
			return h.write(id, time.Now().Add(noticed).Unix())
		}
	}
	return fmt.Errorf("%s is no machine of a group, whose capacity could be taken back", unit)
}

// write adds to what the supervisor is told.
func (h *Hand) write(id string, leaves int64) error {
	all := map[string]int64{}
	text, err := os.ReadFile(h.at.Notices())
	if err == nil {
		err = json.Unmarshal(text, &all)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("read whose capacity is taken back: %w", err)
	}
	all[id] = leaves
	if text, err = json.Marshal(all); err != nil {
		return err
	}
	return ledger.Replace(h.at.Notices(), text)
}

package lab

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/rung-dev/rung/lab/ledger"
	"github.com/rung-dev/rung/lab/load"
)

// KeepMeasured keeps what a load has shown, for whoever prices the stage by it. The one
// before is forgotten.
func (l Lab) KeepMeasured(r load.Result) error {
	text, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("keep what the load has shown: %w", err)
	}
	return ledger.Replace(l.at.Measured(), text)
}

// Measured is what the last load has shown; fs.ErrNotExist where there was none.
func (l Lab) Measured() (r load.Result, err error) {
	text, err := os.ReadFile(l.at.Measured())
	if err == nil {
		err = json.Unmarshal(text, &r)
	}
	if err != nil {
		return r, fmt.Errorf("read what the lab's last load has shown: %w", err)
	}
	return r, nil
}

// Package place says where a lab keeps what, so that its supervisor and who asks
// about it agree.
package place

import (
	"crypto/rand"
	"os"
	"path/filepath"

	"github.com/rung-dev/rung/lab/site"
)

// Place is the directory of a lab.
type Place struct{ Dir string }

// Of is the lab's place in a user's directory.
func Of(dir string) Place { return Place{Dir: filepath.Join(dir, ".rung", "lab")} }

// Cloud is the offline cloud's state.
func (p Place) Cloud() string { return filepath.Join(p.Dir, "cloud.json") }

// Ledger is the lab's own record.
func (p Place) Ledger() string { return filepath.Join(p.Dir, "record.json") }

// Status is what the supervisor tells of itself.
func (p Place) Status() string { return filepath.Join(p.Dir, "status.json") }

// Refusal is why the last supervisor did not start.
func (p Place) Refusal() string { return filepath.Join(p.Dir, "refusal") }

// Measured is what the last load has shown.
func (p Place) Measured() string { return filepath.Join(p.Dir, "measured.json") }

// Notices are machines whose capacity is to be taken back, for the supervisor: by id, with
// when in seconds since 1970.
func (p Place) Notices() string { return filepath.Join(p.Dir, "notices.json") }

// Lock is held by the supervisor.
func (p Place) Lock() string { return filepath.Join(p.Dir, "supervisor.lock") }

// Logs is the directory of logs, Log that of a unit.
func (p Place) Logs() string { return filepath.Join(p.Dir, "logs") }

// Log is the log of a unit.
func (p Place) Log(unit string) string { return filepath.Join(p.Logs(), site.Safe(unit)+".log") }

// Own is the supervisor's log.
const Own = "supervisor"

// Snapshots is where the final snapshots are: all that a lab leaves behind.
func (p Place) Snapshots() string { return filepath.Join(p.Dir, "snapshots") }

// Vaults are the files in which `rung secret set` keeps the secrets of a stack's app.
func (p Place) Vaults() []string {
	files, _ := filepath.Glob(filepath.Join(p.Dir, "secrets", "*.json")) // the pattern is well-formed
	return files
}

// Secret is a password of the lab's own, made when it is first asked for.
func (p Place) Secret(name string) string {
	path := filepath.Join(p.Dir, "secrets", site.Safe(name))
	if text, err := os.ReadFile(path); err == nil && len(text) > 0 {
		return string(text)
	}
	text := rand.Text()
	_ = os.MkdirAll(filepath.Dir(path), 0o700)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		return "" // and the server that wants it says that it has no password
	}
	return text
}

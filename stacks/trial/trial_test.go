package trial

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/stacks/manifest"
)

// server is an app that serves with python; how it behaves is in %s.
const server = `
import http.server, os, signal, sys, threading
BEHAVES = os.environ.get("BEHAVES", "")
class H(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if "writes" in BEHAVES: open("state", "a").write("x")
        if "homely" in BEHAVES: open(os.environ["HOME"] + "/state", "a").write("x")
        self.send_response(503 if "ill" in BEHAVES else 200)
        self.send_header("Content-Length", "0")
        if "cookie" in BEHAVES: self.send_header("Set-Cookie", "session=1")
        if "bare" not in BEHAVES: self.send_header("Cache-Control", "public, max-age=5")
        self.end_headers()
    def log_message(self, *a): pass
if "silent" in BEHAVES: print("no idea"); sys.exit(3)
if "needy" in BEHAVES and ":1/" in os.environ["DATABASE_URL"]: print("no database"); sys.exit(4)
host = "127.0.0.1" if "alone" in BEHAVES else "0.0.0.0" if "everywhere" in BEHAVES else os.environ["HOST"]
port = 1 + int(os.environ["PORT"]) if "elsewhere" in BEHAVES else int(os.environ["PORT"])
s = http.server.ThreadingHTTPServer((host, port), H)
signal.signal(signal.SIGTERM, signal.SIG_IGN if "deaf" in BEHAVES else lambda *a: threading.Thread(target=s.shutdown).start())
s.serve_forever()
`

func TestATrialSaysWhatIsNotKept(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "server.py"), []byte(server), 0o600))
	for behaves, want := range map[string]map[string]Outcome{
		"":               {},
		"ill bare":       {"answers its health path": Broken, "says how long pages may be kept": Broken},
		"writes":         {"keeps no state on disk": Broken},
		"deaf":           {"ends after SIGTERM": Broken},
		"silent":         {"serves at PORT": Broken},
		"elsewhere deaf": {"serves at PORT": Broken},
		"homely":         {"keeps no state on disk": Broken},
		"cookie":         {"says how long pages may be kept": Broken},
		"alone":          {"serves at HOST": Broken},
		"everywhere":     {},
		"needy":          {"is well while what it needs is away": Broken},
	} {
		t.Run(behaves, func(t *testing.T) {
			t.Parallel()
			app := manifest.App{Directory: dir, StopSeconds: 2, Environment: map[string]string{"BEHAVES": behaves},
				Needs:    []manifest.Need{manifest.Database},
				Commands: manifest.Commands{Web: &manifest.Command{Line: "python3 server.py"}}}
			findings, err := Run(t.Context(), app, Options{Patience: 15 * time.Second,
				Environment: append(os.Environ(), "DATABASE_URL=postgres://localhost:5432/shop")})
			require.NoError(t, err)
			require.NotEmpty(t, findings)
			for _, f := range findings {
				expected := Kept
				if o, ok := want[f.Point]; ok {
					expected = o
				}
				assert.Equal(t, expected, f.Outcome, "%s: %s", f.Point, f.Text)
				delete(want, f.Point)
			}
			assert.Empty(t, want, "all that is not kept is found")
		})
	}
}

// A service is held to what the app is held to, and told apart.
func TestATrialTriesServices(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "server.py"), []byte(server), 0o600))
	serves := func(behaves string) *manifest.Command {
		return &manifest.Command{Line: "BEHAVES=" + behaves + " exec python3 server.py"}
	}
	app := manifest.App{Directory: dir, StopSeconds: 2, Commands: manifest.Commands{Web: serves("")},
		Services: []manifest.Service{{Name: "good", Paths: []string{"/good*"}, Command: serves("")},
			{Name: "ill", Paths: []string{"/ill"}, Command: serves("ill")},
			{Name: "own", Paths: []string{"/own"}, Command: serves(""), Store: manifest.OwnStore,
				Release: &manifest.Command{Line: "exit 1"}}}}
	findings, err := Run(t.Context(), app, Options{Environment: os.Environ(), Patience: 15 * time.Second})
	require.NoError(t, err)
	got := map[string]Outcome{}
	for _, f := range findings {
		got[f.Point] = f.Outcome
	}
	for point, want := range map[string]Outcome{"serves at PORT": Kept, "service good: serves at PORT": Kept,
		"service good: ends after SIGTERM": Kept, "service good: says how long pages may be kept": Kept,
		"service ill: answers its health path": Broken, "service ill: says how long pages may be kept": NotTried,
		"service own: release ends well": NotTried, "service own: has what it needs": NotTried} {
		assert.Equal(t, want, got[point], point)
	}
}

func TestWhatIsMissingIsNotTried(t *testing.T) {
	app := manifest.App{Directory: t.TempDir(), Needs: []manifest.Need{manifest.Database}, Commands: manifest.Commands{
		Web: &manifest.Command{Line: "exit 1"}, Release: &manifest.Command{Line: "exit 1"}, Worker: &manifest.Command{Line: "exit 1"}}}
	findings, err := Run(t.Context(), app, Options{Environment: []string{"PATH=" + os.Getenv("PATH"), "DATABASE_URLS=x"}})
	require.NoError(t, err)
	outcomes := map[Outcome]int{}
	for _, f := range findings {
		outcomes[f.Outcome]++
	}
	assert.Equal(t, map[Outcome]int{NotTried: 3, Broken: 1, Kept: 1}, outcomes, "%v", findings)

	_, err = Run(t.Context(), manifest.App{Image: "x"}, Options{})
	require.ErrorIs(t, err, ErrImage)
}

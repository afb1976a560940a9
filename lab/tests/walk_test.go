package tests

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/lab/container/containertest"
)

// walk is an app that goes through the days after the first.
type walk struct {
	user
	// serves and works are the parts with the pages and with the worker.
	serves, works string
	// ship puts a version into its place, of which "bad" does not serve, and returns what
	// deploy is told.
	ship func(version string) []string
	// version is the one that the page says.
	version func() string
	// variable is a command that says a variable.
	variable func(name string) []string
	// worked is in the worker's log once it works; send gives it something to do, nil nothing.
	worked string
	send   func()
}

// days are a version with another environment, a bad one that goes back by itself, the way
// back, and what is looked at and changed between.
func (w walk) days() {
	t := w.t
	t.Helper()
	w.must("env", "set", "GREETING=good day")
	w.timed("deploy", func() { w.must(append([]string{"deploy", "--cloud", "lab"}, w.ship("2")...)...) })
	w.eventually("version 2", func() bool { return w.version() == "2" })
	w.timed("a bad release that goes back", func() {
		out, err := w.rung(append([]string{"deploy", "--cloud", "lab", "--patience", "90s"}, w.ship("bad")...)...)
		require.Error(t, err)
		assert.Contains(t, out, "runs again")
	})
	w.eventually("version 2 again", func() bool { return w.version() == "2" })
	w.ship("2")
	if w.send != nil {
		w.send()
	}
	w.eventually("it works", func() bool { return strings.Contains(w.must("logs", w.works, "--cloud", "lab"), w.worked) })
	w.timed("logs", func() { w.must("logs", w.works, "--cloud", "lab") })
	w.timed("exec", func() { assert.Contains(t, w.says("GREETING"), "good day") })
	w.timed("secret rotate", func() { w.reads("second\n", "secret", "rotate", "API_KEY", "--given", "--cloud", "lab") })
	assert.Contains(t, w.says("API_KEY"), "second")
	w.timed("tunnel", w.tunnels)
	w.timed("restore", func() { w.must("restore", "--at", "latest", "--cloud", "lab") })
	w.timed("back", func() { w.must("back", "--cloud", "lab") })
	w.eventually("version 1", func() bool { return w.version() == "1" })
}

// says is what a variable is for the part that serves.
func (w walk) says(name string) string {
	w.t.Helper()
	return w.must(append([]string{"exec", w.serves, "--cloud", "lab", "--"}, w.variable(name)...)...)
}

// images are an image's versions in a registry of the test's own.
func images(t *testing.T) map[string]string {
	t.Helper()
	host, program := containertest.Registry(t), string(containertest.Program(t, filepath.Join("testdata", "imaged")))
	all := map[string]string{}
	for _, version := range []string{"1", "2", "bad"} {
		all[version] = containertest.Push(t, host, "shop", v1.Config{Entrypoint: []string{"/app"}}, "",
			containertest.Layer(t, map[string]string{"app": program}),
			containertest.Layer(t, map[string]string{"version": version}))
	}
	return all
}

// imaged is a user with an app that is an image.
func imaged(t *testing.T) walk {
	t.Helper()
	u := newUser(t)
	u.app = t.TempDir()
	all := images(t)
	file := "name: imaged\nimage: " + all["1"] + "\nport: 8090\nhealth: /alive\nstopSeconds: 5\n" +
		"commands: {worker: [work], release: [migrate]}\nsecrets: {API_KEY: }\nneeds: [database, queue]\n"
	require.NoError(t, os.WriteFile(filepath.Join(u.app, "rung.yaml"), []byte(file), 0o600))
	u.reads("first\n", "secret", "set", "API_KEY", "--cloud", "lab")
	w := walk{user: u, worked: "works on",
		ship:     func(version string) []string { return []string{all[version]} },
		variable: func(name string) []string { return []string{"/app", "say", name} }}
	w.version = func() string { return tells(t, w.site()+"/").Version }
	return w
}

// site is where the stack serves.
func (u user) site() string {
	s := u.status()
	for _, d := range s.Doors {
		if d.Name == "cdn" {
			return s.door("cdn")
		}
	}
	return s.Doors[0].URL
}

// An image of a registry on stages 1 and 2, without a container engine: its migration runs
// before it serves, its rows stay over releases and over the climb, its worker works, and
// every day after the first is as that of any app. On the way to stage 3 its server goes on.
func TestAnImageOnOneServerInTheLab(t *testing.T) {
	if os.Getenv("RUNG_LAB") == "" {
		t.Skip("minutes; make lab runs it")
	}
	w := imaged(t)
	w.serves, w.works = "server", "server"
	w.timed("up 1", func() { w.must("up", "1", "--cloud", "lab") })
	assert.Equal(t, part{"web", "", "first", "app", "1"}, tells(t, w.site()+"/"))
	assert.Equal(t, "1", said(w.site()+"/new"))
	w.days()
	for _, stage := range []string{"2", "3"} {
		w.timed("up "+stage, func() { w.must("up", stage, "--cloud", "lab") })
		assert.Equal(t, part{"web", "good day", "second", "app", "1"}, tells(t, w.site()+"/?"+stage))
		assert.Equal(t, "1", said(w.site()+"/count?"+stage), "rows stay")
	}
	w.destroy()
}

// The same image on a fleet, from nothing.
func TestAnImageOnAFleetInTheLab(t *testing.T) {
	if os.Getenv("RUNG_LAB") == "" {
		t.Skip("minutes; make lab runs it")
	}
	w := imaged(t)
	w.serves, w.works = "web", "workers"
	w.timed("up 3", func() { w.must("up", "3", "--cloud", "lab") })
	assert.Equal(t, part{"web", "", "first", "app", "1"}, tells(t, w.site()+"/"))
	assert.Equal(t, "1", said(w.site()+"/new"))
	w.days()
	assert.Equal(t, "1", said(w.site()+"/count"), "rows stay")
	w.destroy()
}

// The Python worker of the examples: the same days.
func TestThePythonWorkersDays(t *testing.T) {
	if os.Getenv("RUNG_LAB") == "" {
		t.Skip("minutes; make lab runs it")
	}
	u := with(t, filepath.Join("..", "..", "examples", "pyworker"))
	u.reads("first\n", "secret", "set", "API_KEY", "--cloud", "lab")
	u.timed("up 3", func() { u.must("up", "3", "--cloud", "lab") })
	site, page := u.status().door("cdn"), filepath.Join(u.app, "web.py")
	good, err := os.ReadFile(page)
	require.NoError(t, err)
	w := walk{user: u, serves: "web", works: "workers", worked: "done: "}
	w.ship = func(version string) []string {
		text := strings.ReplaceAll(string(good), "works on a queue.", "works on a queue, version "+version+".")
		if version == "bad" {
			text = "raise SystemExit(3)\n"
		}
		require.NoError(t, os.WriteFile(page, []byte(text), 0o600))
		return nil
	}
	w.version = func() string {
		_, after, found := strings.Cut(said(site+"/?"+t.Name()), "version ")
		if !found {
			return "1"
		}
		return strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(after), "."))
	}
	w.variable = func(name string) []string { return []string{"sh", "-c", "echo $" + name} }
	w.send = func() {
		send := `import sys; sys.path.insert(0, "."); import sqs; sqs.call("SendMessage", MessageBody="a picture")`
		u.must("exec", "web", "--cloud", "lab", "--", "python3", "-c", send)
	}
	w.days()
	u.destroy()
}

// Package bundle makes of somebody's app the one file that machines fetch: a
// program that sets the app up (`install USER`) and starts its parts (`all`, `web`,
// `worker`, `release`, `service-NAME`, `release-NAME`), with the app's files at its end.
//
// A binary, a directory for a runtime and an image have the same form, so machines,
// releases and the way back know one kind of program. The same files and the same
// description make the same bytes. Nothing of the app is run or built here; only
// files that are the caller's own are taken, and no link leads out of the directory.
package bundle

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/rung-dev/rung/outside/whole"
	"github.com/rung-dev/rung/stacks/manifest"
)

//go:embed run.sh
var script string

// Made is a bundle on this machine's disk.
type Made struct {
	// Path is the file, SHA256 the hash of its content in hex.
	Path, SHA256 string
}

// Make writes the app's bundle into dir, under the name of its content.
func Make(app manifest.App, dir string) (Made, error) {
	text, err := Bytes(app)
	if err != nil {
		return Made{}, err
	}
	sum := sha256.Sum256(text)
	m := Made{SHA256: hex.EncodeToString(sum[:])}
	m.Path = filepath.Join(dir, "app-"+m.SHA256[:16])
	if err := whole.Write(m.Path, text, 0o755); err != nil {
		return Made{}, fmt.Errorf("write the app's bundle: %w", err)
	}
	return m, nil
}

// Bytes is the app's bundle.
func Bytes(app manifest.App) ([]byte, error) {
	app = app.WithDefaults()
	files, err := payload(app)
	if err != nil {
		return nil, fmt.Errorf("pack the app: %w", err)
	}
	head := Script(app)
	return append([]byte(head), files...), nil
}

// Script is the program before the files.
func Script(app manifest.App) string {
	app = app.WithDefaults()
	packages, links := runtime(app)
	text := strings.NewReplacer(
		"@NAME@", app.Name, "@STOP@", strconv.Itoa(app.StopSeconds), "@PORT@", strconv.Itoa(app.Port),
		"@PACKAGES@", quoted(packages), "@LINKS@", quoted(links), "@IMAGE@", quoted([]string{app.Image}),
		"@INSTALL@", argv(app, app.Install), "@WEB@", argv(app, web(app)), "@WORKER@", argv(app, app.Commands.Worker),
		"@RELEASE@", argv(app, app.Commands.Release), "@JOBS@", jobs(app), "@JOB_COMMANDS@\n", jobCommands(app),
		"@SERVICE_COMMANDS@\n", serviceCommands(app),
	).Replace(script)
	return strings.Replace(text, "@SKIP@", strconv.Itoa(strings.Count(text, "\n")+1), 1)
}

// web is what serves: of a binary itself, and of an image what it starts.
func web(app manifest.App) *manifest.Command {
	if app.Commands.Web == nil && app.Binary != "" {
		return &manifest.Command{Words: []string{"./" + filepath.Base(app.Binary)}}
	}
	return app.Commands.Web
}

// argv is a command line as bash's arrays have it. An image may have no bash, but
// has a shell where a line is to be read by one.
func argv(app manifest.App, c *manifest.Command) string {
	if c == nil {
		return ""
	}
	words := c.Argv()
	if app.Image != "" && len(c.Words) == 0 {
		words = []string{"/bin/sh", "-c", "exec " + c.Line}
	}
	return quoted(words)
}

// runtime are the packages that machines install, and the programs under their
// usual names. A release's lock is taken with psql.
func runtime(app manifest.App) (packages, links []string) {
	if r, ok := manifest.RuntimeOf(app.Runtime); ok {
		packages = append(packages, r.Packages...)
		for _, name := range sorted(r.Programs) {
			links = append(links, name+"="+r.Programs[name])
		}
	}
	if app.Image != "" {
		packages = append(packages, "containerd", "nerdctl")
	}
	ownRelease := slices.ContainsFunc(app.Services, func(s manifest.Service) bool { return s.Release != nil })
	if app.Commands.Release != nil || len(app.Schedule) > 0 || ownRelease {
		packages = append(packages, "postgresql17")
	}
	return packages, links
}

func jobs(app manifest.App) string {
	var all []string
	for _, j := range app.Schedule {
		all = append(all, j.Name+"="+j.At)
	}
	return quoted(all)
}

func jobCommands(app manifest.App) string {
	var b bytes.Buffer
	for _, j := range app.Schedule {
		fmt.Fprintf(&b, "job_%s=(%s)\n", strings.ReplaceAll(j.Name, "-", "_"), argv(app, &j.Command))
	}
	return b.String()
}

// serviceCommands are what each service runs, and what a release of it does before.
func serviceCommands(app manifest.App) string {
	var b bytes.Buffer
	for _, s := range app.Services {
		serves := s.Command
		if serves == nil {
			serves = web(app)
		}
		name := strings.ReplaceAll(s.Name, "-", "_")
		fmt.Fprintf(&b, "service_%s=(%s)\nrelease_%s=(%s)\n", name, argv(app, serves), name, argv(app, s.Release))
	}
	return b.String()
}

// ServiceWord is the word by which a bundle runs a service, and ReleaseWord the one by
// which it runs what a release of the service needs.
func ServiceWord(service string) string { return "service-" + service }

// ReleaseWord is described with [ServiceWord].
func ReleaseWord(service string) string { return "release-" + service }

// quoted are words as bash reads them, each as it is written here.
func quoted(words []string) string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
	}
	return strings.Join(out, " ")
}

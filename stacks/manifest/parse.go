package manifest

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/rung-dev/rung/outside/pattern"
	"github.com/rung-dev/rung/outside/place"
)

// maxBytes is how long a file may be: far more than anybody writes by hand.
const maxBytes = 1 << 16

// Read reads the file at path, which must be the caller's own. Its paths are
// taken from where it lies. The error is, or wraps, [Problems] where the file
// is wrong.
func Read(path string) (App, error) {
	if err := place.Owned(path); err != nil {
		return App{}, fmt.Errorf("read %s: %w", path, err)
	}
	text, err := place.Read(path, maxBytes)
	if err != nil {
		return App{}, fmt.Errorf("read %s: %w", path, err)
	}
	app, err := Parse(text)
	if err != nil {
		return App{}, fmt.Errorf("read %s: %w", path, err)
	}
	return app.Below(filepath.Dir(path)), nil
}

// Beside is the description in a directory's file, in the form that a stack's
// configuration has; empty where there is no file. Its paths are taken from the
// working directory.
func Beside(dir string) (string, error) {
	file := filepath.Join(dir, FileName)
	if _, err := os.Lstat(file); errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	app, err := Read(file)
	if err != nil {
		return "", err
	}
	return app.JSON()
}

// Parse reads a file's text, YAML or JSON. The error is [Problems].
func Parse(text []byte) (App, error) {
	root, err := document(text)
	if err != nil {
		return App{}, Problems{{Key: WholeFile, Want: err.Error()}}
	}
	r, app := &reader{}, App{}
	if refuseAliases(r, "", root, 0) {
		r.mapping("", root, r.fields(&app)...)
		r.problems = append(r.problems, app.check()...)
	}
	if len(r.problems) > 0 {
		return App{}, r.problems
	}
	return app, nil
}

// document is the one document of a text.
func document(text []byte) (*yaml.Node, error) {
	if len(text) > maxBytes {
		return nil, fmt.Errorf("%d bytes: want at most %d", len(text), maxBytes)
	}
	decoder := yaml.NewDecoder(strings.NewReader(string(text)))
	var doc, more yaml.Node
	if err := decoder.Decode(&doc); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, errors.New("empty: want a mapping with one of binary, directory, image")
		}
		return nil, fmt.Errorf("want YAML: %s", strings.TrimPrefix(err.Error(), "yaml: "))
	}
	if err := decoder.Decode(&more); !errors.Is(err, io.EOF) {
		return nil, errors.New("want one document, without a second one after ---")
	}
	if len(doc.Content) != 1 {
		return nil, errors.New("want a mapping with one of binary, directory, image")
	}
	return doc.Content[0], nil
}

// maxDepth is deeper than the schema goes.
const maxDepth = 8

// refuseAliases reports anchors and what leads to them, which could make a small
// file large and hide what stands where; false where there are some.
func refuseAliases(r *reader, at string, n *yaml.Node, depth int) bool {
	if n.Kind == yaml.AliasNode || n.Anchor != "" || depth > maxDepth {
		r.wrong(cmpOr(at, WholeFile), n, fmt.Sprintf("want no anchors and aliases, and at most %d levels", maxDepth))
		return false
	}
	for _, c := range n.Content {
		if !refuseAliases(r, at, c, depth+1) {
			return false
		}
	}
	return true
}

func cmpOr(a, b string) string {
	if a == "" {
		return b
	}
	return a
}

var (
	appName  = pattern.Lazy(`^[a-z][a-z0-9-]{0,30}$`)
	pathname = pattern.Lazy(`^[A-Za-z0-9._@+-][A-Za-z0-9 ._/@+-]*$`)
	image    = pattern.Lazy(`^[a-z0-9.-]+(:[0-9]+)?/[a-z0-9._/-]+(:[A-Za-z0-9._-]+)?@sha256:[0-9a-f]{64}$`)
	urlPath  = pattern.Lazy(`^/[A-Za-z0-9._~/?&=%+-]*$`)
	variable = pattern.Lazy(`^[A-Z_][A-Z0-9_]*$`)
	calendar = pattern.Lazy(`^[A-Za-z0-9*,:/. ~-]{1,100}$`)
)

const wantedImage = "a registry, a name and the image's digest, registry.example.com/shop@sha256:… say: a tag " +
	"alone may be another image tomorrow"

// fields are the keys of the file.
func (r *reader) fields(app *App) []field {
	return []field{
		{"name", r.text(&app.Name, appName, "small letters, digits and -, at most 31, a letter first")},
		{"binary", r.path(&app.Binary, "a program for Linux")},
		{"directory", r.path(&app.Directory, "a folder")},
		{"runtime", r.oneOf(&app.Runtime, Runtimes())},
		{"install", r.command(&app.Install)},
		{"image", r.text(&app.Image, image, wantedImage)},
		{"port", r.whole(&app.Port, 1_024, 65_535)},
		{"health", r.text(&app.Health, urlPath, "a path such as /health")},
		{"stopSeconds", r.whole(&app.StopSeconds, 1, 3_600)},
		{"bootSeconds", r.whole(&app.BootSeconds, 10, 3_600)},
		{"commands", func(at string, n *yaml.Node) {
			r.mapping(at, n, field{"web", r.command(&app.Commands.Web)}, field{"worker", r.command(&app.Commands.Worker)},
				field{"release", r.command(&app.Commands.Release)})
		}},
		{"schedule", func(at string, n *yaml.Node) { app.Schedule = r.jobs(at, n) }},
		{"services", func(at string, n *yaml.Node) { app.Services = r.services(at, n) }},
		{"environment", func(at string, n *yaml.Node) { app.Environment = r.environment(at, n) }},
		{"secrets", func(at string, n *yaml.Node) { app.Secrets = r.secrets(at, n) }},
		{"static", r.path(&app.Static, "a folder")},
		{"needs", func(at string, n *yaml.Node) { app.Needs = r.needs(at, n) }},
	}
}

// path reads a path that does not lead away: a file that comes from somebody else
// must not have other folders of this machine published.
func (r *reader) path(to *string, of string) func(string, *yaml.Node) {
	return func(at string, n *yaml.Node) {
		v, ok := line(n)
		if !ok || !pathname().MatchString(v) || !filepath.IsLocal(v) {
			r.wrong(at, n, "want the path of "+of+" beside or below the file, without .. and links")
			return
		}
		*to = filepath.Clean(v)
	}
}

func (r *reader) jobs(at string, n *yaml.Node) (jobs []Job) {
	r.items(at, n, "a list of jobs, each with name, at and command", func(at string, n *yaml.Node) {
		var j Job
		var command *Command
		before := len(r.problems)
		r.mapping(at, n,
			field{"name", r.text(&j.Name, appName, "small letters, digits and -, a letter first")},
			field{"at", r.text(&j.At, calendar, "a time in UTC as systemd's calendar has it, *-*-* 06:00 say")},
			field{"command", r.command(&command)})
		if len(r.problems) == before && (j.Name == "" || j.At == "" || command == nil) {
			r.wrong(at, n, "want name, at and command")
			return
		}
		if slices.ContainsFunc(jobs, func(o Job) bool { return o.Name == j.Name }) {
			r.problems = append(r.problems, Problem{below(at, "name"), j.Name, "stands twice"})
		}
		if command != nil {
			j.Command = *command
		}
		jobs = append(jobs, j)
	})
	return jobs
}

const wantedVariable = "want capitals, digits and underscores"

func (r *reader) environment(at string, n *yaml.Node) map[string]string {
	all := map[string]string{}
	r.each(at, n, "a mapping of variables", func(key string, value *yaml.Node) {
		switch {
		case !variable().MatchString(key):
			r.problems = append(r.problems, Problem{below(at, key), "", wantedVariable})
		case value.Kind != yaml.ScalarNode || value.Tag == "!!null" || strings.ContainsAny(value.Value, "\n\r\x00"):
			r.wrong(below(at, key), value, "want one line of text")
		default:
			all[key] = value.Value
		}
	})
	return all
}

func (r *reader) secrets(at string, n *yaml.Node) map[string]Secret {
	all := map[string]Secret{}
	r.each(at, n, "a mapping of variables to secrets", func(key string, value *yaml.Node) {
		secret, ok := Secret{}, value.Kind == yaml.ScalarNode && value.Tag == "!!null"
		if !ok {
			var text string
			if text, ok = line(value); ok {
				secret, ok = parseSecret(text)
			}
		}
		switch {
		case !variable().MatchString(key):
			r.problems = append(r.problems, Problem{below(at, key), "", wantedVariable})
		case !ok: // it may be the secret itself, so it is not shown
			r.problems = append(r.problems, Problem{below(at, key), "", "want " + wantedSecret})
		}
		all[key] = secret
	})
	return all
}

func (r *reader) needs(at string, n *yaml.Node) (needs []Need) {
	var all []string
	for _, n := range Needs() {
		all = append(all, string(n))
	}
	r.items(at, n, "a list of "+strings.Join(all, ", "), func(at string, n *yaml.Node) {
		var one string
		r.oneOf(&one, all)(at, n)
		if one != "" && slices.Contains(needs, Need(one)) {
			r.wrong(at, n, "stands twice")
		}
		needs = append(needs, Need(one))
	})
	return needs
}

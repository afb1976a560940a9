package manifest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const whole = `
name: shop
directory: .
runtime: nodejs@22
install: npm ci --omit=dev
port: 3000
health: /healthz?full=1
stopSeconds: 20
bootSeconds: 240
commands:
  web: node server.js
  worker: [node, worker.js, "two words"]
  release: node migrate.js
schedule:
  - {name: digest, at: "*-*-* 06:00", command: node digest.js}
environment: {LOG_LEVEL: info, LIMIT: 5, EMPTY: ""}
secrets: {STRIPE_KEY: , MAIL: shop/mail#password, TOKEN: "ssm:/shop/token"}
static: public
needs: [database, cache, queue, uploads]
`

func TestParse(t *testing.T) {
	app, err := Parse([]byte(whole))
	require.NoError(t, err)
	assert.Equal(t, App{
		Name: "shop", Directory: ".", Runtime: "nodejs@22", Install: &Command{Line: "npm ci --omit=dev"}, Port: 3000,
		Health: "/healthz?full=1", StopSeconds: 20, BootSeconds: 240,
		Commands: Commands{Web: &Command{Line: "node server.js"}, Worker: &Command{Words: []string{"node", "worker.js", "two words"}},
			Release: &Command{Line: "node migrate.js"}},
		Schedule:    []Job{{"digest", "*-*-* 06:00", Command{Line: "node digest.js"}}},
		Environment: map[string]string{"LOG_LEVEL": "info", "LIMIT": "5", "EMPTY": ""},
		Secrets:     map[string]Secret{"STRIPE_KEY": {}, "MAIL": {ID: "shop/mail", Field: "password"}, "TOKEN": {ID: "/shop/token", Parameter: true}},
		Static:      "public", Needs: []Need{Database, Cache, Queue, Uploads},
	}, app)

	text, err := app.JSON()
	require.NoError(t, err)
	again, err := Parse([]byte(text))
	require.NoError(t, err)
	assert.Equal(t, app, again, "the configuration has the file's schema")
	assert.Equal(t, "sub/public", app.Below("sub").Static)
	assert.Equal(t, DefaultPort, App{}.WithDefaults().Port)
}

func TestWrongFilesNameEverything(t *testing.T) {
	for name, tt := range map[string]struct {
		give string
		want []string
	}{
		"nothing":                            {"", []string{"(file): empty"}},
		"no YAML":                            {"a: [", []string{"(file): want YAML"}},
		"two documents":                      {"image: a\n---\nimage: b", []string{"want one document"}},
		"no mapping":                         {"- a", []string{"want a mapping of name, binary"}},
		"too long":                           {strings.Repeat("#", maxBytes+1), []string{"want at most 65536"}},
		"aliases":                            {"name: &a shop\nbinary: *a", []string{`got "shop", want no anchors and aliases`}},
		"unknown keys":                       {"binary: a\nprot: 1\ncommand: x\nzzzzz: 1", []string{"prot: unknown key; did you mean port?", "command: unknown key; did you mean commands?", "zzzzz: unknown key; want one of name, binary"}},
		"a key twice":                        {"binary: a\nport: 2000\nport: 3000", []string{"port: stands twice"}},
		"two forms":                          {"binary: a\ndirectory: b\ncommands: {web: x}", []string{"want exactly one of them"}},
		"no form":                            {"port: 3000", []string{"binary, directory, image: want exactly one of them"}},
		"a tag":                              {"image: ghcr.io/acme/shop:latest", []string{`image: got "ghcr.io/acme/shop:latest", want a registry`}},
		"no web":                             {"directory: .", []string{"commands.web: required"}},
		"many at once":                       {"binary: a\nport: 80\nhealth: x\nstopSeconds: 0\nbootSeconds: 5\nruntime: node@1", []string{`port: got "80", want a whole number, 1024 to 65535`, `health: got "x"`, `stopSeconds: got "0"`, `bootSeconds: got "5"`, `runtime: got "node@1", want one of nodejs@20`}},
		"away":                               {"directory: ../other\nstatic: /etc\ncommands: {web: x}", []string{`directory: got "../other", want the path of a folder beside or below`, `static: got "/etc"`}},
		"a runtime of nothing":               {"binary: a\nruntime: nodejs@22\ninstall: x", []string{"runtime: got \"nodejs@22\", want a directory", "install: want a directory"}},
		"commands":                           {"binary: a\ncommands: {web: '', worker: [a, ''], release: {a: b}, cron: x}", []string{`commands.web: got "nothing", want a command line`, `commands.worker[1]: got "nothing"`, `commands.release: got "a mapping"`, "commands.cron: unknown key"}},
		"nobody's work":                      {"binary: a\ncommands: {worker: x, release: y}", []string{"commands.worker: a worker needs", "commands.release: it runs once"}},
		"variables":                          {"binary: a\nenvironment: {a-b: x, A: [1], B: null, DATABASE_URL: x, PORT: 1}\nneeds: [database]", []string{"environment.a-b: want capitals", `environment.A: got "a list"`, `environment.B:`, "environment.DATABASE_URL: rung hands", "environment.PORT: rung hands"}},
		"what is not handed over may be set": {"binary: a\nenvironment: {DATABASE_URL: x, PORT: 1}", []string{"PORT: rung hands"}},
		"secrets":                            {"binary: a\nsecrets: {A: 'p@ss word!', b: null, C: null}\nenvironment: {C: x}", []string{"secrets.A: want the name or the ARN", "secrets.b: want capitals", "environment.C: stands in secrets too"}},
		"needs":                              {"binary: a\nneeds: [database, database, kafka]", []string{`needs[1]: got "database", stands twice`, `needs[2]: got "kafka", want one of database`}},
		"jobs":                               {"binary: a\nschedule: [{name: a}, {name: B, at: 'x;y', command: ''}, {name: c, at: daily, command: x}, {name: c, at: daily, command: x}, 3]", []string{`schedule[0]: got "a mapping", want name, at and command`, `schedule[1].name: got "B"`, `schedule[1].at: got "x;y"`, "schedule[1].command", `schedule[3].name: got "c", stands twice`, `schedule[4]: got "3"`}},
		"several lines":                      {"binary: a\ncommands: {web: \"a\\nb\"}", []string{"commands.web: got"}},
		"a hidden value":                     {"binary: a\nname: \"x\\e[31m\"", []string{`name: got "x\x1b[31m"`}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse([]byte(tt.give))
			var ps Problems
			require.ErrorAs(t, err, &ps)
			for _, part := range tt.want {
				assert.ErrorContains(t, err, part)
			}
			assert.NotContains(t, err.Error(), "p@ss", "a value that may be a secret is not shown")
		})
	}
}

func TestReadTakesOnlyOwnFiles(t *testing.T) {
	dir := t.TempDir()
	at := filepath.Join(dir, FileName)
	require.NoError(t, os.WriteFile(at, []byte("directory: .\nstatic: public\ncommands: {web: x}"), 0o600))
	app, err := Read(at)
	require.NoError(t, err)
	assert.Equal(t, filepath.Join(dir, "public"), app.Static)

	require.NoError(t, os.Chmod(at, 0o666))
	_, err = Read(at)
	require.ErrorContains(t, err, "can be written by everybody")
	link := filepath.Join(t.TempDir(), FileName)
	require.NoError(t, os.Symlink(at, link))
	_, err = Read(link)
	require.ErrorContains(t, err, "symbolic link")
}

func TestSecrets(t *testing.T) {
	for give, want := range map[Secret]string{
		{}:                               "arn:aws:secretsmanager:eu-west-1:123456789012:secret:rung/prod/KEY-??????",
		{ID: "shop/mail"}:                "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/mail-??????",
		{ID: "/shop/t", Parameter: true}: "arn:aws:ssm:eu-west-1:123456789012:parameter/shop/t",
		{ID: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:x-abcdef"}: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:x-abcdef",
	} {
		assert.Equal(t, want, give.Named("prod", "KEY").ARN("eu-west-1", "123456789012"))
	}
}

package main

import (
	"context"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"

	pulumiconfig "github.com/pulumi/pulumi/sdk/v3/go/common/resource/config"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"github.com/rung-dev/rung/engine"
	"github.com/rung-dev/rung/stacks/config"
)

// written puts a stack's file into a directory, as an offline stack has it.
func written(t *testing.T, text string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	path := filepath.Join(dir, ".rung", "workspace", "Pulumi.dev.yaml")
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return dir
}

func TestSettingsStandAsTheyAreWritten(t *testing.T) {
	set, problems := nodes(t, `
rung:stage: 3
rung:domain: example.com
rung:budget: 99.50
rung:web: {predictive: True, min: 2, instanceTypes: [c7g.medium, m7g.medium]}
rung:database: {version: 17, replicas: "2"}
rung:cloudflareZone: "01234567890123456789012345678901"
rung:alertEmail:
rung:flowLogs: yes
rung:regions: &r [us-east-1]
rung:confirmDataLoss: *r
rung:policy: {alb-waf: {exceptions: [{until: "2027-01-31"}]}}
aws:region: eu-west-1
`)
	assert.Empty(t, problems)
	assert.Equal(t, settings{
		"stage": "3", "domain": "example.com", "budget": "99.50", "web": `{"instanceTypes":["c7g.medium","m7g.medium"],"min":2,"predictive":true}`,
		"database": `{"replicas":"2","version":17}`, "cloudflareZone": "01234567890123456789012345678901", "alertEmail": "", "flowLogs": "yes",
		"regions": `["us-east-1"]`, "confirmDataLoss": `["us-east-1"]`, "policy": `{"alb-waf":{"exceptions":[{"until":"2027-01-31"}]}}`,
	}, set)
}

func nodes(t *testing.T, text string) (settings, []config.Problem) {
	t.Helper()
	var all map[string]yaml.Node
	require.NoError(t, yaml.Unmarshal([]byte(text), &all))
	return readNodes(all)
}

// What YAML takes for another thing than is written would reach the program as
// that: the user is told to quote it, with exit 2, whatever the command.
func TestWhatYAMLTakesForSomethingElse(t *testing.T) {
	digits := "12345678901234567890123456789012"
	for value, want := range map[string]string{
		"cloudflareZone: " + digits: `rung:cloudflareZone: got "` + digits +
			`", which YAML takes for the number 1.2345678901234567e+31: quote it`,
		"cloudflareZone: 01234567":                "which YAML takes for the number 342391: quote it",
		"cloudflareAccount: 12e5":                 "which YAML takes for the number 1.2e+06: quote it",
		"cloudflareZone: 0x1f":                    "which YAML takes for the number 31: quote it",
		"database: {version: 17.0}":               `rung:database.version: got "17.0"`,
		"domain: 2026-11-29":                      "which YAML takes for a moment in time: quote it",
		"web: {min: 010}":                         `rung:web.min: got "010", which YAML takes for the number 8: want plain digits`,
		"users: 1_000":                            "want plain digits",
		"budget: 1e3":                             "want plain digits",
		"budget: .inf":                            "want plain digits",
		"policy: {alb-waf: {until: 2026-01-31}}":  "rung:policy.alb-waf.until",
		"domain: !!binary aGk=":                   "a value of the type",
		"regions: [us-east-1, 2026-11-29]":        `rung:regions: got "2026-11-29"`,
		"domain: ~":                               "rung:domain: empty: want a domain",
		"domain: [a, b]":                          `rung:domain: got "[\"a\",\"b\"]", want a domain`,
		"domain: {a: b}":                          `rung:domain: got "{\"a\":\"b\"}", want a domain`,
		"flowLogs: yes":                           `rung:flowLogs: got "yes", want true or false`,
		"flowLogs: on":                            `got "on", want true or false`,
		"web: [1, 2]":                             "rung:web: got",
		"zones: true":                             `rung:zones: got "true", want a whole number`,
		"domain: {secure: AAABhfdQ}":              `rung:domain: got "[secret]", it is encrypted by a service`,
		"database: {class: {secure: \"v1:a:b\"}}": "rung:database: got \"[secret]\"",
	} {
		dir := written(t, "config:\n  rung:stage: 3\n  rung:"+value+"\n")
		for _, command := range [][]string{{"cost", "3"}, {"preview", "3"}} {
			got := rung(t, dir, command...)
			assert.Equal(t, codeUsage, got.code, value)
			assert.Contains(t, got.err, want, value)
		}
	}
}

// sealed is a value as `pulumi config set --secret` writes it, and the salt.
func sealed(t *testing.T, phrase, text string) (value, salt string) {
	t.Helper()
	raw := []byte("12345678")
	crypter := pulumiconfig.NewSymmetricCrypterFromPassphrase(phrase, raw)
	value, err := crypter.EncryptValue(context.Background(), text)
	require.NoError(t, err)
	probe, err := crypter.EncryptValue(context.Background(), "pulumi")
	require.NoError(t, err)
	return value, "v1:" + base64.StdEncoding.EncodeToString(raw) + ":" + probe
}

func TestEncryptedSettingsAreRead(t *testing.T) {
	email, salt := sealed(t, engine.OfflinePassphrase, "ops@example.com")
	dir := written(t, "encryptionsalt: "+salt+"\nconfig:\n  rung:stage: 1\n  rung:alertEmail: {secure: \""+email+"\"}\n")
	got := rung(t, dir, "cost", "1")
	require.Equal(t, codeDone, got.code, got.err)

	wrong, salt := sealed(t, engine.OfflinePassphrase, "hush-this")
	dir = written(t, "encryptionsalt: "+salt+"\nconfig:\n  rung:stage: 1\n  rung:alertEmail: {secure: \""+wrong+"\"}\n"+
		"  rung:server: {dataGiB: {secure: \""+wrong+"\"}}\n")
	got = rung(t, dir, "cost", "1")
	assert.Equal(t, codeUsage, got.code)
	assert.Contains(t, got.err, `rung:alertEmail: got "[secret]", want an e-mail address`)
	assert.Contains(t, got.err, `rung:server.dataGiB: got "[secret]", want a whole number`)
	assert.NotContains(t, got.err+got.out, "hush-this", "a secret is not shown")

	other, _ := sealed(t, "another", "ops@example.com")
	dir = written(t, "encryptionsalt: "+salt+"\nconfig:\n  rung:stage: 1\n  rung:alertEmail: {secure: \""+other+"\"}\n")
	got = rung(t, dir, "cost", "1")
	assert.Equal(t, codeUsage, got.code)
	assert.Contains(t, got.err, "another passphrase than the stack's")
}

// What was encrypted stays so in what a run hands to the engine and stores.
func TestSecretsAreNotWrittenOut(t *testing.T) {
	email, salt := sealed(t, engine.OfflinePassphrase, "ops@example.com")
	a := &app{flags: flags{cloud: "offline"}}
	set, err := a.readPulumiFile("x",
		[]byte("encryptionsalt: "+salt+"\nconfig:\n  rung:stage: 1\n  rung:alertEmail: {secure: \""+email+"\"}\n"))
	require.NoError(t, err)
	s := &session{app: a, wanted: settings{"users": "5"}.over(set)}
	require.NoError(t, s.parse())
	assert.Equal(t, "ops@example.com", s.config.AlertEmail)
	assert.Equal(t, `{"secure":"`+email+`"}`, s.wanted.engine()["rung:alertEmail"])
	for _, v := range s.wanted.engine() {
		assert.False(t, strings.Contains(v, "ops@example.com"))
	}
}

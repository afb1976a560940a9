package fleet

import (
	"bytes"
	"embed"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"text/template"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/components/internal/signals"
)

//go:embed files
var files embed.FS

const (
	// maxUserData is what EC2 takes, in bytes before the encoding.
	maxUserData = 16 * 1024
	// endOfFile ends a file in the user data; no file has such a line.
	endOfFile = "RUNG_END_OF_FILE"
	// DatabaseCAPath is where machines put the certificates by which RDS is
	// known, if contract.EnvDatabaseCA names it. Without them no app starts.
	DatabaseCAPath = "/etc/rung/rds-ca.pem"
	// hookName is the lifecycle hook's; names are per group.
	hookName = "drain"
)

// machine is all that a machine's first boot needs to know.
type machine struct {
	role        contract.Role
	stopSeconds int
	hook        bool
	bucket, key string
	sha256      string
	logGroup    string
	app         signals.App
	environment []variable
}

type variable struct{ name, value string }

// file is one that the user data writes.
type file struct{ path, mode, content string }

// userData writes the script that cloud-init runs at the first boot: it lays
// down the files and starts the installation. It is encoded as EC2 takes it.
func (m machine) userData() (string, error) {
	script, err := m.script()
	if err != nil {
		return "", fmt.Errorf("write the user data: %w", err)
	}
	if len(script) > maxUserData {
		return "", fmt.Errorf("write the user data: it has %d bytes, EC2 takes at most %d: shorten Environment", len(script), maxUserData)
	}
	return base64.StdEncoding.EncodeToString([]byte(script)), nil
}

func (m machine) script() (string, error) {
	all, err := m.files()
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString("#!/bin/bash\n# Written by rung. The work is done by rung-install, the last of these files.\nset -euo pipefail\nroot=${RUNG_ROOT:-}\n")
	for _, f := range all {
		fmt.Fprintf(&b, "install -D -m %s /dev/stdin \"$root%s\" <<'%s'\n%s\n%s\n",
			f.mode, f.path, endOfFile, strings.TrimRight(f.content, "\n"), endOfFile)
	}
	b.WriteString("\"$root/usr/local/sbin/rung-install\"\n")
	return b.String(), nil
}

func (m machine) files() ([]file, error) {
	app, err1 := m.appEnv()
	own, err2 := m.machineEnv()
	unit, err3 := m.render("app.service")
	watch, err4 := m.render("watch.service")
	agent, err5 := m.agentConfig()
	if err := errors.Join(err1, err2, err3, err4, err5); err != nil {
		return nil, err
	}
	return []file{
		{"/etc/rung/app.env", "0640", app},
		{"/etc/rung/machine.env", "0644", own},
		{"/etc/rung/agent.json", "0644", agent},
		{signals.ScrapePath, "0644", m.app.Scrape()},
		{"/etc/systemd/system/rung-app.service", "0644", unit},
		{"/etc/systemd/system/rung-watch.service", "0644", watch},
		{"/etc/logrotate.d/rung", "0644", embedded("logrotate.conf")},
		{"/usr/local/sbin/rung-watch", "0755", embedded("watch.sh")},
		{"/usr/local/sbin/rung-install", "0755", embedded("install.sh")},
	}, nil
}

// embedded is one of the files that every machine gets unchanged. Its name is
// a constant, so that a missing one cannot pass a test.
func embedded(name string) string {
	content, err := files.ReadFile("files/" + name)
	if err != nil {
		return ""
	}
	return string(content)
}

// migrates reports whether a machine brings the database's schema up to date
// before its app starts: those that use the database of the whole system do.
func (m machine) migrates() bool {
	return m.role == contract.RoleWeb || m.role == contract.RoleWorker
}

// render fills in a unit.
func (m machine) render(name string) (string, error) {
	t, err := template.ParseFS(files, "files/"+name)
	if err != nil {
		return "", err
	}
	var b bytes.Buffer
	err = t.Execute(&b, struct {
		Role                   contract.Role
		StopSeconds            int
		Migrates               bool
		InternalName, Internal string
	}{m.role, m.stopSeconds, m.migrates(), contract.EnvInternalListen, contract.InternalListen})
	return b.String(), err
}

// appEnv is the app's environment in the form that systemd reads.
func (m machine) appEnv() (string, error) {
	var b strings.Builder
	var errs []error
	for _, v := range append([]variable{{contract.EnvRole, string(m.role)}}, m.environment...) {
		if strings.ContainsAny(v.value, "\n\r") {
			errs = append(errs, fmt.Errorf("%s: a value of several lines does not fit into an environment file", v.name))
		}
		fmt.Fprintf(&b, "%s=\"%s\"\n", v.name, strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(v.value))
	}
	return b.String(), errors.Join(errs...)
}

// databaseCA is DatabaseCAPath for an app that wants it.
func (m machine) databaseCA() string {
	for _, v := range m.environment {
		if v.name == contract.EnvDatabaseCA && v.value == DatabaseCAPath {
			return DatabaseCAPath
		}
	}
	return ""
}

// plainWord is what may stand in machine.env, which both bash and systemd read.
var plainWord = regexp.MustCompile(`^[A-Za-z0-9._/=+-]*$`)

func (m machine) machineEnv() (string, error) {
	hook := ""
	if m.hook {
		hook = hookName
	}
	var b strings.Builder
	var errs []error
	for _, v := range []variable{
		{"RUNG_ROLE", string(m.role)}, {"RUNG_HOOK", hook},
		{"RUNG_DATABASE_CA", m.databaseCA()},
		{"RUNG_BUCKET", m.bucket}, {"RUNG_KEY", m.key}, {"RUNG_SHA256", m.sha256},
	} {
		if !plainWord.MatchString(v.value) {
			errs = append(errs, fmt.Errorf("%s: got %q, want letters, digits and . _ / = + - only", v.name, v.value))
		}
		fmt.Fprintf(&b, "%s=%s\n", v.name, v.value)
	}
	return b.String(), errors.Join(errs...)
}

// agentConfig tells the CloudWatch agent what EC2 does not measure by itself:
// memory, the disk, the app's log and the app's metrics.
func (m machine) agentConfig() (string, error) {
	config, err := json.MarshalIndent(map[string]any{
		"metrics": map[string]any{
			"namespace":              "Rung",
			"append_dimensions":      map[string]any{"AutoScalingGroupName": "${aws:AutoScalingGroupName}"},
			"aggregation_dimensions": [][]string{{"AutoScalingGroupName"}},
			"metrics_collected": map[string]any{
				"mem":  map[string]any{"measurement": []string{"mem_used_percent"}},
				"disk": map[string]any{"measurement": []string{"disk_used_percent"}, "resources": []string{"/"}},
			},
		},
		"logs": m.app.Logs(m.logGroup, map[string]any{
			"file_path": "/var/log/rung/app.log", "log_group_name": m.logGroup, "log_stream_name": "{instance_id}",
		}),
	}, "", " ")
	return string(config), err
}

// userData waits for what is only known after the deployment.
func (f *Fleet) userData(args Args) pulumi.StringOutput {
	waitFor := pulumi.StringArray{args.Artifact.Bucket, args.Artifact.Key, f.LogGroup}
	for _, v := range args.Environment {
		waitFor = append(waitFor, v.Value)
	}
	return waitFor.ToStringArrayOutput().ApplyT(func(known []string) (string, error) {
		m := machine{
			role: args.Role, stopSeconds: args.stopSeconds(), hook: args.hasHook(),
			bucket: known[0], key: known[1], sha256: args.Artifact.SHA256, logGroup: known[2], app: f.app,
		}
		for i, v := range args.Environment {
			m.environment = append(m.environment, variable{v.Name, known[3+i]})
		}
		return m.userData()
	}).(pulumi.StringOutput)
}

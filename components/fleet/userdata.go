package fleet

import (
	"bytes"
	"embed"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"text/template"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/internal/boot"
	"github.com/rung-dev/rung/components/internal/sealed"
	"github.com/rung-dev/rung/components/internal/signals"
	"github.com/rung-dev/rung/components/program"
)

//go:embed files
var files embed.FS

const (
	// maxVariable is the longest "name=value" that Linux starts a program with
	// (MAX_ARG_STRLEN, less the byte that ends it).
	maxVariable = 128*1024 - 1
	// programPath is where machines put the artifact.
	programPath = "/opt/rung/app"
	// secretsPath is where machines keep which secrets the program has.
	secretsPath = "/etc/rung/secrets.json"
	// hookName is the lifecycle hook's; names are per group.
	hookName = "drain"
)

// machine is all that a machine's first boot needs to know.
type machine struct {
	program     program.Spec
	bucket, key string // of the artifact; empty for a program of the image
	logGroup    string
	app         signals.App
	environment []variable
	secrets     []sealed.Secret
}

type variable struct{ name, value string }

// script writes a machine's files and starts the installation.
func (m machine) script() (string, error) {
	app, err1 := m.appEnv()
	own, err2 := m.machineEnv()
	units, err3 := m.units()
	agent, err4 := m.agentConfig()
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		return "", fmt.Errorf("write what sets up the machines: %w", err)
	}
	return boot.Script(slices.Concat([]boot.File{
		{Path: program.EnvironmentPath, Mode: "0640", Content: app},
		{Path: "/etc/rung/machine.env", Mode: "0644", Content: own},
		{Path: "/etc/rung/agent.json", Mode: "0644", Content: agent},
	}, m.app.File(), units, m.sealed(), []boot.File{
		{Path: "/etc/logrotate.d/rung", Mode: "0644", Content: embedded("logrotate.conf")},
		{Path: "/usr/local/sbin/rung-watch", Mode: "0755", Content: embedded("watch.sh")},
		{Path: "/usr/local/sbin/rung-install", Mode: "0755", Content: m.install()},
	}), "/usr/local/sbin/rung-install"), nil
}

// units start the program and let it finish; none where the image starts it.
func (m machine) units() ([]boot.File, error) {
	if !m.program.Runs() {
		return nil, nil
	}
	app, err := m.render("app.service")
	return []boot.File{
		{Path: "/etc/systemd/system/rung-app.service", Mode: "0644", Content: app},
		{Path: "/etc/systemd/system/rung-watch.service", Mode: "0644", Content: embedded("watch.service")},
	}, err
}

// sealed brings what the program's secrets take; nothing for a program without.
func (m machine) sealed() []boot.File {
	if !m.program.Sealed() {
		return nil
	}
	return append(sealed.Files(secretsPath), boot.File{Path: secretsPath, Mode: "0600", Content: sealed.List(m.secrets)})
}

// install is what puts the program onto the machine. An artifact that sets itself
// up is run for that, and jq reads secrets.
func (m machine) install() string {
	lines := ""
	if m.program.Sealed() {
		lines += "retry dnf install -y -q jq\n"
	}
	if m.program.Installs {
		lines += `retry "$root/opt/rung/app" install rung` + "\n"
	}
	return strings.Replace(embedded("install.sh"), "#@INSTALL@\n", lines, 1)
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

// render fills in a unit.
func (m machine) render(name string) (string, error) {
	t, err := template.ParseFS(files, "files/"+name)
	if err != nil {
		return "", err
	}
	var b bytes.Buffer
	err = t.Execute(&b, struct {
		Name, Start, Setup, Internal, Sealed string
		StopSeconds                          int
		Contains                             bool
	}{
		m.program.Name, boot.CommandLine(m.program.CommandLine(programPath)),
		boot.CommandLine(m.program.SetupLine(programPath)), m.app.Internal(),
		when(m.program.Sealed(), " "+sealed.Unit), m.program.StopSeconds, m.program.Contains,
	})
	return b.String(), err
}

// appEnv is the app's environment in the form that systemd reads.
func (m machine) appEnv() (string, error) {
	var b strings.Builder
	var errs []error
	for _, v := range m.environment {
		if strings.ContainsAny(v.value, "\n\r") {
			errs = append(errs, fmt.Errorf("%s: a value of several lines does not fit into an environment file", v.name))
		}
		if n := len(v.name) + 1 + len(v.value); n > maxVariable {
			errs = append(errs, fmt.Errorf("%s: with its value it has %d bytes, Linux starts a program with at most %d", v.name,
				n, maxVariable))
		}
		fmt.Fprintf(&b, "%s=\"%s\"\n", v.name, strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(v.value))
	}
	return b.String(), errors.Join(errs...)
}

// plainWord is what may stand in machine.env, which both bash and systemd read.
var plainWord = regexp.MustCompile(`^[A-Za-z0-9._/=+-]*$`)

// machineEnv is what the scripts on the machine read; what does not apply is empty.
func (m machine) machineEnv() (string, error) {
	var b strings.Builder
	var errs []error
	for _, v := range []variable{
		{"RUNG_PROGRAM", m.program.Name}, {"RUNG_HOOK", when(m.program.FinishesWork, hookName)},
		{"RUNG_DATABASE_CA", when(m.program.DatabaseCA, program.DatabaseCAPath)},
		{"RUNG_BUCKET", m.bucket}, {"RUNG_KEY", m.key}, {"RUNG_SHA256", m.sha256()},
	} {
		if !plainWord.MatchString(v.value) {
			errs = append(errs, fmt.Errorf("%s: got %q, want letters, digits and . _ / = + - only", v.name, v.value))
		}
		fmt.Fprintf(&b, "%s=%s\n", v.name, v.value)
	}
	return b.String(), errors.Join(errs...)
}

func when(wanted bool, value string) string {
	if wanted {
		return value
	}
	return ""
}

func (m machine) sha256() string {
	if m.program.Artifact == nil {
		return ""
	}
	return m.program.Artifact.SHA256
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

// keepScript keeps the machines' script, which waits for what is only known after
// the deployment.
func (f *Fleet) keepScript(_ *pulumi.Context, name string, args Args) (err error) {
	bucket, key := pulumi.StringInput(pulumi.String("")), pulumi.StringInput(pulumi.String(""))
	if a := args.Program.Artifact; a != nil {
		bucket, key = a.Bucket, a.Key
	}
	waitFor := pulumi.StringArray{bucket, key, f.LogGroup}
	for _, v := range args.Program.Environment {
		waitFor = append(waitFor, v.Value)
	}
	variables := len(waitFor)
	for _, v := range args.Program.Secrets {
		waitFor = append(waitFor, v.ID, sealed.FormOf(v))
	}
	script := waitFor.ToStringArrayOutput().ApplyT(func(known []string) (string, error) {
		m := machine{program: args.Program, bucket: known[0], key: known[1], logGroup: known[2], app: f.app}
		for i, v := range args.Program.Environment {
			m.environment = append(m.environment, variable{v.Name, known[3+i]})
		}
		m.secrets = sealed.Known(args.Program.Secrets, known[variables:])
		return m.script()
	}).(pulumi.StringOutput)
	f.boot, err = boot.Keep(args.Files, name, script)
	return err
}

// userData is encoded as a launch template takes it.
func (f *Fleet) userData() pulumi.StringOutput {
	return f.boot.UserData.ApplyT(func(text string) string {
		return base64.StdEncoding.EncodeToString([]byte(text))
	}).(pulumi.StringOutput)
}

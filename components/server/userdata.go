package server

import (
	"embed"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/internal/boot"
	"github.com/rung-dev/rung/components/internal/sealed"
	"github.com/rung-dev/rung/components/internal/signals"
	"github.com/rung-dev/rung/components/program"
)

//go:embed scripts/*.sh files/*
var embedded embed.FS

// namespace is the CloudWatch namespace of the server's own metrics.
const namespace = "rung/server"

// binDir is where the scripts lie on the server.
const binDir = "/opt/rung/bin/"

// embeddedFiles lists, besides the scripts, what every server gets unchanged.
var embeddedFiles = [...]struct{ source, path string }{
	{"app.service", "/etc/systemd/system/app.service"},
	{"postgresql.conf", "/etc/systemd/system/postgresql.service.d/rung.conf"},
	{"valkey.conf", "/etc/systemd/system/valkey.service.d/rung.conf"},
	{"rung-tune.service", "/etc/systemd/system/rung-tune.service"},
	{"rung-release.service", "/etc/systemd/system/rung-release.service"},
	{"rung-release.timer", "/etc/systemd/system/rung-release.timer"},
	{"rung-backup.service", "/etc/systemd/system/rung-backup.service"},
	{"rung-backup.timer", "/etc/systemd/system/rung-backup.timer"},
	{"rung-report.service", "/etc/systemd/system/rung-report.service"},
	{"rung-report.timer", "/etc/systemd/system/rung-report.timer"},
	{"ports.nft", "/etc/rung/ports.nft"},
}

// settings are what differs between servers; nothing in it changes in the life
// of one. The program and its environment are not among them: they come from
// the release parameter.
type settings struct {
	Region, VolumeID, Parameter, BackupURL, VPCCIDR string
	// LogGroup takes the events of the app's metrics.
	LogGroup string
	App      signals.App
	Program  program.Spec
}

// agent tells the CloudWatch agent what EC2 does not measure by itself:
// memory, the data volume and the app.
func (s settings) agent() (string, error) {
	config, err := json.Marshal(map[string]any{
		"agent": map[string]any{"metrics_collection_interval": 60, "run_as_user": "cwagent"},
		"metrics": map[string]any{
			"namespace":         namespace,
			"append_dimensions": map[string]any{"InstanceId": "${aws:InstanceId}"},
			"metrics_collected": map[string]any{
				"mem":  map[string]any{"measurement": []string{"mem_used_percent"}},
				"disk": map[string]any{"measurement": []string{"used_percent"}, "resources": []string{"/data"}, "drop_device": true},
			},
		},
		"logs": s.App.Logs(s.LogGroup),
	})
	return string(config) + "\n", err
}

// env is the file from which the scripts read the settings.
func (s settings) env() string {
	var b strings.Builder
	for _, v := range [][2]string{
		{"RUNG_REGION", s.Region},
		{"RUNG_VOLUME", s.VolumeID},
		{"RUNG_PARAMETER", s.Parameter},
		{"RUNG_BACKUP", s.BackupURL},
		{"RUNG_VPC_CIDR", s.VPCCIDR},
		{"RUNG_NAMESPACE", namespace},
		{"RUNG_PORT", strconv.Itoa(s.Program.Port)},
		{"RUNG_HEALTH", s.Program.HealthPath},
		{"RUNG_BOOT_SECONDS", strconv.Itoa(s.Program.BootSeconds)},
	} {
		fmt.Fprintf(&b, "%s='%s'\n", v[0], v[1])
	}
	return b.String()
}

// programPath is where the current release's artifact lies.
const programPath = "/opt/app/current/app"

// secretsPath is where a release keeps which secrets the program has.
const secretsPath = "/opt/app/current/secrets.json"

// stopMargin is what systemd waits beyond the program's own time to stop, in seconds.
const stopMargin = 15

// fill fills what the embedded files take from the program.
func (s settings) fill() *strings.Replacer {
	setup, internal := "", ""
	if line := s.Program.SetupLine(programPath); len(line) > 0 {
		setup = "ExecStartPre=" + boot.CommandLine(line) + "\nTimeoutStartSec=600\n"
	}
	if assignment := s.App.Internal(); assignment != "" {
		internal = "# Metrics and profiles are for this machine's agent alone.\nEnvironment=" + assignment + "\n"
	}
	unit, user, secrets, box := "", "User=app\n", "", sandbox
	if s.Program.Sealed() {
		unit, secrets = " "+sealed.Unit, "# What rung-secrets fetched; without it the program waits.\n"+
			"EnvironmentFile=/run/rung/secrets.env\n"
	}
	if s.Program.Contains {
		user, box = "", ""
	}
	return strings.NewReplacer(
		"@SEALED@", unit, "@USER@\n", user, "@SECRETS@\n", secrets, "@SANDBOX@\n", box,
		"@PORT@", strconv.Itoa(s.Program.Port),
		"@NAME@", s.Program.Name,
		"@SETUP@\n", setup,
		"@START@", boot.CommandLine(s.Program.CommandLine(programPath)),
		"@INTERNAL@\n", internal,
		"@STOP_SECONDS@", strconv.Itoa(s.Program.StopSeconds+stopMargin),
	)
}

// sandbox is what keeps the program to its own.
const sandbox = "NoNewPrivileges=yes\nProtectSystem=strict\nReadWritePaths=/data/uploads\nPrivateTmp=yes\n"

// installing is what the release does more for a program that sets itself up, or
// that has secrets.
func (s settings) installing() *strings.Replacer {
	seal, install := "", ""
	if s.Program.Sealed() {
		seal = `  jq '{secrets: (.secrets // [])}' <<<"$wanted" >"$next/secrets.json"` + "\n"
	}
	if s.Program.Installs {
		install = `  "$next/app" install app || fail "the program cannot be installed"` + "\n"
	}
	return strings.NewReplacer("#@SEALED@\n", seal, "#@INSTALL@\n", install)
}

// script writes the server's files and runs the setup.
func script(s settings) (string, error) {
	agent, err := s.agent()
	if err != nil {
		return "", fmt.Errorf("write the agent's configuration: %w", err)
	}
	files := append([]boot.File{
		{Path: "/etc/rung/server.env", Mode: "0644", Content: s.env()},
		{Path: "/etc/rung/agent.json", Mode: "0644", Content: agent},
	}, s.App.File()...)
	fill := s.fill()
	for _, f := range embeddedFiles {
		text, err := embedded.ReadFile("files/" + f.source)
		if err != nil {
			return "", fmt.Errorf("read embedded file: %w", err)
		}
		files = append(files, boot.File{Path: f.path, Mode: "0644", Content: fill.Replace(string(text))})
	}
	programs, err := programs(s.installing())
	if err != nil {
		return "", err
	}
	if s.Program.Sealed() {
		files = append(files, sealed.Files(secretsPath)...)
	}
	return boot.Script(append(files, programs...), binDir+"setup"), nil
}

// programs are the scripts as they lie on the server.
func programs(fill *strings.Replacer) ([]boot.File, error) {
	scripts, err := embedded.ReadDir("scripts")
	if err != nil {
		return nil, fmt.Errorf("read embedded scripts: %w", err)
	}
	var files []boot.File
	for _, entry := range scripts {
		text, err := embedded.ReadFile("scripts/" + entry.Name())
		if err != nil {
			return nil, fmt.Errorf("read embedded script: %w", err)
		}
		files = append(files, boot.File{
			Path: binDir + strings.TrimSuffix(entry.Name(), ".sh"), Mode: "0755", Content: fill.Replace(string(text)),
		})
	}
	return files, nil
}

// buildBoot keeps the server's script, with what is known only after the
// deployment.
func (b *builder) buildBoot() (err error) {
	backup := b.args.BackupBucket.ToStringOutput()
	text := pulumi.All(b.server.VolumeID, backup, b.logGroup).ApplyT(func(known []any) (string, error) {
		return script(settings{
			Region:    b.args.Region,
			VolumeID:  known[0].(string),
			Parameter: b.parameter,
			BackupURL: fmt.Sprintf("s3://%s/%s", known[1], b.name),
			VPCCIDR:   b.args.VPCCIDR,
			LogGroup:  known[2].(string),
			App:       b.app,
			Program:   b.args.Program,
		})
	}).(pulumi.StringOutput)
	b.boot, err = boot.Keep(b.args.Files, b.name, text)
	return err
}

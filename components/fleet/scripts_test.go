package fleet

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/components/internal/boot"
	"github.com/rung-dev/rung/components/internal/boot/boottest"
	"github.com/rung-dev/rung/components/internal/signals"
	"github.com/rung-dev/rung/components/ownapp"
	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/components/program"
)

// host is a directory that stands for a machine: the commands that the scripts
// call are fakes which write down how they were called, and the metadata
// service is a directory of files.
type host struct {
	t    *testing.T
	root string
	env  []string
}

// fakes are the commands by name. $HOST is the host's directory.
var fakes = map[string]string{
	// answers from files below $HOST/metadata, and like the service with an error where there is none
	"curl": `for last; do :; done
case $last in
https://truststore*) echo "curl $last" >>"$HOST/calls"; while [ "$1" != -o ]; do shift; done; cp "$HOST/certificates" "$2" ;;
*/api/token) echo a-token ;;
*) path=$HOST/metadata/${last#*/latest/meta-data/}; [ -f "$path" ] || exit 22; cat "$path" ;;
esac`,
	"aws": `echo "aws $*" >>"$HOST/calls"
case $* in *s3api*"--bucket artifacts --key boot/"*) for last; do :; done; cp "$HOST/boot" "$last"; exit ;; esac
[ "$1 $2" != "s3 cp" ] || { [ -f "$HOST/artifact" ] || exit 1; for last; do :; done; cp "$HOST/artifact" "$last"; }`,
	// every pause is a tick; tick.N beside the calls is what happens at the Nth
	"sleep": `n=$(($(cat "$HOST/ticks" 2>/dev/null || echo 0) + 1)); echo $n >"$HOST/ticks"
echo "sleep $1" >>"$HOST/calls"
[ ! -f "$HOST/tick.$n" ] || . "$HOST/tick.$n"
[ $n -lt 20 ]`,
	"systemctl":                   `echo "systemctl $*" >>"$HOST/calls"`,
	"useradd":                     `echo "useradd $*" >>"$HOST/calls"`,
	"chown":                       `echo "chown $*" >>"$HOST/calls"`,
	"dnf":                         `echo "dnf $*" >>"$HOST/calls"; [ ! -f "$HOST/no-dnf" ]`,
	"amazon-cloudwatch-agent-ctl": `echo "agent $*" >>"$HOST/calls"`,
	"id":                          `exit 1`,
}

func newHost(t *testing.T) *host {
	t.Helper()
	h := &host{t: t, root: t.TempDir()}
	for name, body := range fakes {
		h.write("bin/"+name, "#!/bin/bash\n"+body+"\n", 0o755)
	}
	h.env = append(os.Environ(), "HOST="+h.root, "RUNG_ROOT="+h.root+"/root", "PATH="+h.root+"/bin:"+os.Getenv("PATH"))
	h.metadata("placement/region", "us-east-1")
	return h
}

func (h *host) write(path, content string, mode os.FileMode) {
	h.t.Helper()
	full := filepath.Join(h.root, path)
	require.NoError(h.t, os.MkdirAll(filepath.Dir(full), 0o755))
	require.NoError(h.t, os.WriteFile(full, []byte(content), mode))
}

func (h *host) read(path string) string {
	h.t.Helper()
	content, err := os.ReadFile(filepath.Join(h.root, path))
	require.NoError(h.t, err)
	return string(content)
}

func (h *host) metadata(path, answer string) { h.write("metadata/"+path, answer, 0o644) }

// atTick runs a piece of bash when a script pauses for the nth time.
func (h *host) atTick(n, bash string) { h.write("tick."+n, bash, 0o644) }

// run runs a script and returns what it wrote.
func (h *host) run(script string, env ...string) (string, error) {
	h.t.Helper()
	h.write("script", script, 0o755)
	cmd := exec.Command("bash", filepath.Join(h.root, "script"))
	cmd.Env = append(h.env, env...)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func (h *host) calls() string {
	content, err := os.ReadFile(filepath.Join(h.root, "calls"))
	if err != nil {
		return ""
	}
	return string(content)
}

func worker(program string) machine {
	sum := sha256.Sum256([]byte(program))
	spec := ownapp.Program(contract.RoleWorker, part.Artifact{SHA256: hex.EncodeToString(sum[:])})
	return machine{
		program: spec, bucket: "artifacts", key: "app-1.bin", logGroup: "worker-logs",
		app:         signals.App{Metrics: spec.Metrics, Stack: "rung-dev", Component: "workers"},
		environment: []variable{{contract.EnvRole, "worker"}, {"QUEUE_URL", "https://sqs/1/jobs"}, {"ODD", `a "quoted" \ $HOME`}},
	}
}

func TestScriptsPassShellcheck(t *testing.T) {
	_, err := exec.LookPath("shellcheck")
	require.NoError(t, err, "shellcheck is missing: `make test` installs it, or apt-get install shellcheck")
	script, err := worker("").script()
	require.NoError(t, err)
	for name, text := range map[string]string{
		"install.sh": embedded("install.sh"), "watch.sh": embedded("watch.sh"), "user data": script,
	} {
		require.NotEmpty(t, text, name)
		cmd := exec.Command("shellcheck", "-")
		cmd.Stdin = strings.NewReader(text)
		out, err := cmd.CombinedOutput()
		assert.NoError(t, err, "%s: %s", name, out)
	}
}

func TestFirstBoot(t *testing.T) {
	h := newHost(t)
	h.write("artifact", "the program", 0o644)
	script, err := worker("the program").script()
	require.NoError(t, err)
	h.write("boot", script, 0o644)
	userData, err := boot.UserData(script, boottest.Name, boottest.Key("workers"), boottest.Version)
	require.NoError(t, err)
	out, err := h.run(userData)
	require.NoError(t, err, out)

	assert.Equal(t, "the program", h.read("root/opt/rung/app"))
	info, err := os.Stat(filepath.Join(h.root, "root/opt/rung/app"))
	require.NoError(t, err)
	assert.EqualValues(t, 0o755, info.Mode().Perm())
	assert.Contains(t, h.read("root/etc/rung/app.env"), "APP_ROLE=\"worker\"\nQUEUE_URL=\"https://sqs/1/jobs\"\n")
	unit := h.read("root/etc/systemd/system/rung-app.service")
	assert.Contains(t, unit, "[Service]\n# Machines that start together")
	assert.Contains(t, unit, "ExecStartPre=/opt/rung/app migrate\n")
	assert.Contains(t, unit, "\nExecStart=/opt/rung/app worker\n")
	assert.Contains(t, unit, "TimeoutStopSec=90\n")
	assert.Contains(t, unit, "\nMemoryMax=85%\n")
	assert.Contains(t, unit, "\nEnvironment=APP_INTERNAL_LISTEN=127.0.0.1:9090\n")
	assert.Regexp(t, `^GOMEMLIMIT=[1-9][0-9]+MiB\n$`, h.read("root/etc/rung/memory.env"))
	assert.Equal(t, embedded("watch.sh"), h.read("root/usr/local/sbin/rung-watch"))
	var agent struct {
		Metrics, Logs struct {
			Collected map[string]struct {
				LogGroup string `json:"log_group_name"`
				Path     string `json:"prometheus_config_path"`
			} `json:"metrics_collected"`
			Logs struct {
				Files struct {
					List []map[string]string `json:"collect_list"`
				}
			} `json:"logs_collected"`
		}
	}
	require.NoError(t, json.Unmarshal([]byte(h.read("root/etc/rung/agent.json")), &agent))
	require.Len(t, agent.Logs.Logs.Files.List, 1)
	assert.Equal(t, "worker-logs", agent.Logs.Logs.Files.List[0]["log_group_name"])
	app := agent.Logs.Collected["prometheus"]
	assert.Equal(t, "worker-logs", app.LogGroup)
	var scrape map[string]any
	require.NoError(t, yaml.Unmarshal([]byte(h.read("root"+app.Path)), &scrape),
		"the file that the agent is told to read is there")
	assert.Len(t, scrape["scrape_configs"], 1)

	calls := h.calls()
	assert.Contains(t, calls, "aws s3 cp --only-show-errors --region us-east-1 s3://artifacts/app-1.bin")
	assert.Contains(t, calls, "useradd --system")
	assert.Contains(t, calls, "systemctl enable --now rung-app.service rung-watch.service")
	assert.Contains(t, calls, "agent -a fetch-config")
}

func TestCertificatesComeBeforeTheApp(t *testing.T) {
	for name, tt := range map[string]struct {
		wanted, starts bool
		served         string
	}{
		"nobody wants them":       {starts: true},
		"they are there":          {wanted: true, served: "-----BEGIN CERTIFICATE-----\n", starts: true},
		"they are something else": {wanted: true, served: "<html>\n"},
		"nobody serves them":      {wanted: true},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHost(t)
			h.write("artifact", "the program", 0o644)
			if tt.served != "" {
				h.write("certificates", tt.served, 0o644)
			}
			const machine = "-----BEGIN CERTIFICATE----- of the world\n"
			h.write("root/etc/pki/tls/certs/ca-bundle.crt", machine, 0o644)
			m := worker("the program")
			if tt.wanted {
				m.program.DatabaseCA = true
			}
			script, err := m.script()
			require.NoError(t, err)
			out, err := h.run(script)
			calls := h.calls()
			assert.Equal(t, tt.starts, err == nil, out)
			assert.Equal(t, tt.starts, strings.Contains(calls, "systemctl enable --now rung-app.service"), calls)
			assert.Equal(t, tt.wanted, strings.Contains(calls, "truststore.pki.rds.amazonaws.com"), calls)
			if tt.starts && tt.wanted {
				assert.Equal(t, tt.served+machine, h.read("root"+program.DatabaseCAPath), "a proxy has a certificate of ACM's")
			}
		})
	}
}

func TestWrongProgramIsNotStarted(t *testing.T) {
	h := newHost(t)
	h.write("artifact", "something else", 0o644)
	script, err := worker("the program").script()
	require.NoError(t, err)
	out, err := h.run(script)
	require.Error(t, err)
	assert.Contains(t, out, "is not the program that was deployed")
	assert.NoFileExists(t, filepath.Join(h.root, "root/opt/rung/app"))
	assert.NotContains(t, h.calls(), "systemctl")
}

func TestDownloadIsTriedAgain(t *testing.T) {
	h := newHost(t)
	h.atTick("2", `echo -n "the program" >"$HOST/artifact"`)
	script, err := worker("the program").script()
	require.NoError(t, err)
	out, err := h.run(script)
	require.NoError(t, err, out)
	assert.Contains(t, out, "attempt 2 failed: aws s3 cp")
	assert.Contains(t, h.calls(), "sleep 2\n")
	assert.Contains(t, h.calls(), "sleep 4\n")
}

func TestDownloadThatNeverComesFails(t *testing.T) {
	h := newHost(t)
	script, err := worker("the program").script()
	require.NoError(t, err)
	out, err := h.run(script)
	require.Error(t, err)
	assert.Contains(t, out, "attempt 6 failed: aws s3 cp")
	assert.NotContains(t, h.calls(), "systemctl")
}

func TestAppRunsWithoutTheAgent(t *testing.T) {
	h := newHost(t)
	h.write("artifact", "the program", 0o644)
	h.write("no-dnf", "", 0o644)
	script, err := worker("the program").script()
	require.NoError(t, err)
	out, err := h.run(script)
	require.NoError(t, err, out)
	assert.Contains(t, h.calls(), "systemctl enable --now rung-app.service")
	assert.Contains(t, out, "no CloudWatch agent")
}

func TestWatch(t *testing.T) {
	const (
		spot      = "spot/instance-action"
		state     = "autoscaling/target-lifecycle-state"
		rebalance = "events/recommendations/rebalance"
		stop      = "systemctl stop rung-app.service\n"
		pause     = "sleep 5\n"
		release   = "aws autoscaling complete-lifecycle-action --region us-east-1 --auto-scaling-group-name worker-group " +
			"--lifecycle-hook-name drain --instance-id i-1 --lifecycle-action-result CONTINUE\n"
	)
	appears := func(path, answer string) string {
		return `mkdir -p "$HOST/metadata/` + filepath.Dir(path) + `"; echo ` + answer + ` >"$HOST/metadata/` + path + `"`
	}
	tests := map[string]struct {
		hook  string
		now   map[string]string // metadata from the start
		later map[string]string // bash at a pause
		want  string            // the calls, in order
		says  string
	}{
		"a web machine is taken back": {
			now: map[string]string{spot: "{}"}, want: stop, says: "takes this spot instance back",
		},
		"the group ends a web machine": {
			now: map[string]string{state: "InService"}, later: map[string]string{"2": appears(state, "Terminated")},
			want: pause + pause + stop, says: "the group ends",
		},
		"a web machine serves on when AWS advises to rebalance": {
			now: map[string]string{rebalance: "{}"}, later: map[string]string{"3": appears(state, "Terminated")},
			want: pause + pause + pause + stop, says: "the group ends",
		},
		"a worker stops at the advice, and is released when the group ends it": {
			hook: hookName, now: map[string]string{rebalance: "{}", state: "InService"},
			later: map[string]string{"2": appears(state, "Terminated")},
			want:  stop + pause + pause + release, says: "advises to rebalance",
		},
		"a worker that the group ends": {
			hook: hookName, now: map[string]string{state: "Terminated"}, want: stop + release, says: "released",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			h := newHost(t)
			h.metadata("instance-id", "i-1")
			h.metadata("tags/instance/aws:autoscaling:groupName", "worker-group")
			for path, answer := range tt.now {
				h.metadata(path, answer)
			}
			for n, bash := range tt.later {
				h.atTick(n, bash)
			}
			out, err := h.run(embedded("watch.sh"), "RUNG_HOOK="+tt.hook)
			require.NoError(t, err, out)
			assert.Equal(t, tt.want, h.calls())
			assert.Contains(t, out, tt.says)
		})
	}
}

func TestWatchDoesNothingWhileAllIsWell(t *testing.T) {
	h := newHost(t)
	h.metadata("autoscaling/target-lifecycle-state", "InService")
	_, err := h.run(embedded("watch.sh"), "RUNG_HOOK=drain")
	require.Error(t, err, "the fake clock ends the script after twenty pauses")
	assert.NotContains(t, h.calls(), "systemctl")
}

func TestEnvironmentFileKeepsOddValues(t *testing.T) {
	env, err := worker("").appEnv()
	require.NoError(t, err)
	assert.Contains(t, env, `ODD="a \"quoted\" \\ $HOME"`)
}

func TestScriptRefusesWhatWouldNotArrive(t *testing.T) {
	for name, tt := range map[string]struct {
		give func(*machine)
		want string
	}{
		"two lines in a value": {func(m *machine) { m.environment = []variable{{"KEY", "a\nb"}} }, "KEY: a value of several lines"},
		"a key with a quote":   {func(m *machine) { m.key = "a'b" }, `RUNG_KEY: got "a'b"`},
		"more than Linux takes": {
			func(m *machine) { m.environment = []variable{{"KEY", strings.Repeat("x", maxVariable)}} },
			"KEY: with its value it has 131075 bytes, Linux starts a program with at most 131071",
		},
	} {
		t.Run(name, func(t *testing.T) {
			m := worker("")
			tt.give(&m)
			_, err := m.script()
			require.ErrorContains(t, err, tt.want)
		})
	}
}

package server

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net"
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

// machine is a directory that the scripts take for the server: RUNG_ROOT is
// before every path, and the commands that would change a real one are fakes
// that write down how they were called.
type machine struct {
	t    *testing.T
	root string
}

// fakes are the commands by name, with what they do besides being written down.
// $M is the machine's root.
var fakes = map[string]string{
	"sleep": "", "dnf": "", "useradd": "", "mount": "", "xfs_growfs": "", "chown": "",
	"amazon-cloudwatch-agent-ctl": "", "systemctl": "",
	"mountpoint": "exit 1",
	"df": `echo Filesystem 1048576-blocks Used Available Capacity Mounted on
echo /dev/nvme1n1 30655 400 30255 2% /data`,
	"id":       "exit 0",
	"mkfs.xfs": `echo xfs >"$M/disk"`,
	"install":  `mkdir -p "${@: -1}"`,
	"xargs":    `exec /usr/bin/xargs "$@"`,
	// The disk's content stands in a file: nothing, the name of a file system,
	// or "error" for a disk that cannot be read.
	"blkid": `case "$*" in
*"-s UUID"*) echo 1111-2222 ;;
*) kind=$(cat "$M/disk"); [ "$kind" = error ] && exit 8; [ -n "$kind" ] || exit 2; echo "$kind" ;;
esac`,
	"aws": `case "$*" in
*get-parameter*) cat "$M/parameter" ;;
*get-secret-value*) echo '{"username":"app","password":"it'"'"'s"}' ;;
*"s3api get-object"*"--bucket artifacts --key boot/"*) cp "$M/script" "${@: -1}" ;;
*"s3 cp"*"s3://artifacts/"*) cp "$M/object" "${@: -1}" ;;
*"s3 cp"*) [ ! -e "$M/offline" ] ;;
esac`,
	"curl": `case "$*" in
*latest/api/token*) echo token ;;
*placement/region*) echo us-east-1 ;;
*) grep -q good "$M/opt/app/current/app" ;;
esac`,
	"runuser": `shift 3
case "$1" in
initdb) mkdir -p "$3"; echo 17 >"$3/PG_VERSION"; touch "$3/postgresql.conf" "$3/pg_hba.conf" ;;
pg_dump) [ ! -e "$M/broken" ] || exit 1; for a in "$@"; do case "$a" in --file=*) echo dump >"${a#--file=}" ;; esac; done ;;
psql) [[ "$*" == *-tAc* ]] && { cat "$M/psql-answer" 2>/dev/null || true; } || cat >"$M/sql" ;;
esac`,
}

// ownApp is rung's own app as the server runs it.
func ownApp() program.Spec { return ownapp.Program(contract.RoleAll, part.Artifact{}) }

func newMachine(t *testing.T) *machine {
	m := &machine{t, t.TempDir()}
	for name, body := range fakes {
		m.write("fakes/"+name, "#!/bin/bash\nM="+m.root+"\necho \""+name+" $*\" >>$M/calls\n"+body+"\n")
		require.NoError(t, os.Chmod(m.path("fakes/"+name), 0o755))
	}
	m.write("calls", "")
	m.write("disk", "")
	m.write("etc/fstab", "")
	m.write("proc/meminfo", "MemTotal:        1900544 kB\n")
	m.write("var/lib/cloud/data/instance-id", "i-0abc\n")
	m.write("etc/rung/server.env", settings{
		Region: "us-east-1", VolumeID: "vol-0abc", Parameter: "/rung/dev/server/release",
		BackupURL: "s3://backups/server", VPCCIDR: "10.0.0.0/16", Program: ownApp(),
	}.env()+"RUNG_BOOT_SECONDS=2\n")
	m.write("dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_vol0abc", "")
	return m
}

func (m *machine) path(name string) string { return filepath.Join(m.root, name) }

func (m *machine) write(name, text string) {
	m.t.Helper()
	require.NoError(m.t, os.MkdirAll(filepath.Dir(m.path(name)), 0o755))
	require.NoError(m.t, os.WriteFile(m.path(name), []byte(text), 0o644))
}

func (m *machine) read(name string) string {
	m.t.Helper()
	text, err := os.ReadFile(m.path(name))
	require.NoError(m.t, err)
	return string(text)
}

func (m *machine) exists(name string) bool {
	_, err := os.Stat(m.path(name))
	return err == nil
}

// calls are the fakes' calls since the last time.
func (m *machine) calls() string {
	text := m.read("calls")
	m.write("calls", "")
	return text
}

// run runs a script; its output is part of the error.
func (m *machine) run(script string) (string, error) {
	cmd := exec.Command("bash", script)
	cmd.Env = append(os.Environ(), "RUNG_ROOT="+m.root, "PATH="+m.path("fakes")+":"+os.Getenv("PATH"))
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func (m *machine) must(script string) {
	m.t.Helper()
	out, err := m.run(script)
	require.NoError(m.t, err, out)
}

func TestScriptsAreShellcheckClean(t *testing.T) {
	scripts, err := filepath.Glob("scripts/*.sh")
	require.NoError(t, err)
	require.NotEmpty(t, scripts)
	text, err := script(settings{Region: "us-east-1", VolumeID: "vol-0abc"})
	require.NoError(t, err)
	whole := filepath.Join(t.TempDir(), "whole.sh")
	require.NoError(t, os.WriteFile(whole, []byte(text), 0o600))
	out, err := exec.Command("shellcheck", append(scripts, whole)...).CombinedOutput()
	require.NoError(t, err, "shellcheck must be installed (apt-get install shellcheck) and find nothing:\n%s", out)
}

func TestVolume(t *testing.T) {
	tests := map[string]struct {
		disk           string
		formats, fails bool
	}{
		"an empty disk is formatted":            {disk: "", formats: true},
		"an existing file system is kept":       {disk: "xfs"},
		"another file system is not touched":    {disk: "ext4", fails: true},
		"an unreadable disk is not touched":     {disk: "error", fails: true},
		"a disk of unknown kind is not touched": {disk: " ", fails: true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			m := newMachine(t)
			m.write("disk", tt.disk)
			out, err := m.run("scripts/volume.sh")
			calls := m.calls()
			assert.Equal(t, tt.formats, strings.Contains(calls, "mkfs"), calls)
			assert.Equal(t, !tt.fails, strings.Contains(calls, "mount "), calls)
			if tt.fails {
				assert.Error(t, err)
				assert.Contains(t, out, "not touched")
				return
			}
			require.NoError(t, err, out)
		})
	}
}

func TestVolumeIsMountedByUUIDOnce(t *testing.T) {
	m := newMachine(t)
	m.must("scripts/volume.sh")
	m.must("scripts/volume.sh")
	assert.Equal(t, "UUID=1111-2222 /data xfs defaults,nofail,x-systemd.device-timeout=120 0 2\n", m.read("etc/fstab"))
	assert.Equal(t, 1, strings.Count(m.read("calls"), "mkfs"))
}

func TestVolumeThatNeverComesIsAnError(t *testing.T) {
	m := newMachine(t)
	require.NoError(t, os.RemoveAll(m.path("dev")))
	out, err := m.run("scripts/volume.sh")
	assert.Error(t, err)
	assert.Contains(t, out, "vol-0abc is not attached")
}

func TestTuneFollowsTheMemory(t *testing.T) {
	m := newMachine(t)
	m.must("scripts/tune.sh")
	assert.Contains(t, m.read("etc/rung/postgresql.conf"), "shared_buffers = 371MB")
	// A move to another server needs no restart, and its slot never fills the disk.
	assert.Contains(t, m.read("etc/rung/postgresql.conf"), "wal_level = logical\nmax_slot_wal_keep_size = 6131MB\n")
	assert.Contains(t, m.read("etc/rung/valkey.conf"), "maxmemory 185mb")
	assert.Contains(t, m.read("etc/rung/valkey.conf"), "bind 127.0.0.1")
	assert.Equal(t, "GOMEMLIMIT=742MiB\n", m.read("etc/rung/memory.env"))
	unit, err := embedded.ReadFile("files/app.service")
	require.NoError(t, err)
	text := settings{Program: ownApp(), App: signals.App{Metrics: ownApp().Metrics}}.fill().Replace(string(unit))
	assert.Contains(t, text, "\nEnvironmentFile=-/etc/rung/memory.env\n")
	assert.Contains(t, text, "\nMemoryMax=50%\n")
	assert.Contains(t, text, "\nEnvironment=APP_INTERNAL_LISTEN=127.0.0.1:9090\n")
}

func TestPostgresKeepsAnExistingCluster(t *testing.T) {
	m := newMachine(t)
	m.must("scripts/postgres.sh")
	assert.Contains(t, m.calls(), "createdb")
	m.write("psql-answer", "1\n")
	m.must("scripts/postgres.sh")
	again := m.calls()
	assert.NotContains(t, again, "initdb")
	assert.NotContains(t, again, "createdb")
	assert.Equal(t, 1, strings.Count(m.read("data/postgresql/pg_hba.conf"), "10.0.0.0/16"))
	assert.Equal(t, 2, strings.Count(m.read("data/postgresql/postgresql.conf"), "include_if_exists"))
}

// want names a release whose program has the given content.
func (m *machine) want(program string, env map[string]string) {
	sum := sha256.Sum256([]byte(program))
	m.write("object", program)
	m.wantHash(hex.EncodeToString(sum[:]), env)
}

func (m *machine) wantHash(hash string, env map[string]string) {
	text, err := json.Marshal(map[string]any{"bucket": "artifacts", "key": "app/x", "sha256": hash, "environment": env})
	require.NoError(m.t, err)
	m.write("parameter", string(text)+"\n")
}

func needJQ(t *testing.T) {
	t.Helper()
	_, err := exec.LookPath("jq")
	require.NoError(t, err, "the scripts of the server need jq: apt-get install jq")
}

func newReleasing(t *testing.T) *machine {
	needJQ(t)
	m := newMachine(t)
	require.NoError(t, os.MkdirAll(m.path("opt/app/releases"), 0o755))
	require.NoError(t, os.MkdirAll(m.path("opt/app/failed"), 0o755))
	return m
}

func TestReleaseInstallsOnceAndThenDoesNothing(t *testing.T) {
	m := newReleasing(t)
	m.want("good 1", map[string]string{"APP_ROLE": "all", "GREETING": `say "hi" & go`})
	m.must("scripts/release.sh")
	assert.Equal(t, "good 1", m.read("opt/app/current/app"))
	assert.Equal(t, "APP_ROLE=\"all\"\nGREETING=\"say \\\"hi\\\" & go\"\n", m.read("opt/app/current/environment"))
	assert.Contains(t, m.calls(), "systemctl restart app.service")
	m.must("scripts/release.sh")
	again := m.calls()
	assert.NotContains(t, again, "systemctl")
	assert.NotContains(t, again, "s3 cp")
	assert.False(t, m.exists("opt/app/pending"))
}

func TestReleaseWithAWrongHashLeavesTheOldOne(t *testing.T) {
	m := newReleasing(t)
	m.want("good 1", nil)
	m.must("scripts/release.sh")
	m.calls()
	m.write("object", "tampered")
	m.wantHash(strings.Repeat("0", 64), nil)
	out, err := m.run("scripts/release.sh")
	assert.Error(t, err)
	assert.Contains(t, out, "hash is not")
	assert.Equal(t, "good 1", m.read("opt/app/current/app"))
	assert.NotContains(t, m.calls(), "systemctl")
	assert.True(t, m.exists("opt/app/pending"), "reported as stuck")
}

func TestUnhealthyReleaseIsUndoneAndNotTriedAgain(t *testing.T) {
	m := newReleasing(t)
	m.want("good 1", map[string]string{"A": "1"})
	m.must("scripts/release.sh")
	m.calls()
	m.want("bad 2", map[string]string{"A": "2"})
	out, err := m.run("scripts/release.sh")
	assert.Error(t, err)
	assert.Contains(t, out, "went back to")
	assert.Equal(t, "good 1", m.read("opt/app/current/app"))
	assert.Equal(t, "A=\"1\"\n", m.read("opt/app/current/environment"))
	assert.Equal(t, 2, strings.Count(m.calls(), "systemctl restart app.service"), "forth and back")
	m.must("scripts/release.sh")
	assert.NotContains(t, m.calls(), "systemctl", "not once a minute")
	assert.True(t, m.exists("opt/app/pending"))

	m.want("good 3", nil)
	m.must("scripts/release.sh")
	assert.Equal(t, "good 3", m.read("opt/app/current/app"))
	assert.False(t, m.exists("opt/app/pending"))
}

func TestFirstReleaseThatIsUnhealthySaysSo(t *testing.T) {
	m := newReleasing(t)
	m.want("bad 1", nil)
	out, err := m.run("scripts/release.sh")
	assert.Error(t, err)
	assert.Contains(t, out, "none to go back to")
}

func TestNewEnvironmentAloneIsARelease(t *testing.T) {
	m := newReleasing(t)
	m.want("good 1", map[string]string{"CDN": ""})
	m.must("scripts/release.sh")
	m.want("good 1", map[string]string{"CDN": "cloudfront"})
	m.must("scripts/release.sh")
	assert.Equal(t, "CDN=\"cloudfront\"\n", m.read("opt/app/current/environment"))
}

// Without a path to ask, an open port is health enough.
func TestAProgramOfTheImageIsReleasedByItsEnvironment(t *testing.T) {
	m := newReleasing(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer listener.Close()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	require.NoError(t, err)
	m.write("etc/rung/server.env", m.read("etc/rung/server.env")+"RUNG_HEALTH=''\nRUNG_PORT="+port+"\n")
	m.write("parameter", `{"environment": {"CDN": "cloudfront"}}`)
	m.must("scripts/release.sh")
	assert.Equal(t, "CDN=\"cloudfront\"\n", m.read("opt/app/current/environment"))
	assert.False(t, m.exists("opt/app/current/app"), "the image has the program")
	assert.False(t, m.exists("opt/app/pending"))
	require.NoError(t, listener.Close())
	m.write("parameter", `{"environment": {"CDN": ""}}`)
	_, err = m.run("scripts/release.sh")
	require.Error(t, err, "nobody listens: it went back")
	assert.Equal(t, "CDN=\"cloudfront\"\n", m.read("opt/app/current/environment"))
}

func TestOldReleasesAreRemoved(t *testing.T) {
	m := newReleasing(t)
	for _, program := range []string{"good 1", "good 2", "good 3", "good 4", "good 5"} {
		m.want(program, nil)
		m.must("scripts/release.sh")
	}
	left, err := os.ReadDir(m.path("opt/app/releases"))
	require.NoError(t, err)
	assert.Len(t, left, 3)
	assert.Equal(t, "good 5", m.read("opt/app/current/app"))
}

func TestBackup(t *testing.T) {
	tests := map[string]struct {
		breaks string // the file that makes a fake fail
		sends  bool
	}{
		"sent and stamped":            {sends: true},
		"a broken dump is never sent": {breaks: "broken"},
		"no stamp when sending fails": {breaks: "offline", sends: true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			m := newMachine(t)
			m.write("data/backups/.keep", "")
			if tt.breaks != "" {
				m.write(tt.breaks, "")
			}
			_, err := m.run("scripts/backup.sh")
			assert.Equal(t, tt.breaks == "", err == nil)
			assert.Equal(t, tt.breaks == "", m.exists("data/backups/last-success"))
			assert.Equal(t, tt.sends, strings.Contains(m.calls(), "s3://backups/server/database/"))
		})
	}
}

func TestReportSaysThatThereIsNoBackup(t *testing.T) {
	m := newMachine(t)
	m.must("scripts/report.sh")
	assert.Contains(t, m.calls(), "--dimensions InstanceId=i-0abc --metric-name BackupAge --value 31536000")
	m.write("data/backups/last-success", "")
	m.write("opt/app/pending", "")
	m.must("scripts/report.sh")
	calls := m.calls()
	assert.NotContains(t, calls, "31536000")
	assert.Contains(t, calls, "ReleasePending --value 1")
}

func TestAccessOpensAndClosesPostgres(t *testing.T) {
	needJQ(t)
	m := newMachine(t)
	m.write("parameter", `{"databaseSecret":"arn:secret"}`)
	m.must("scripts/access.sh")
	assert.Equal(t, "ALTER ROLE app PASSWORD 'it''s';\n", m.read("sql"))
	assert.Contains(t, m.read("etc/rung/postgresql-access.conf"), "listen_addresses = '*'")
	calls := m.calls()
	assert.Contains(t, calls, "systemctl restart postgresql")
	assert.NotContains(t, calls, "it's", "the password is in no list of processes")

	m.must("scripts/access.sh")
	assert.NotContains(t, m.calls(), "systemctl", "open already")

	m.write("parameter", `{}`)
	m.must("scripts/access.sh")
	assert.False(t, m.exists("etc/rung/postgresql-access.conf"))
	assert.Contains(t, m.calls(), "systemctl restart postgresql")
}

// The whole boot, from the user data on, run twice: the second run must find
// everything done.
func TestUserDataSetsUpTheWholeServer(t *testing.T) {
	m := newMachine(t)
	text, err := script(settings{
		Region: "us-east-1", VolumeID: "vol-0abc", Parameter: "/rung/dev/server/release",
		BackupURL: "s3://backups/server", VPCCIDR: "10.0.0.0/16", LogGroup: "server-metrics-1a2b",
		Program: ownApp(), App: signals.App{Metrics: ownApp().Metrics, Stack: "rung-dev", Component: "server"},
	})
	require.NoError(t, err)
	m.write("script", text)
	userData, err := boot.UserData(text, boottest.Name, boottest.Key("server"), boottest.Version)
	require.NoError(t, err)
	m.write("userdata.sh", userData)

	m.must(m.path("userdata.sh"))
	first := m.calls()
	for _, want := range []string{"dnf install", "mkfs.xfs", "initdb", "systemctl enable --now valkey",
		"rung-release.timer"} {
		assert.Contains(t, first, want)
	}
	for _, f := range embeddedFiles {
		assert.NotContains(t, m.read(f.path), "@", "%s has a placeholder left", f.path)
	}
	assert.Contains(t, m.read("/etc/rung/ports.nft"), "redirect to :8080")
	assert.Contains(t, first, "amazon-cloudwatch-agent-ctl -a fetch-config -m ec2 -s -c file:/etc/rung/agent.json")
	m.checkAgent("server-metrics-1a2b")

	m.write("psql-answer", "1\n")
	m.must(m.path("userdata.sh"))
	second := m.calls()
	for _, not := range []string{"mkfs", "initdb", "createuser", "createdb"} {
		assert.NotContains(t, second, not)
	}
}

// checkAgent reads what the CloudWatch agent is told, as it would.
func (m *machine) checkAgent(logGroup string) {
	m.t.Helper()
	var agent struct {
		Metrics struct {
			Namespace string
			Collected struct {
				Mem, Disk struct{ Measurement []string }
			} `json:"metrics_collected"`
		}
		Logs struct {
			Collected struct {
				Prometheus struct {
					LogGroup string `json:"log_group_name"`
					Path     string `json:"prometheus_config_path"`
				}
			} `json:"metrics_collected"`
		}
	}
	require.NoError(m.t, json.Unmarshal([]byte(m.read("etc/rung/agent.json")), &agent))
	assert.Equal(m.t, namespace, agent.Metrics.Namespace)
	assert.Equal(m.t, []string{"mem_used_percent"}, agent.Metrics.Collected.Mem.Measurement)
	assert.Equal(m.t, logGroup, agent.Logs.Collected.Prometheus.LogGroup)
	var scrape map[string]any
	require.NoError(m.t, yaml.Unmarshal([]byte(m.read(agent.Logs.Collected.Prometheus.Path)), &scrape),
		"the file that the agent is told to read is there")
	assert.Len(m.t, scrape["scrape_configs"], 1)
}

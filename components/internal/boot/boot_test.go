package boot

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/components/internal/boot/boottest"
	"github.com/rung-dev/rung/record/recordtest"
)

// fakes are the commands that the user data calls; $HOST is the machine's
// directory. What is in $HOST/bucket is the object, "down" as a file's name
// counts the attempts that fail before it is to be had.
var fakes = map[string]string{
	"curl": `case "$*" in
*"-X PUT"*api/token) echo a-token ;;
*"X-aws-ec2-metadata-token: a-token"*placement/region) echo eu-west-1 ;;
*) exit 22 ;;
esac`,
	"aws": `echo "aws $*" >>"$HOST/calls"
left=$(cat "$HOST/down" 2>/dev/null || echo 0)
if [ "$left" -gt 0 ]; then
  echo $((left - 1)) >"$HOST/down"
  echo "fatal error: Unable to locate credentials" >&2
  exit 1
fi
cp "$HOST/bucket" "${@: -1}"
echo "{}"`,
	"sleep": `echo "sleep $1" >>"$HOST/calls"`,
}

// host is a machine that boots.
type host struct {
	t    *testing.T
	root string
}

func newHost(t *testing.T) host {
	h := host{t, t.TempDir()}
	for name, body := range fakes {
		h.write("bin/"+name, "#!/bin/bash\n"+body+"\n", 0o755)
	}
	h.write("calls", "", 0o644)
	return h
}

func (h host) write(name, text string, mode os.FileMode) {
	full := filepath.Join(h.root, name)
	require.NoError(h.t, os.MkdirAll(filepath.Dir(full), 0o755))
	require.NoError(h.t, os.WriteFile(full, []byte(text), mode))
}

func (h host) read(name string) string {
	text, err := os.ReadFile(filepath.Join(h.root, name))
	require.NoError(h.t, err)
	return string(text)
}

// boot runs the user data of a script, with that content in the bucket.
func (h host) boot(script, bucket string) (string, error) {
	text, err := UserData(script, "artifacts", "boot/web", "v1.x_Y")
	require.NoError(h.t, err)
	h.write("bucket", bucket, 0o644)
	h.write("userdata", text, 0o755)
	cmd := exec.Command("bash", filepath.Join(h.root, "userdata"))
	cmd.Env = append(os.Environ(), "HOST="+h.root, "RUNG_ROOT="+h.root+"/root", "PATH="+h.root+"/bin:"+os.Getenv("PATH"))
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// example is a script with what could be lost on its way.
func example() string {
	return Script([]File{
		{"/etc/odd", "0640", "it's $HOME `x` \\ \"quoted\""},
		{"/opt/x/setup", "0755", "#!/bin/bash\necho ran >\"$RUNG_ROOT/ran\"\n"},
	}, "/opt/x/setup")
}

func TestFilesArriveAndTheProgramRuns(t *testing.T) {
	h := newHost(t)
	out, err := h.boot(example(), example())
	require.NoError(t, err, out)
	assert.Equal(t, "ran\n", h.read("root/ran"))
	assert.Equal(t, "it's $HOME `x` \\ \"quoted\"\n", h.read("root/etc/odd"))
	info, err := os.Stat(filepath.Join(h.root, "root/etc/odd"))
	require.NoError(t, err)
	assert.EqualValues(t, 0o640, info.Mode().Perm())
	assert.Contains(t, h.read("calls"),
		"aws s3api get-object --region eu-west-1 --bucket artifacts --key boot/web --version-id v1.x_Y /")
	assert.Empty(t, strings.TrimPrefix(out, "ran\n"), "nothing is said where all is well")
}

// A bucket that keeps no versions has one: S3 refuses an empty id.
func TestNoVersionIsAskedForWhereThereIsNone(t *testing.T) {
	text, err := UserData("", "artifacts", "boot/web", "")
	require.NoError(t, err)
	assert.Contains(t, text, "\nversion=\n")
	assert.Contains(t, text, `${version:+--version-id "$version"}`)
}

func TestABootThatFails(t *testing.T) {
	for name, tt := range map[string]struct {
		bucket, down string // what is in the bucket, and how many attempts fail
		runs         bool
		says         []string
		pauses       int
	}{
		"late rights are waited for": {example(), "11", true, []string{"attempt 11 to fetch s3://artifacts/boot/web failed", "Unable to locate credentials"}, 11},
		"none at all":                {example(), "99", false, []string{"attempt 30 to fetch", "given up, this machine is not set up: may its role read s3://artifacts/boot/web (version v1.x_Y)"}, 29},
		"another script":             {"#!/bin/bash\ntouch \"$RUNG_ROOT/ran\"\n", "0", false, []string{"is not what was deployed, its SHA-256 is another: not run"}, 0},
		"half a script":              {example()[:100], "0", false, []string{"not run"}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHost(t)
			h.write("down", tt.down, 0o644)
			out, err := h.boot(example(), tt.bucket)
			assert.Equal(t, tt.runs, err == nil, out)
			assert.Equal(t, tt.runs, exec.Command("test", "-e", h.root+"/root/ran").Run() == nil)
			for _, want := range tt.says {
				assert.Contains(t, out, want)
			}
			assert.Equal(t, tt.pauses, strings.Count(h.read("calls"), "sleep"))
			if !tt.runs && tt.pauses == 0 {
				assert.NoFileExists(t, filepath.Join(h.root, "root/var/lib/rung/boot.sh"))
			}
		})
	}
}

func TestBothScriptsAreShellcheckClean(t *testing.T) {
	userData, err := UserData("", "artifacts", "boot/web", "v1")
	require.NoError(t, err)
	for _, text := range []string{userData, example()} {
		cmd := exec.Command("shellcheck", "-")
		cmd.Stdin = strings.NewReader(text)
		out, err := cmd.CombinedOutput()
		assert.NoError(t, err, "shellcheck must be installed (apt-get install shellcheck) and find nothing:\n%s", out)
	}
}

func TestUserDataTakesOnlyAddressesThatArrive(t *testing.T) {
	for _, odd := range []string{"$(x)", "a b", "a'b", "a\nb"} {
		for _, place := range [][3]string{{odd, "k", "v"}, {"b", odd, "v"}, {"b", "k", odd}} {
			_, err := UserData("", place[0], place[1], place[2])
			assert.ErrorContains(t, err, fmt.Sprintf("got %q", odd))
		}
	}
}

// With the longest names that S3 takes, most of EC2's 16 KB is left.
func TestUserDataIsShort(t *testing.T) {
	text, err := UserData("", strings.Repeat("b", 63), strings.Repeat("k", 1024), strings.Repeat("v", 1024))
	require.NoError(t, err)
	assert.Less(t, len(text), 4<<10)
}

func TestKeepIsTheUserDataOfTheScript(t *testing.T) {
	recordtest.Run(t, func(ctx *pulumi.Context) error {
		kept, err := Keep(&boottest.Bucket{}, "web", pulumi.String("x"))
		if err != nil {
			return err
		}
		ctx.Export("read", kept.Read.Resources.ToStringArrayOutput().ApplyT(func(list []string) []string {
			assert.Equal(t, []string{"arn:aws:s3:::artifacts/boot/web"}, list, "its own, and no other's")
			return list
		}).(pulumi.StringArrayOutput))
		ctx.Export("text", kept.UserData.ApplyT(func(text string) string {
			want, err := UserData("x", boottest.Name, boottest.Key("web"), boottest.Version)
			assert.NoError(t, err)
			assert.Equal(t, want, text)
			other, err := UserData("y", boottest.Name, boottest.Key("web"), boottest.Version)
			assert.NoError(t, err)
			assert.NotEqual(t, want, other, "another script is other user data")
			return text
		}).(pulumi.StringOutput))
		return nil
	})
}

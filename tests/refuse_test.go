package tests

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Every bad value of the configuration is refused before anything is made, in a
// message that names the key, the value and what is allowed.
func TestBadInput(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		args []string
		want []string
	}{
		"stage 0":             {[]string{"preview", "0"}, []string{"rung:stage", `"0"`, "1 to 6"}},
		"stage 7":             {[]string{"preview", "7"}, []string{"rung:stage", `"7"`, "1 to 6"}},
		"stage three":         {[]string{"preview", "three"}, []string{"rung:stage", `"three"`, "1 to 6"}},
		"up to stage 7":       {[]string{"up", "7"}, []string{"rung:stage", `"7"`, "1 to 6"}},
		"cost of 0":           {[]string{"cost", "0"}, []string{"rung:stage", `"0"`, "1 to 6"}},
		"an unknown key":      {[]string{"up", "3", "--set", "databse.replicas=1"}, []string{"databse.replicas", "did you mean rung:database.replicas?"}},
		"too many zones":      {[]string{"up", "3", "--set", "regions=eu-west-1", "--set", "zones=4"}, []string{"rung:zones", `"4"`, "eu-west-1 has 3", "1 to 3"}},
		"spot share":          {[]string{"up", "3", "--set", "web.spotShare=120"}, []string{"rung:web.spotShare", `"120"`, "0 to 100"}},
		"readers":             {[]string{"up", "3", "--set", "database.replicas=2", "--set", "database.backupDays=0"}, []string{"rung:database.replicas", `"2"`, "backupDays"}},
		"a domain":            {[]string{"up", "2", "--set", "domain=http://example"}, []string{"rung:domain", `"http://example"`, "example.com"}},
		"no zone":             {[]string{"up", "2", "--set", "cdn=cloudflare", "--set", "domain=example.com"}, []string{"rung:cloudflareZone", "required with rung:cdn cloudflare"}},
		"an unknown region":   {[]string{"up", "5", "--set", "regions=us-east-1,mars-north-1"}, []string{"rung:regions", `"mars-north-1" is unknown`}},
		"a region twice":      {[]string{"up", "5", "--set", "regions=us-east-1,us-east-1"}, []string{"rung:regions", `"us-east-1" stands twice`}},
		"a region's zones":    {[]string{"up", "5", "--set", "zones=4"}, []string{"rung:zones", "eu-west-1 has 3 availability zones"}},
		"a write region":      {[]string{"up", "5", "--set", "database.writeRegion=ap-south-1"}, []string{"rung:database.writeRegion", `"ap-south-1"`, "us-east-1, eu-west-1"}},
		"ranges that overlap": {[]string{"up", "5", "--set", "network.ranges=us-east-1=10.64.0.0/16,eu-west-1=10.64.0.0/16"}, []string{"rung:network.ranges", "eu-west-1 and us-east-1 overlap"}},
		"too many replicas":   {[]string{"up", "5", "--set", "database.replicas=15"}, []string{"rung:database.replicas", `"15"`, "AWS allows 0 to 14"}},
		"no shards":           {[]string{"up", "5", "--set", "database.shards=65"}, []string{"rung:database.shards", `"65"`, "1 to 64"}},
		"regions at once": {[]string{"up", "6", "--set", "regions=us-east-1,mars-1,us-east-1", "--set", "zones=9", "--set", "database.shards=0",
			"--set", "database.replicas=16", "--set", "network.ranges=us-east-1=10.0.0.0/16", "--set",
			"database.writeRegion=ap-south-1"},
			[]string{"6 problems", `"us-east-1" stands twice; "mars-1" is unknown`, "rung:zones", "rung:database.shards", "rung:database.replicas", "rung:network.ranges", "rung:database.writeRegion"}},
		"all at once": {[]string{"up", "3", "--set", "web.spotShare=120", "--set", "nat=maybe"}, []string{"rung:web.spotShare", "rung:nat"}},
	} {
		t.Run(name, func(t *testing.T) {
			u := newUser(t)
			got := u.rung(tt.args...)
			assert.Equal(t, usage, got.code, got.all())
			for _, part := range tt.want {
				assert.Contains(t, got.err, part)
			}
			assert.Empty(t, u.files(), "nothing was created")
		})
	}
}

// A damaged file is named and left as it is.
func TestDamagedFiles(t *testing.T) {
	t.Parallel()
	for name, parts := range map[string][]string{
		"the offline cloud": {"cloud.json"},
		"the state":         {"state", ".pulumi", "stacks", "rung", "dev.json"},
	} {
		t.Run(name, func(t *testing.T) {
			u := newUser(t)
			u.does("up", "1")
			path := u.path(parts...)
			whole, err := os.ReadFile(path)
			require.NoError(t, err)
			half := whole[:len(whole)/2]
			require.NoError(t, os.WriteFile(path, half, 0o600))
			for _, args := range [][]string{{"preview", "2"}, {"up", "1"}, {"refresh"}, {"destroy"}} {
				got := u.rung(args...)
				assert.Equal(t, usage, got.code, "%v: %s", args, got.all())
				assert.Contains(t, got.err, path)
				now, err := os.ReadFile(path)
				require.NoError(t, err)
				assert.Equal(t, half, now, "%v leaves the file as it is", args)
			}
			require.NoError(t, os.WriteFile(path, whole, 0o600))
			u.unchanged("1")
		})
	}
}

// A stack that another run holds is refused with the holder's name.
func TestLockedStack(t *testing.T) {
	t.Parallel()
	u := newUser(t)
	u.does("preview", "1")
	host, err := os.Hostname()
	require.NoError(t, err)
	lock, err := json.Marshal(map[string]any{"pid": anotherRung(t), "username": "ada", "hostname": host,
		"timestamp": time.Unix(0, 0)})
	require.NoError(t, err)
	path := u.path("state", ".pulumi", "locks", "organization", "rung", "dev", "other.json")
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(t, os.WriteFile(path, lock, 0o600))
	got := u.rung("up", "1")
	assert.Equal(t, usage, got.code, got.all())
	for _, part := range []string{"locked", "ada@" + host, path} {
		assert.Contains(t, got.err, part)
	}
	assert.Empty(t, u.cloud().Resources)
	require.NoError(t, os.Remove(path))
	u.does("up", "1")
}

// anotherRung is the number of a living process that goes by rung's name. That of
// this test would not do: a lock whose number another program has is taken over.
func anotherRung(t *testing.T) int {
	t.Helper()
	sleep, err := exec.LookPath("sleep")
	require.NoError(t, err)
	program, err := os.ReadFile(sleep)
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "rung-other")
	require.NoError(t, os.WriteFile(path, program, 0o755))
	other := exec.Command(path, "600")
	require.NoError(t, other.Start())
	t.Cleanup(func() {
		_ = other.Process.Kill()
		_ = other.Wait()
	})
	return other.Process.Pid
}

// Where nothing can be written, rung says where and what to do. A file that is in
// the way stops even root; so does a file system that takes no files.
func TestUnwritableDirectory(t *testing.T) {
	t.Parallel()
	inTheWay := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(inTheWay, ".rung"), []byte("mine"), 0o600))
	for name, dir := range map[string]string{"a file is in the way": inTheWay, "no files are taken": "/proc/self"} {
		t.Run(name, func(t *testing.T) {
			u := newUser(t)
			u.dir = dir
			for _, command := range []string{"preview", "up"} {
				got := u.rung(command, "1")
				assert.Equal(t, usage, got.code, got.all())
				assert.Contains(t, got.err, filepath.Join(dir, ".rung"))
			}
		})
	}
	text, err := os.ReadFile(filepath.Join(inTheWay, ".rung"))
	require.NoError(t, err)
	assert.Equal(t, "mine", string(text))
}

// On an account the user's own CLI works; offline none plays a part.
func TestPulumiTooOld(t *testing.T) {
	t.Parallel()
	u := newUser(t)
	bin := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(bin, "pulumi"), []byte("#!/bin/sh\necho v3.100.0\n"), 0o755))
	u.env = []string{
		"PATH=" + bin + string(os.PathListSeparator) + os.Getenv("PATH"), "AWS_ACCESS_KEY_ID=none",
		"PULUMI_BACKEND_URL=file://" + t.TempDir(), "PULUMI_CONFIG_PASSPHRASE=mine",
	}
	got := u.rung("up", "1", "--cloud", "aws")
	assert.Equal(t, usage, got.code, got.all())
	for _, part := range []string{filepath.Join(bin, "pulumi"), "3.100.0", "3.259.0", "upgrade"} {
		assert.Contains(t, got.err, part)
	}
	assert.Empty(t, u.files(), "nothing was created")
	u.does("preview", "1")
}

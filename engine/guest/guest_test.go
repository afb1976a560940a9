package guest_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/engine/guest"
)

// at is a guest's place in an empty directory.
func at(t *testing.T, change func(*guest.Options)) (dir string, p guest.Place, err error) {
	t.Helper()
	dir = t.TempDir()
	o := guest.Options{Dir: dir, Executable: "/bin/true", Providers: []string{"aws", "random"}, Passphrase: "open",
		StateVariable: "CLOUD_FILE", Set: map[string]string{"UNKNOWN": "refuse"}}
	if change != nil {
		change(&o)
	}
	p, err = guest.New(o)
	return dir, p, err
}

// read gives variables by name, and fails where one stands twice.
func read(t *testing.T, variables []string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, v := range variables {
		name, value, _ := strings.Cut(v, "=")
		assert.NotContains(t, out, name, "twice")
		out[name] = value
	}
	return out
}

func TestTheEnvironmentLeadsToNoAccount(t *testing.T) {
	dir, p, err := at(t, nil)
	require.NoError(t, err)
	env := read(t, p.Environment([]string{
		"PATH=/usr/bin", "HOME=/home/me", "AWS_ACCESS_KEY_ID=AKIA", "AWS_PROFILE=prod", "AWS_REGION=eu-central-1",
		"PULUMI_ACCESS_TOKEN=pul-1", "PULUMI_BACKEND_URL=s3://mine", "PULUMI_HOME=/home/me/.pulumi",
		"PULUMI_IGNORE_AMBIENT_PLUGINS=true", "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION=false", "PULUMI_PARALLEL=4",
		"CLOUDFLARE_API_TOKEN=x", "KUBECONFIG=/home/me/.kube/config", "GOOGLE_CREDENTIALS=x", "ARM_CLIENT_ID=x",
		"CLOUD_FILE=/elsewhere", "RUNG_OFFLINE_FAULTS=create * throttle",
	}))
	for _, gone := range []string{"AWS_ACCESS_KEY_ID", "AWS_PROFILE", "PULUMI_ACCESS_TOKEN",
		"PULUMI_IGNORE_AMBIENT_PLUGINS", "CLOUDFLARE_API_TOKEN", "GOOGLE_CREDENTIALS", "ARM_CLIENT_ID"} {
		assert.NotContains(t, env, gone)
	}
	under := filepath.Join(dir, ".rung", "guest")
	for name, want := range map[string]string{
		"PATH": filepath.Join(under, "plugins") + string(os.PathListSeparator) + "/usr/bin", "HOME": "/home/me",
		"AWS_REGION": "eu-central-1", "PULUMI_BACKEND_URL": "file://" + filepath.ToSlash(filepath.Join(under, "state")),
		"PULUMI_HOME": filepath.Join(under, "home"), "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
		"PULUMI_CONFIG_PASSPHRASE": "open", "PULUMI_PARALLEL": "4", "KUBECONFIG": os.DevNull,
		"CLOUD_FILE": filepath.Join(dir, ".rung", "cloud.json"), "UNKNOWN": "refuse",
		"RUNG_OFFLINE_FAULTS": "create * throttle",
	} {
		assert.Equal(t, want, env[name], name)
	}
}

func TestAPassphraseOfTheUsersStands(t *testing.T) {
	_, p, err := at(t, nil)
	require.NoError(t, err)
	for _, own := range []string{"PULUMI_CONFIG_PASSPHRASE=", "PULUMI_CONFIG_PASSPHRASE_FILE=/run/secret"} {
		env := p.Environment([]string{own})
		assert.Contains(t, env, own)
		assert.NotContains(t, env, "PULUMI_CONFIG_PASSPHRASE=open")
	}
}

func TestTheProvidersAreRungs(t *testing.T) {
	dir, _, err := at(t, nil)
	require.NoError(t, err)
	plugins := filepath.Join(dir, ".rung", "guest", "plugins")
	for _, name := range []string{"aws", "random"} {
		target, err := os.Readlink(filepath.Join(plugins, "pulumi-resource-"+name))
		require.NoError(t, err)
		assert.Equal(t, "/bin/true", target)
	}
}

// A provider takes part for as long as it is allowed to, and no longer.
func TestOtherProvidersTakePartByNameOnly(t *testing.T) {
	installed := t.TempDir()
	for _, name := range []string{"resource-tls-v5.0.0", "resource-tls-extra-v1.0.0", "resource-gcp-v8.0.0"} {
		require.NoError(t, os.Mkdir(filepath.Join(installed, name), 0o755))
	}
	dir, _, err := at(t, func(o *guest.Options) { o.Installed, o.Allow = installed, []string{"tls"} })
	require.NoError(t, err)
	names := func() (out []string) {
		entries, err := os.ReadDir(filepath.Join(dir, ".rung", "guest", "home", "plugins"))
		require.NoError(t, err)
		for _, e := range entries {
			out = append(out, e.Name())
		}
		return out
	}
	assert.Equal(t, []string{"resource-tls-v5.0.0"}, names())
	_, err = guest.New(guest.Options{Dir: dir, Executable: "/bin/true", Providers: []string{"aws", "random"}})
	require.NoError(t, err)
	assert.Empty(t, names())

	_, _, err = at(t, func(o *guest.Options) { o.Installed, o.Allow = installed, []string{"docker"} })
	require.ErrorIs(t, err, guest.ErrNotInstalled)
	assert.ErrorContains(t, err, "docker")
}

func TestADirectoryOfSomebodyElsesIsRefused(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.Symlink(t.TempDir(), filepath.Join(dir, ".rung")))
	_, err := guest.New(guest.Options{Dir: dir, Executable: "/bin/true"})
	require.Error(t, err)
}

// A .rung may have come with the directory, with something in front of the PATH.
func TestWhatAStrangerLeftIsNotRun(t *testing.T) {
	for _, name := range []string{"git", "pulumi-resource-command", "pulumi-resource-aws"} {
		dir := t.TempDir()
		plugins := filepath.Join(dir, ".rung", "guest", "plugins")
		require.NoError(t, os.MkdirAll(plugins, 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(plugins, name), []byte("#!/bin/sh\n"), 0o755))
		_, err := guest.New(guest.Options{Dir: dir, Executable: "/bin/true", Providers: []string{"aws"}})
		assert.ErrorContains(t, err, name+" is not rung's")
	}
	dir := t.TempDir()
	bin := filepath.Join(dir, ".rung", "guest", "home", "bin")
	require.NoError(t, os.MkdirAll(bin, 0o755))
	for range 2 { // the links of the first time are no strangers
		_, err := guest.New(guest.Options{Dir: dir, Executable: "/bin/true", Providers: []string{"aws"}})
		require.NoError(t, err)
	}
	_, err := os.Stat(bin)
	assert.ErrorIs(t, err, os.ErrNotExist)
}

func TestACommandEndsAsItDoes(t *testing.T) {
	dir, p, err := at(t, nil)
	require.NoError(t, err)
	var out bytes.Buffer
	to := guest.Streams{In: strings.NewReader("hello"), Out: &out, Err: &out}
	require.NoError(t, p.Run([]string{"sh", "-c", "cat; echo $CLOUD_FILE"}, to))
	assert.Equal(t, "hello"+filepath.Join(dir, ".rung", "cloud.json")+"\n", out.String())
	assert.Equal(t, guest.Ended{Status: 7}, p.Run([]string{"sh", "-c", "exit 7"}, to))
	assert.Equal(t, guest.Ended{Status: 128 + 9}, p.Run([]string{"sh", "-c", "kill -9 $$"}, to))
	require.ErrorContains(t, p.Run([]string{"no-such-command"}, to), "run no-such-command")
}

func TestWhichCommandsWantAStack(t *testing.T) {
	for line, want := range map[string]bool{
		"pulumi up --yes":           true,
		"pulumi preview":            true,
		"/opt/pulumi/pulumi up":     true,
		"pulumi --color never up":   false, // the flag's value is taken for the command
		"pulumi config set a b":     true,
		"pulumi up --stack prod":    false,
		"pulumi up -s prod":         false,
		"pulumi -C elsewhere up":    false,
		"pulumi up --cwd=elsewhere": false,
		"pulumi up --help":          false,
		"pulumi stack ls":           false,
		"pulumi new aws-go":         false,
		"pulumi":                    false,
		"make up":                   false,
	} {
		assert.Equal(t, want, guest.WantsStack(strings.Fields(line)), line)
	}
}

// play is a stand-in for Pulumi's CLI that notes what it is asked and has a stack selected
// or not.
const play = `#!/bin/sh
echo "$@" >> "$PULUMI_HOME/asked"
case "$*" in "stack --show-name"*) exit %;; esac
`

func TestAStackIsMadeOnceOnly(t *testing.T) {
	for status, want := range map[string]bool{"0": false, "1": true} {
		dir, p, err := at(t, nil)
		require.NoError(t, err)
		t.Chdir(dir)
		require.NoError(t, os.WriteFile("Pulumi.yaml", []byte("name: mine\nruntime: yaml\n"), 0o600))
		made, asked := begun(t, dir, p, status)
		assert.Equal(t, want, made)
		assert.Equal(t, want, strings.Contains(asked, "stack select --create dev"))
	}
}

// The CLI's own word for a directory without a project is better than its word for a stack
// that cannot be made there.
func TestWithoutAProjectNoStackIsMade(t *testing.T) {
	dir, p, err := at(t, nil)
	require.NoError(t, err)
	t.Chdir(dir)
	made, asked := begun(t, dir, p, "1")
	assert.False(t, made)
	assert.Empty(t, asked)
}

// begun begins a command of a CLI that has a stack or not, and gives what that was asked.
func begun(t *testing.T, dir string, p guest.Place, status string) (made bool, asked string) {
	t.Helper()
	cli := filepath.Join(dir, "pulumi")
	require.NoError(t, os.WriteFile(cli, []byte(strings.Replace(play, "%", status, 1)), 0o755))
	made, err := p.Begin([]string{cli, "up"}, "dev")
	require.NoError(t, err)
	text, err := os.ReadFile(filepath.Join(dir, ".rung", "guest", "home", "asked"))
	if !errors.Is(err, os.ErrNotExist) {
		require.NoError(t, err)
	}
	return made, string(text)
}

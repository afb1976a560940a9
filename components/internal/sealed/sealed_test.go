package sealed

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/components/program"
)

// machine is a directory with fakes of what the script calls: secrets and
// parameters are files.
func machine(t *testing.T, secrets []Secret, values map[string]string) (root string, run func() (string, error)) {
	t.Helper()
	root = t.TempDir()
	write := func(path, text string, mode os.FileMode) {
		full := filepath.Join(root, path)
		require.NoError(t, os.MkdirAll(filepath.Dir(full), 0o755))
		require.NoError(t, os.WriteFile(full, []byte(text), mode))
	}
	write("bin/curl", "#!/bin/bash\necho answer\n", 0o755)
	write("bin/aws", `#!/bin/bash
for last; do :; done
echo "$*" >>"$VALUES.asked"
cat "$VALUES/$1-${last//\//_}"
`, 0o755)
	for name, v := range values {
		write("values/"+name, v, 0o600)
	}
	write("list.json", List(secrets), 0o600)
	return root, func() (string, error) {
		cmd := exec.Command("bash", "-s", "/list.json")
		cmd.Stdin = mustOpen(t, "secrets.sh")
		cmd.Env = append(os.Environ(), "RUNG_ROOT="+root, "VALUES="+root+"/values", "PATH="+root+"/bin:"+os.Getenv("PATH"))
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
}

func mustOpen(t *testing.T, path string) *os.File {
	t.Helper()
	f, err := os.Open(path)
	require.NoError(t, err)
	t.Cleanup(func() { f.Close() })
	return f
}

func TestSecretsGoToMemoryAlone(t *testing.T) {
	if _, err := exec.LookPath("jq"); err != nil {
		t.Skip("jq is missing")
	}
	root, run := machine(t, []Secret{
		{Name: "KEY", ID: "rung/dev/KEY"},
		{Name: "MAIL", ID: "mail", Field: "password"},
		{Name: "TOKEN", ID: "/shop/token", Parameter: true},
		{Name: "DATABASE_URL", ID: "db", Form: "postgres://{username}:{password}@db:5432/app"},
		{Name: "REDIS_URL", ID: "cache", Form: "rediss://:{}@cache:6379/0"},
	}, map[string]string{
		"secretsmanager-rung_dev_KEY": `a "quoted" \ $HOME` + "\n",
		"secretsmanager-mail":         `{"password": "pässword"}`,
		"ssm-_shop_token":             "123\n",
		"secretsmanager-db":           `{"username":"app","password":"p@ss/w:rd"}`,
		"secretsmanager-cache":        "to-ken",
	})
	out, err := run()
	require.NoError(t, err, out)
	file := filepath.Join(root, "run/rung/secrets.env")
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, `KEY="a \"quoted\" \\ $HOME"
MAIL="pässword"
TOKEN="123"
DATABASE_URL="postgres://app:p%40ss%2Fw%3Ard@db:5432/app"
REDIS_URL="rediss://:to-ken@cache:6379/0"
`, string(text))
	info, err := os.Stat(file)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())

	require.NoError(t, os.Remove(filepath.Join(root, "values/ssm-_shop_token")))
	out, err = run()
	require.Error(t, err)
	assert.Contains(t, out, "TOKEN cannot be read from /shop/token")
	again, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, text, again, "what was there stays")
}

// A machine of a further region reads by name there, and by an ARN where that says.
func TestAnARNSaysItsRegion(t *testing.T) {
	if _, err := exec.LookPath("jq"); err != nil {
		t.Skip("jq is missing")
	}
	const arn = "arn:aws:secretsmanager:eu-west-1:1:secret:x-abcdef"
	root, run := machine(t, []Secret{{Name: "A", ID: arn}, {Name: "B", ID: "b"}},
		map[string]string{"secretsmanager-" + arn: "1", "secretsmanager-b": "2"})
	out, err := run()
	require.NoError(t, err, out)
	asked, err := os.ReadFile(filepath.Join(root, "values.asked"))
	require.NoError(t, err)
	assert.Contains(t, string(asked), "--region eu-west-1 --query SecretString --output text --secret-id "+arn)
	assert.Contains(t, string(asked), "--region answer --query SecretString --output text --secret-id b")
}

func TestWithoutSecretsThereIsAnEmptyFile(t *testing.T) {
	if _, err := exec.LookPath("jq"); err != nil {
		t.Skip("jq is missing")
	}
	root, run := machine(t, nil, nil)
	out, err := run()
	require.NoError(t, err, out)
	assert.FileExists(t, filepath.Join(root, "run/rung/secrets.env"))
}

func TestKnown(t *testing.T) {
	assert.Equal(t, []Secret{{Name: "A", ID: "a", Form: "x{}"}, {Name: "B", ID: "b", Field: "f"}},
		Known([]program.Secret{{Name: "A"}, {Name: "B", Field: "f"}}, []string{"a", "x{}", "b", ""}))
}

package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// secretly runs a command with something on its standard input.
func secretly(t *testing.T, in io.Reader, args ...string) (code int, out, err string) {
	t.Helper()
	var o, e bytes.Buffer
	a := &app{in: in, out: &o, err: &e}
	code = a.run(t.Context(), args)
	return code, o.String(), e.String()
}

func TestSecretsOfAnApp(t *testing.T) {
	inFolder(t, "directory: .\ncommands: {web: x}\nsecrets: {STRIPE_KEY: , TOKEN: shop/token, PART: "+
		"'shop/mail#password'}\n")
	code, _, err := secretly(t, strings.NewReader("x"), "secret", "list")
	assert.Equal(t, codeUsage, code)
	assert.Contains(t, err, "there is no rung.yaml here")
	t.Chdir("shop")

	code, out, _ := secretly(t, strings.NewReader(""), "secret", "list")
	assert.Equal(t, codeFailed, code, "some have no value")
	assert.Contains(t, out, "STRIPE_KEY  rung/dev/STRIPE_KEY  has no value: rung secret set STRIPE_KEY")
	for name, want := range map[string]string{"STRIPE": "want one of PART, STRIPE_KEY, TOKEN",
		"PART": "it is one key of the secret shop/mail", "TOKEN": "want one line of 1 to 65536 bytes"} {
		code, _, err = secretly(t, strings.NewReader("a\nb"), "secret", "set", name)
		assert.Equal(t, codeUsage, code)
		assert.Contains(t, err, want)
	}
	for _, name := range []string{"STRIPE_KEY", "TOKEN"} {
		code, out, err = secretly(t, strings.NewReader("hush-hush\n"), "secret", "set", name)
		require.Equal(t, codeDone, code, err)
		assert.NotContains(t, out+err, "hush")
	}
	_, out, _ = secretly(t, strings.NewReader(""), "secret", "list")
	assert.Contains(t, out, "TOKEN  shop/token  set 20")

	var holders []string
	require.NoError(t, filepath.WalkDir(".", func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			if text, _ := os.ReadFile(path); bytes.Contains(text, []byte("hush-hush")) {
				holders = append(holders, path)
			}
		}
		return err
	}))
	require.Len(t, holders, 1, "one file has the values")
	info, statErr := os.Stat(holders[0])
	require.NoError(t, statErr)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
}

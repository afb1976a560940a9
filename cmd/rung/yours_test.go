package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const yourFile = "directory: .\ncommands: {web: node server.js}\nsecrets: {STRIPE_KEY: }\n"

// inFolder goes to a directory with an app in it.
func inFolder(t *testing.T, text string) {
	t.Helper()
	t.Chdir(t.TempDir())
	require.NoError(t, os.Mkdir("shop", 0o755))
	require.NoError(t, os.WriteFile("shop/rung.yaml", []byte(text), 0o600))
}

func TestDescribe(t *testing.T) {
	inFolder(t, yourFile)
	set := settings{}
	require.NoError(t, describe(set))
	assert.Empty(t, set, "there is no file here")

	set = settings{"app": "shop"}
	require.NoError(t, describe(set))
	assert.Equal(t, `{"directory":"shop","commands":{"web":"node server.js"},"secrets":{"STRIPE_KEY":null}}`, set["app"])
	again := settings{"app": set["app"]}
	require.NoError(t, describe(again))
	assert.Equal(t, set, again, "a description is taken as it is")
	for _, wrong := range []string{"nowhere", "../x", filepath.Join(t.TempDir(), "x"), "."} {
		assert.Equal(t, codeUsage, codeOf(runError{describe(settings{"app": wrong})}), wrong)
	}

	t.Chdir("shop")
	set = settings{}
	require.NoError(t, describe(set))
	assert.Contains(t, set["app"], `{"directory":".",`, "the file of the working directory counts by itself")
	require.NoError(t, os.WriteFile("rung.yaml", []byte("directory: .\nprot: 1"), 0o600))
	err := describe(settings{})
	require.ErrorContains(t, err, "2 problems")
	require.ErrorContains(t, err, "prot: unknown key; did you mean port?")
	assert.Equal(t, codeUsage, codeOf(runError{err}))
}

// What cannot run in the lab is refused before anything is made.
func TestTheLabRefusesImages(t *testing.T) {
	inFolder(t, "image: 127.0.0.1:1/shop@sha256:"+strings.Repeat("0", 64)+"\n")
	t.Chdir("shop")
	s := shop{t: t, dir: t.TempDir(), machines: &machines{}}
	r := s.rung("up", "1", "--cloud", "lab")
	assert.Equal(t, codeUsage, r.code)
	assert.Regexp(t, "rung.yaml: image: (fetch the image 127.0.0.1:1/shop@sha256:0|.*namespaces)", r.err)
	assert.Equal(t, codeDone, s.rung("preview", "1", "--cloud", "lab").code, "it can be looked at")
}

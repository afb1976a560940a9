package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/resource/token"
	"github.com/rung-dev/rung/stacks/artifact"
)

// building runs a command line and returns how often the app was built for it.
func building(t *testing.T, dir string, args ...string) (result, int) {
	t.Helper()
	var out, errs bytes.Buffer
	built := 0
	a := &app{
		program: func(artifact.Artifact) pulumi.RunFunc { return small },
		resolve: func(context.Context, string, string, artifact.Architecture) (artifact.Artifact, error) {
			built++
			return artifact.Artifact{Path: os.Args[0], SHA256: strings.Repeat("0", 64)}, nil
		},
		static: func(context.Context, string) ([]artifact.File, error) {
			return []artifact.File{{Key: "static/app.0123456789ab.css", Path: os.Args[0]}}, nil
		},
		unwatched: true, in: strings.NewReader(""), out: &out, err: &errs,
	}
	code := a.run(t.Context(), append(args, "--dir", dir))
	return result{code, out.String(), errs.String()}, built
}

// The app is built for what deploys it; nothing else waits for it.
func TestTheAppIsBuiltForWhatNeedsIt(t *testing.T) {
	dir := t.TempDir()
	stack := write(t, "stack.json", `{"deployment":{}}`)
	for _, step := range []struct {
		args []string
		want int
	}{
		{[]string{"stages"}, 0},
		{[]string{"cost", "1"}, 0},
		{[]string{"cost", "--file", stack}, 0},
		{[]string{"destroy"}, 0},
		{[]string{"refresh"}, 0},
		{[]string{"preview", "1"}, 0},
		{[]string{"up", "1"}, 1},
		{[]string{"refresh"}, 0},
		{[]string{"diff", "1", "2"}, 0},
		{[]string{"destroy", "--set", "confirmDataLoss=server-data"}, 0},
	} {
		got, built := building(t, dir, step.args...)
		require.Equal(t, codeDone, got.code, "%v: %s", step.args, got.err)
		assert.Equal(t, step.want, built, "%v", step.args)
	}
}

func TestAPreviewOfAStackThatHasTheAppBuildsNone(t *testing.T) {
	object := func(name, key string) apitype.ResourceV3 {
		return apitype.ResourceV3{
			URN:    resource.URN("urn:pulumi:dev::rung::aws:s3/bucketObjectv2:BucketObjectv2::" + name),
			Type:   token.S3BucketObjectv2,
			Inputs: map[string]any{"key": key, "sourceHash": strings.Repeat("b", 64)},
		}
	}
	sum := strings.Repeat("a", 64)
	got, there := standingApp([]apitype.ResourceV3{
		object("artifacts-app", "app/"+sum), object("assets-file-static/app.0123456789ab.css", "static/app.0123456789ab.css"),
		object("other", "static/x"),
	}, "/stand-in")
	require.True(t, there)
	assert.Equal(t, artifact.Artifact{Path: "/stand-in", SHA256: sum, Standing: true, Static: []artifact.File{
		{Key: "static/app.0123456789ab.css", Path: "/stand-in", SHA256: strings.Repeat("b", 64)},
	}}, got)
	_, there = standingApp([]apitype.ResourceV3{object("other", "app/x")}, "/stand-in")
	assert.False(t, there)
}

// hostile is a directory that calls itself a checkout of rung and whose app
// leaves a trace when it is run.
func hostileCheckout(t *testing.T) (dir, trace string) {
	t.Helper()
	dir, trace = t.TempDir(), filepath.Join(t.TempDir(), "was-run")
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "app"), 0o755))
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "below"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module github.com/rung-dev/rung\n\ngo 1.24\n"),
		0o600))
	code := "package main\n\nimport \"os\"\n\nfunc init() { os.WriteFile(\"" + trace +
		"\", nil, 0o600) }\n\nfunc main() {}\n"
	require.NoError(t, os.WriteFile(filepath.Join(dir, "app", "main.go"), []byte(code), 0o600))
	return dir, trace
}

func TestNoCommandRunsCodeFromWhereItStands(t *testing.T) {
	checkout, trace := hostileCheckout(t)
	for _, at := range []string{checkout, filepath.Join(checkout, "below")} {
		for _, args := range [][]string{{"preview", "1"}, {"up", "1"}, {"preview", "1", "--cloud", "aws"}} {
			t.Chdir(at)
			var out, errs bytes.Buffer
			a := &app{
				program: func(artifact.Artifact) pulumi.RunFunc { return small },
				resolve: artifact.Resolve, static: artifact.Static,
				unwatched: true, in: strings.NewReader(""), out: &out, err: &errs,
			}
			assert.Equal(t, codeUsage, a.run(t.Context(), args))
			assert.Contains(t, errs.String(), "rung:artifact")
			assert.Contains(t, errs.String(), checkout+" calls itself a checkout of rung")
			assert.NoFileExists(t, trace)
			assert.NoDirExists(t, filepath.Join(at, ".rung"))
		}
	}
}

// Where no checkout is near, the offline cloud does without an app; an account
// does not.
func TestAnAppThatNobodyNamedIsStoodInForOffline(t *testing.T) {
	t.Chdir(t.TempDir())
	run := func(args ...string) result {
		var out, errs bytes.Buffer
		a := &app{
			program: func(artifact.Artifact) pulumi.RunFunc { return small },
			resolve: artifact.Resolve, static: artifact.Static,
			unwatched: true, in: strings.NewReader(""), out: &out, err: &errs,
		}
		return result{a.run(t.Context(), args), out.String(), errs.String()}
	}
	got := run("up", "1", "--cloud", "aws", "--yes")
	assert.Equal(t, codeUsage, got.code)
	assert.Contains(t, got.err, "name the program that the machines run with rung:artifact")
	got = run("preview", "1")
	require.Equal(t, codeDone, got.code, got.err)
	assert.Contains(t, got.err, "a stand-in takes its place")
}

func TestAnArtifactIsFoundFromTheWorkingDirectoryAndKeptWhole(t *testing.T) {
	t.Chdir(t.TempDir())
	set := settings{artifactKey: "./myapp"}
	require.NoError(t, storeAbsolute(set))
	here, err := os.Getwd()
	require.NoError(t, err)
	assert.Equal(t, filepath.Join(here, "myapp"), set[artifactKey])

	require.NoError(t, os.WriteFile("myapp", []byte("#!/bin/sh\n"), 0o755))
	for _, args := range [][]string{{"preview", "1"}, {"up", "1"}, {"cost", "1"}, {"diff", "1", "2"}} {
		got := rung(t, t.TempDir(), append(args, "--set", "artifact=./myapp")...)
		assert.Equal(t, codeUsage, got.code)
		assert.Contains(t, got.err, filepath.Join(here, "myapp"))
		assert.Contains(t, got.err, "it is a script for /bin/sh; want a program for Linux on arm64")
	}
}

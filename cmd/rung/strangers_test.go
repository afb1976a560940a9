package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// write puts a text into a file of a new directory and returns its path.
func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

// quiet fails the test when a text holds anything that a terminal would obey.
func quiet(t *testing.T, text string) {
	t.Helper()
	for _, r := range text {
		if r != '\n' && r != '\t' && !unicode.IsPrint(r) && !unicode.Is(unicode.Zs, r) {
			t.Fatalf("%U reaches the terminal", r)
		}
	}
}

func TestNamesInAFileDoNotReachTheTerminal(t *testing.T) {
	const name = `a\u001b]0;owned\u0007\u001b[2J\u009b31m\u202edliub\u2066\nSTOPPED`
	stack := write(t, "stack.json", `{"version":3,"deployment":{"resources":[
		{"urn":"urn:pulumi:s::p::a:b:Comp::`+name+`","type":"a:b:Comp"},
		{"urn":"urn:pulumi:s::p::aws:ebs/volume:Volume::`+name+`","custom":true,"type":"aws:ebs/volume:Volume","parent":"urn:pulumi:s::p::a:b:Comp::`+name+`",
			"inputs":{"size":10,"type":"gp3","availabilityZone":"`+name+`"}},
		{"urn":"urn:pulumi:s::p::`+name+`::`+name+`","custom":true,"type":"`+name+`","inputs":{"region":"`+name+`"}}]}}`)
	for _, format := range formats() {
		got := rung(t, t.TempDir(), "cost", "--file", stack, "--format", format)
		require.Equal(t, codeDone, got.code, got.err)
		require.True(t, strings.Contains(got.out, "owned"), "the names are shown")
		quiet(t, got.out+got.err)
	}
}

func TestErrorsDoNotReachTheTerminalRaw(t *testing.T) {
	for name, args := range map[string][]string{
		"a value":      {"preview", "3", "--set", "domain=\x1b]0;owned\x07\u202e"},
		"a key":        {"preview", "3", "--set", "\x1b]0;owned\x07=1"},
		"a file":       {"cost", "--file", "/nowhere/\x1b]0;owned\x07\u009b"},
		"what it says": {"cost", "--file", write(t, "failed.json", `{"steps":[],"diagnostics":[{"severity":"error","message":"\u001b]0;owned\u0007"}]}`)},
		"a command":    {"\x1b]0;owned\x07"},
		"a stack":      {"preview", "3", "--stack", "\x1b]0;owned\x07"},
		"a directory":  {"stages", "--output", "/nowhere/\x1b]0;owned\x07/x"},
	} {
		t.Run(name, func(t *testing.T) {
			got := rung(t, t.TempDir(), args...)
			want, said := codeUsage, got.err
			if name == "what it says" { // of a part of the stack, and the bill says why
				want, said = codeFailed, got.out
			}
			assert.Equal(t, want, got.code)
			require.True(t, strings.Contains(said, "owned"), "the text is shown: %q", said)
			quiet(t, got.out+got.err)
		})
	}
}

func TestCostOfFilesAsTheyComeFromOtherTools(t *testing.T) {
	for name, tt := range map[string]struct {
		text string
		code int
		want string
	}{
		"an empty checkpoint": {`{"version":3,"checkpoint":{"stack":"organization/shop/dev","config":{}}}`, codeDone, "a month in USD: $0.00"},
		"a failed preview": {`{"steps":[{"op":"create","newState":{"urn":"urn:x","type":"a:b:C"}}],"diagnostics":[{"severity":"error","message":"Missing required argument"}],"changeSummary":null}`,
			codeFailed, "ONLY A PART OF THE STACK"},
		"a number beyond all bounds": {`{"deployment":{"resources":[{"urn":"urn:pulumi:s::p::aws:ebs/volume:Volume::v","custom":true,"type":"aws:ebs/volume:Volume","inputs":{"size":"1e1000000000"}}]}}`,
			codeDone, "size is a number beyond all bounds"},
	} {
		t.Run(name, func(t *testing.T) {
			got := rung(t, t.TempDir(), "cost", "--file", write(t, "stack.json", tt.text))
			assert.Equal(t, tt.code, got.code, got.err)
			assert.Contains(t, got.out+got.err, tt.want)
		})
	}
}

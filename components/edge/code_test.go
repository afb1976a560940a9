package edge

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/contract"
)

// built are the files that are deployed, by the name under which the JavaScript
// tests load them.
func built(t *testing.T) map[string]string {
	t.Helper()
	list := map[string]string{}
	for name, make := range map[string]func() (string, error){
		"request.js": requestCode, "response.js": responseCode, "lambda.js": lambdaCode, "worker.mjs": workerCode,
	} {
		text, err := make()
		require.NoError(t, err)
		list[name] = text
	}
	return list
}

// The decisions are tested where they run: in a JavaScript engine.
func TestCodeInJavaScript(t *testing.T) {
	node, err := exec.LookPath("node")
	require.NoError(t, err, "the edge's code is tested with node: scripts/install-test-tools.sh installs it")
	dir := t.TempDir()
	for name, text := range built(t) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	private, err := json.Marshal(contract.PrivatePaths())
	require.NoError(t, err)
	const secret = "sesame-sesame-sesame"
	run := exec.Command(node, "--test", "--test-reporter=tap", "testdata/cloudfront.test.mjs", "testdata/worker.test.mjs")
	run.Env = append(os.Environ(), "EDGE_BUILD="+dir, "EDGE_SECRET="+secret, "EDGE_PRIVATE="+string(private),
		"EDGE_KEY="+Sign(secret, "shop", time.Now().Add(time.Hour)), "EDGE_OLD_KEY="+Sign(secret, "shop",
			time.Now().Add(-time.Hour)))
	out, err := run.CombinedOutput()
	require.NoError(t, err, string(out))
	assert.Regexp(t, `(?m)^# pass 1[0-9]$`, string(out), "node found no tests")
}

// CloudFront's engine knows less than node does.
// Source: CloudFront developer guide, "JavaScript runtime 2.0 features".
func TestFunctionsKeepToWhatCloudFrontRuns(t *testing.T) {
	unknown := map[string]*regexp.Regexp{
		"for-of": regexp.MustCompile(`for \([^)]* of `), "spread": regexp.MustCompile(`\.\.\.\w`), "classes": regexp.MustCompile(`\bclass \w`),
		"?. and ??": regexp.MustCompile(`\?\.\w|\?\?`), "destructuring": regexp.MustCompile(`(const|let) [\[{]`), "timers": regexp.MustCompile(`setTimeout|fetch\(`),
		"default parameters": regexp.MustCompile(`function \w*\([^)]*=`), "at()": regexp.MustCompile(`\.at\(`), "replaceAll": regexp.MustCompile(`replaceAll`),
	}
	files := built(t)
	for _, name := range []string{"request.js", "response.js"} {
		assert.LessOrEqual(t, len(files[name]), maxFunction, "%s is larger than CloudFront takes", name)
		code := regexp.MustCompile(`(?m)//.*$`).ReplaceAllString(files[name], "")
		for what, form := range unknown {
			assert.NotRegexp(t, form, code, "%s uses %s", name, what)
		}
	}
}

func TestNoMarkIsLeft(t *testing.T) {
	for name, text := range built(t) {
		assert.NotContains(t, text, privateMark, name)
	}
}

// The signature was made with openssl dgst -sha256 -hmac sesame.
func TestSignIsWhatOpenSSLMakes(t *testing.T) {
	assert.Equal(t, "shop.1800000000.3a38d184b9bde160f68ac6c0d81ceda362b3b8009b1250eace498415f6bbf2a5",
		Sign("sesame", "shop", time.Unix(1_800_000_000, 0)))
}

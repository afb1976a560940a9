package edge

import (
	"embed"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/rung-dev/rung/app/contract"
)

//go:embed code/*.js
var code embed.FS

// maxFunction is the most that CloudFront takes as one function, in bytes.
// Source: CloudFront developer guide, "Quotas on CloudFront Functions".
const maxFunction = 10 * 1024

// privateMark stands in the code for the app's private paths.
const privateMark = "__PRIVATE_PATHS__"

// assemble joins files of code/ in their order. What they declare they see of
// one another: none of the platforms can load a second file.
func assemble(files ...string) (string, error) {
	private, err := json.Marshal(contract.PrivatePaths())
	if err != nil {
		return "", fmt.Errorf("write the private paths: %w", err)
	}
	var b strings.Builder
	for _, f := range files {
		text, err := code.ReadFile("code/" + f + ".js")
		if err != nil {
			return "", fmt.Errorf("read the edge's code: %w", err)
		}
		b.Write(text)
	}
	return strings.ReplaceAll(b.String(), privateMark, string(private)), nil
}

func requestCode() (string, error)  { return assemble("cloudfront", "core", "request") }
func responseCode() (string, error) { return assemble("cloudfront", "core", "response") }
func lambdaCode() (string, error)   { return assemble("core", "caching", "lambda") }
func workerCode() (string, error)   { return assemble("core", "caching", "worker") }

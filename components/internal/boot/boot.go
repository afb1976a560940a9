// Package boot brings to a machine what sets it up, which is more than EC2
// takes as user data.
//
// The files and the command lie as one script in the bucket of artifacts, which
// keeps versions. The user data is a short one that fetches one version, checks
// it by its hash and runs it: another script is other user data, as if it stood
// there itself, and user data of before finds the script of before, for as long
// as the bucket keeps it.
//
// What this takes is on Amazon Linux 2023 from the start, the AWS CLI, curl and
// sha256sum, and the machine's role must be allowed to read the bucket.
package boot

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/part"
)

//go:embed boot.sh
var bootstrap string

// endOfFile ends a file in the script; no file has such a line.
const endOfFile = "RUNG_END_OF_FILE"

// File is one that the script writes.
type File struct {
	// Path is where, Mode in the form of chmod, "0644" say.
	Path, Mode string
	// Content is text; a newline at its end is added where it is missing.
	Content string
}

// Script is a bash script that writes the files and then runs the program at
// run. All paths are below $RUNG_ROOT, which is empty but in tests.
func Script(files []File, run string) string {
	var b strings.Builder
	b.WriteString("#!/bin/bash\n# Written by rung: this machine's files, and the program that sets it up.\nset -euo " +
		"pipefail\nroot=${RUNG_ROOT:-}\n")
	b.WriteString("put() {\n  mkdir -p \"$(dirname \"$root$1\")\"\n  cat >\"$root$1\"\n  chmod \"$2\" \"$root$1\"\n}\n")
	for _, f := range files {
		fmt.Fprintf(&b, "put %s %s <<'%s'\n%s\n%s\n", f.Path, f.Mode, endOfFile, strings.TrimRight(f.Content, "\n"),
			endOfFile)
	}
	fmt.Fprintf(&b, "\"$root%s\"\n", run)
	return b.String()
}

// CommandLine is how a systemd unit writes a command line, word for word: what
// systemd would read in a word is written as itself.
func CommandLine(words []string) string {
	quote := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "%", "%%", "$", "$$")
	out := make([]string, len(words))
	for i, w := range words {
		if out[i] = w; !bare.MatchString(w) {
			out[i] = `"` + quote.Replace(w) + `"`
		}
	}
	return strings.Join(out, " ")
}

// bare is a word that a unit takes without quotes.
var bare = regexp.MustCompile(`^[A-Za-z0-9_./:,=+-]+$`)

// plain is what needs no quotes in bash: what S3 takes as a bucket's name, the
// keys that rung gives, and ids of versions.
var plain = regexp.MustCompile(`^[A-Za-z0-9._/-]*$`)

// UserData is what cloud-init runs at the first boot, for a script that lies in
// that version of an object.
func UserData(script, bucket, key, version string) (string, error) {
	for _, text := range []string{bucket, key, version} {
		if !plain.MatchString(text) {
			return "", fmt.Errorf("write the user data: got %q, want letters, digits and . _ / - only", text)
		}
	}
	sum := sha256.Sum256([]byte(script))
	fill := strings.NewReplacer("@BUCKET@", bucket, "@KEY@", key, "@VERSION@", version, "@SHA256@",
		hex.EncodeToString(sum[:]))
	return fill.Replace(bootstrap), nil
}

// Kept is a component's script as it lies in the bucket.
type Kept struct {
	// UserData is what fetches and runs it, once it lies there: no machine boots
	// before.
	UserData pulumi.StringOutput
	// Read is what the machine's role must be allowed.
	Read part.Permission
}

// Keep puts a component's script into the bucket.
func Keep(files part.Files, name string, script pulumi.StringInput) (Kept, error) {
	text, err := files.PutText(name, script)
	if err != nil {
		return Kept{}, fmt.Errorf("keep what sets up %s: %w", name, err)
	}
	userData := pulumi.All(script, text.Bucket, text.Key, text.Version).ApplyT(func(known []any) (string, error) {
		return UserData(known[0].(string), known[1].(string), known[2].(string), known[3].(string))
	}).(pulumi.StringOutput)
	return Kept{UserData: userData, Read: part.Permission{
		Name: "boot-read", Actions: []string{"s3:GetObject", "s3:GetObjectVersion"},
		Resources: pulumi.StringArray{pulumi.Sprintf("%s/%s", text.BucketARN, text.Key)},
	}}, nil
}

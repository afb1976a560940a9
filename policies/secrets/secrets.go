// Package secrets finds credentials in a script or a configuration file that
// somebody wrote for a machine: keys and tokens by their form, passwords by
// the name they are given to and in addresses.
//
// It tells a credential from a reference to one: an ARN, a path in Parameter
// Store, a variable, a command's output, a placeholder are none. It reads what
// cloud-init reads: plain text, base64, gzip, and base64 within text. It costs
// no more than a pass over the text, and it never shows what it found.
package secrets

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/rung-dev/rung/outside/pattern"
)

// In names what a text holds that looks like a credential, each kind once, in a
// fixed order: "an AWS access key" say. It is nil for a text without.
func In(text string) []string {
	var found []string
	for _, plain := range layers(text) {
		for _, f := range forms {
			if f.re().MatchString(plain) {
				found = append(found, f.what)
			}
		}
		found = append(found, inAddresses(plain)...)
		found = append(found, inAssignments(plain)...)
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// form is a credential that shows by how it is written.
type form struct {
	what string
	re   func() *regexp.Regexp
}

// forms are those whose makers gave them a mark. Sources: the makers' own
// pages on secret scanning; the AWS ones from the IAM User Guide, "unique
// identifiers".
var forms = []form{
	{"an AWS access key", pattern.Lazy(`\b(AKIA|ASIA)[0-9A-Z]{16}\b`)},
	{"a private key", pattern.Lazy(`-----BEGIN [A-Z0-9 ]*PRIVATE KEY( BLOCK)?-----|\bAGE-SECRET-KEY-1[0-9A-Z]{20,}`)},
	{"a GitHub token", pattern.Lazy(`\b(gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{22,})`)},
	{"a GitLab token", pattern.Lazy(`\b(glpat|gldt|glrt|glcbt)-[A-Za-z0-9_.-]{20,}`)},
	{"a Slack token", pattern.Lazy(`\bxox[abeoprs]-[A-Za-z0-9-]{10,}|hooks\.slack\.com/(services|workflows)/[A-Za-z0-9/]{20,}`)},
	{"a Stripe key", pattern.Lazy(`\b(sk|rk)_(live|test)_[A-Za-z0-9]{16,}`)},
	{"a Google API key", pattern.Lazy(`\bAIza[A-Za-z0-9_-]{35}`)},
	{"a SendGrid key", pattern.Lazy(`\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}`)},
	{"a token of a package registry", pattern.Lazy(`\b(npm_[A-Za-z0-9]{36}|pypi-[A-Za-z0-9_-]{50,}|dckr_pat_[A-Za-z0-9_-]{20,}|rubygems_[a-f0-9]{40,})`)},
	{"a Vault token", pattern.Lazy(`\bhv[sbr]\.[A-Za-z0-9_-]{24,}`)},
	{"a key of an AI service", pattern.Lazy(`\bsk-(ant-|proj-|svcacct-)?[A-Za-z0-9_-]{32,}`)},
	{"a DigitalOcean token", pattern.Lazy(`\bdo[opr]_v1_[a-f0-9]{64}`)},
	{"a Tailscale key", pattern.Lazy(`\btskey-[a-z]+-[A-Za-z0-9-]{16,}`)},
	{"an Azure account key", pattern.Lazy(`(?i)\bAccountKey=[A-Za-z0-9+/]{40,}`)},
	{"a signed web token", pattern.Lazy(`\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}`)},
	{"a password's hash", pattern.Lazy(`\$(2[aby]|5|6|y|argon2id)\$[A-Za-z0-9./$=,]{20,}`)},
}

// The bounds of what is unpacked: EC2 itself takes 16 KiB.
const (
	mostText   = 1 << 20
	mostLayers = 64
)

// layers are the text and what is packed in it.
func layers(text string) []string {
	all := []string{unpack(text)}
	for i := 0; i < len(all) && i < mostLayers; i++ {
		for _, blob := range blobs().FindAllString(all[i], mostLayers) {
			if inner := unpack(blob); inner != blob && readable(inner) && len(all) < mostLayers {
				all = append(all, inner)
			}
		}
	}
	return all
}

// blobs are what may be base64 within a text.
var blobs = pattern.Lazy(`[A-Za-z0-9+/]{24,}={0,2}`)

// readable tells text from what only happens to be valid base64.
func readable(s string) bool {
	return utf8.ValidString(s) &&
		!strings.ContainsFunc(s, func(r rune) bool { return r < ' ' && !strings.ContainsRune("\t\r\n", r) })
}

// unpack opens base64 and gzip, alone and one in the other.
func unpack(text string) string {
	if plain, ok := unzip(text); ok {
		return plain
	}
	bare := strings.Join(strings.Fields(text), "")
	for _, encoding := range []*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding} {
		raw, err := encoding.DecodeString(bare)
		if err != nil || len(raw) == 0 {
			continue
		}
		if plain, ok := unzip(string(raw)); ok {
			return plain
		}
		if readable(string(raw)) {
			return string(raw)
		}
	}
	return text
}

func unzip(text string) (string, bool) {
	zipped, err := gzip.NewReader(bytes.NewReader([]byte(text)))
	if err != nil {
		return "", false
	}
	plain, err := io.ReadAll(io.LimitReader(zipped, mostText))
	return string(plain), err == nil || len(plain) > 0
}

package secrets

import (
	"regexp"
	"strings"

	"github.com/rung-dev/rung/outside/pattern"
)

// reference stands for everything that a machine fills in later. It matches
// none of the patterns below.
const reference = "\x00"

// filledIn is what a shell, a template or AWS puts something else in place of.
var filledIn = pattern.Lazy("(?s)" + strings.Join([]string{
	`\{\{.*?\}\}`,                 // templates, {{resolve:secretsmanager:…}}
	`\$\{[^}]*\}`, `\$\([^)]*\)?`, // ${NAME}, $(command)
	"`[^`\n]*`",                     // `command`
	`\$[A-Za-z_][A-Za-z0-9_]*`,      // $NAME
	`<%.*?%>`, `<[A-Za-z][^<>\n]*>`, // templates, <your password>
	`@@[A-Za-z_]+@@`, `__[A-Z0-9_]+__`, // placeholders of installers
}, "|"))

// withCredentials is an address that holds a password: scheme://user:password@host.
var withCredentials = pattern.Lazy(`\b[A-Za-z][A-Za-z0-9+.-]{1,20}://[^\s/:@"']*:([^\s/@"'\x00]+)@[^\s"'/]`)

// inAddresses finds passwords in addresses.
func inAddresses(text string) []string {
	for _, m := range withCredentials().FindAllStringSubmatch(filledIn().ReplaceAllString(text, reference), -1) {
		if !masked(m[1]) {
			return []string{"a password in an address"}
		}
	}
	return nil
}

// assignment is a name with its value, as shells, YAML, JSON, INI files and
// flags write it.
var assignment = pattern.Lazy(
	`(?i)(?:^|[^A-Za-z0-9_])(-{0,2}[A-Za-z][A-Za-z0-9_.-]*)["']?(?:[ \t]*(?:=>|:=|[:=])[ \t]*|[ \t]+)("[^"\n]*"|'[^'\n]*'|[^\s"',;]+)`)

// given are the ways of handing over a credential without a name and a sign
// between: headers, log-ins on a command line, statements of SQL, the files of
// servers and of cloud-init.
var given = []func() *regexp.Regexp{
	pattern.Lazy(`(?i)\bauthorization["']?[ \t]*[:=][ \t]*["']?(?:bearer|basic|token)[ \t]+([A-Za-z0-9+/=_.~-]{12,})`),
	pattern.Lazy(`(?i)\b(?:curl|wget)\b[^\n]*?[ \t](?:-u|--user)[ \t=]*["']?[^\s:"'\x00]+:([^\s"'\x00]{4,})`),
	pattern.Lazy(`(?i)\becho[ \t]+(?:-n[ \t]+)?["']?(?:[a-z_][a-z0-9_-]*:)?([^\s"'|\x00]{6,})["']?[ \t]*\|[^\n|]*(?:chpasswd|passwd|--password-stdin|--stdin)`),
	pattern.Lazy(`(?i)\bmysql(?:admin|dump)?\b[^\n]*?[ \t]-p([^\s"'\x00]{4,})`),
	pattern.Lazy(`(?i)\b(?:identified[ \t]+by|password)[ \t]+'([^'\n\x00]{4,})'`),
	pattern.Lazy(`(?im)^[ \t]*(?:requirepass|masterauth)[ \t]+["']?([^\s"'\x00]{6,})`),
	pattern.Lazy(`(?i)\blogin[ \t]+\S+\s+password[ \t]+([^\s\x00]{4,})`),
	pattern.Lazy(`(?i)\baws_secret_access_key[ \t]+([A-Za-z0-9/+]{40})\b`),
	pattern.Lazy(`(?is)\bchpasswd:.{0,80}?\blist:[^\n]*\n[ \t-]*["']?[a-z_][a-z0-9_-]*:([^\s"'\x00]{6,})`),
}

// inAssignments finds values that are given to a name of a credential.
func inAssignments(text string) []string {
	filled := filledIn().ReplaceAllString(text, reference)
	var found []string
	for _, re := range given {
		for _, m := range re().FindAllStringSubmatch(filled, -1) {
			if !masked(m[1]) {
				found = append(found, "a password or token")
			}
		}
	}
	for line := range strings.SplitSeq(filled, "\n") {
		if assigned(line) {
			return append(found, "a password or token")
		}
	}
	return found
}

// assigned reports whether a line gives a credential to a name. A value may be
// a further name ("export DB_PASSWORD=…"), so the search goes on at its start.
func assigned(line string) bool {
	for start := 0; start < len(line); {
		m := assignment().FindStringSubmatchIndex(line[start:])
		if m == nil {
			return false
		}
		name, value := line[start+m[2]:start+m[3]], line[start+m[4]:start+m[5]]
		between := strings.Trim(line[start+m[3]:start+m[4]], `"'`)
		spaced := strings.TrimSpace(between) == ""
		if secretName(name) && (!spaced || strings.HasPrefix(name, "--")) && credential(name, value) {
			return true
		}
		if !spaced && pointer(strings.Trim(value, `"'`)) {
			start += m[5]
			continue
		}
		start += m[4]
		if value[0] == '"' || value[0] == '\'' {
			start++
		}
	}
	return false
}

var (
	// words is the end of a name that says that its value opens something.
	words = pattern.Lazy(`(?i)(^|[^a-z])(pass|password|passwd|passphrase|passcode|pwd|secret|secret_?key|secret_?key_?base|secret_?access_?key|` +
		`client_?secret|app_?secret|api_?key|access_?key|private_?key|signing_?key|encryption_?key|master_?key|auth_?key|account_?key|license_?key|` +
		`auth_?token|access_?token|refresh_?token|session_?token|bearer_?token|api_?token|token|credentials?|salt|pepper)(_?\d+|_?base)?$`)
	// camel divides names such as dbPassword.
	camel = pattern.Lazy(`([a-z0-9])([A-Z])`)
	// joined are names that run a program's name and the word together.
	joined = pattern.Lazy(`(?i)^[a-z0-9]*(password|passwd|apikey|secretkey|authtoken)$`)
)

// secretName reports whether what is assigned to a name is a secret by it.
func secretName(name string) bool {
	name = strings.TrimLeft(name, "-")
	plain := strings.NewReplacer("-", "_", ".", "_").Replace(camel().ReplaceAllString(name, "${1}_${2}"))
	return words().MatchString(plain) || joined().MatchString(plain)
}

// leastLength is the shortest value that counts: shorter ones are "none", "yes"
// or a number.
const leastLength = 6

// credential tells a secret from a reference to one and from a word that says
// that there is none.
func credential(name, value string) bool {
	value = strings.Trim(value, `"'`)
	switch {
	case len(value) < leastLength, strings.Contains(value, reference), masked(value), pointer(value):
		return false
	case strings.Trim(value, "0123456789.") == "":
		return passwordName(name) // a number of something else
	case named().MatchString(value) && (selfNamed().MatchString(value) || !passwordName(name)):
		return false
	}
	return true
}

func passwordName(name string) bool {
	name = strings.ToLower(name)
	return strings.Contains(name, "pass") || strings.Contains(name, "pwd")
}

var (
	// path is a file, or a parameter's name.
	path = pattern.Lazy(`^([\w.-]+:)?(~|\.{1,2})?/[A-Za-z0-9_.@+-]+(/[A-Za-z0-9_.@+-]+)*/?$`)
	// scheme is a reference that names where the secret lies.
	scheme = pattern.Lazy(`(?i)^([a-z][a-z0-9+.-]*://|(arn|file|ssm|secretsmanager|asm|vault|env|gcpsm|akv|sops|kms|resolve|ref|secret|data):|` +
		`(alias|projects)/|(process\.env|os\.environ|env)\b[.[(])`)
	// named is a name in lower case, with its words divided: of a secret, a
	// parameter, a file.
	named = pattern.Lazy(`^[a-z]+\d{0,3}([-_./]([a-z]+\d{0,3}|\d{1,4}))+$`)
	// selfNamed is such a name that says itself that it is one.
	selfNamed = pattern.Lazy(`/|(^|[-_.])(password|passwd|pwd|secrets?|tokens?|credentials?|keys?|pass)($|[-_.])|\.(pem|key|crt|txt|json|env|yaml|yml)$`)
	// call is a function of a language that is no shell.
	call = pattern.Lazy(`^[A-Za-z_]+(\.[A-Za-z_]+)*[([]`)
)

// pointer reports whether a value says where the secret is, not what it is.
func pointer(value string) bool {
	opens := strings.ContainsAny(value[:min(1, len(value))], "{[")
	return opens || path().MatchString(value) && !randomLooking(value) ||
		scheme().MatchString(value) || call().MatchString(value)
}

// randomLooking tells a random text that happens to begin with a slash, as
// base64 may, from a path: nobody mixes cases and digits in every part.
func randomLooking(value string) bool {
	return len(value) >= 32 && strings.Count(value, "/") <= 3 && strings.ContainsAny(value, "0123456789") &&
		strings.ToLower(value) != value && strings.ToUpper(value) != value && !strings.ContainsAny(value, "-_.")
}

// placeholders are words that people put where a secret will be, or where
// there is none.
var placeholders = pattern.Lazy(`(?i)^(x+|\*+|\.+|-+|_+|#+|none|null|nil|true|false|yes|no|disabled?|enabled?|required?|optional|empty|unset|default|` +
	`redacted|masked|hidden|todo|tbd|change[-_]?me|replace[-_]?me|insert[-_]?.*[-_]?here|your[-_].*|my[-_]?(password|secret|token)|example|placeholder|dummy|` +
	`prompt|stdin|string|text|random|generate[d]?|auto)$|^\[[^\]]*\]$|^%[a-z_][a-z0-9_]*%$`)

func masked(value string) bool { return placeholders().MatchString(strings.Trim(value, `"'`)) }

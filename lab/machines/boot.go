// Package machines turns instances and groups of them into servers of the lab: what a
// machine runs, it reads from the machine's own first boot, the script that the user
// data fetches, its units and their environment files. So a stage of other programs
// runs as its machines would, and what cannot run here says why.
package machines

import (
	"encoding/base64"
	"errors"
	"fmt"
	"path"
	"regexp"
	"strconv"
	"strings"
)

// Boot is what a machine's script puts onto it: files by path.
type Boot map[string]string

// fetched is the object that a machine's user data fetches and runs.
type fetched struct{ bucket, key string }

var assignment = regexp.MustCompile(`(?m)^(bucket|key)=(\S+)$`)

// userData reads which script user data fetches. It may be in base64, as launch
// templates have it.
func userData(text string) (fetched, error) {
	if plain, err := base64.StdEncoding.DecodeString(text); err == nil {
		text = string(plain)
	}
	var f fetched
	for _, m := range assignment.FindAllStringSubmatch(text, -1) {
		if m[1] == "bucket" {
			f.bucket = m[2]
		} else {
			f.key = m[2]
		}
	}
	if f.bucket == "" || f.key == "" {
		return f, errors.New("its user data is not rung's: it fetches no script that the lab could read")
	}
	return f, nil
}

var put = regexp.MustCompile(`^put (\S+) [0-7]+ <<'(\w+)'$`)

// ReadBoot reads the files that a script writes.
func ReadBoot(script string) Boot {
	files := Boot{}
	lines := strings.Split(script, "\n")
	for i := 0; i < len(lines); i++ {
		m := put.FindStringSubmatch(lines[i])
		if m == nil {
			continue
		}
		var body strings.Builder
		for i++; i < len(lines) && lines[i] != m[2]; i++ {
			body.WriteString(lines[i] + "\n")
		}
		files[m[1]] = body.String()
	}
	return files
}

// unitDir is where systemd's units lie.
const unitDir = "/etc/systemd/system/"

// has reports whether the script adds to a unit that the image has.
func (b Boot) has(unit string) bool { return b[unitDir+unit+".service.d/rung.conf"] != "" }

// service is what a systemd unit says, as much of it as the lab acts on.
type service struct {
	start, setup []string // command lines
	files        []string // environment files
	environment  []string
	stopSeconds  int
}

// program is the unit that runs the machine's program: the one whose program comes
// from elsewhere and not with the script.
func (b Boot) program() (service, bool) {
	for name, text := range b {
		if path.Dir(name)+"/" != unitDir || path.Ext(name) != ".service" {
			continue
		}
		s := readService(text)
		if len(s.start) > 0 && len(s.files) > 0 && b[s.start[0]] == "" {
			return s, true
		}
	}
	return service{}, false
}

func readService(text string) (s service) {
	for _, line := range strings.Split(text, "\n") {
		key, value, _ := strings.Cut(line, "=")
		switch key {
		case "ExecStart":
			s.start = words(value)
		case "ExecStartPre":
			s.setup = words(value)
		case "EnvironmentFile":
			if name, optional := strings.CutPrefix(value, "-"); !optional {
				s.files = append(s.files, name)
			}
		case "Environment":
			s.environment = append(s.environment, unquote(value))
		case "TimeoutStopSec":
			s.stopSeconds, _ = strconv.Atoi(value)
		}
	}
	return s
}

var word = regexp.MustCompile(`"((?:\\.|[^"\\])*)"|\S+`)

// words are the words of a command line as systemd reads them.
func words(line string) (all []string) {
	plain := strings.NewReplacer(`\\`, `\`, `\"`, `"`, "%%", "%", "$$", "$")
	for _, m := range word.FindAllStringSubmatch(line, -1) {
		if strings.HasPrefix(m[0], `"`) {
			all = append(all, plain.Replace(m[1]))
		} else {
			all = append(all, m[0])
		}
	}
	return all
}

// readEnvironment reads an environment file: "NAME=value" or "NAME="value"" a line.
func readEnvironment(text string) (all []string) {
	for _, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		name, value, ok := strings.Cut(line, "=")
		if ok {
			all = append(all, name+"="+unquote(value))
		}
	}
	return all
}

func unquote(text string) string {
	if len(text) >= 2 && text[0] == '"' && text[len(text)-1] == '"' {
		return strings.NewReplacer(`\\`, `\`, `\"`, `"`, "\\`", "`", `\$`, `$`).Replace(text[1 : len(text)-1])
	}
	if len(text) >= 2 && text[0] == '\'' && text[len(text)-1] == '\'' {
		return text[1 : len(text)-1]
	}
	return text
}

// variable is the value of a variable in a list of "NAME=value".
func variable(environment []string, name string) string {
	for _, v := range environment {
		if value, ok := strings.CutPrefix(v, name+"="); ok {
			return value
		}
	}
	return ""
}

// told is what the files of the machine tell its program.
func (b Boot) told() (env []string) {
	service, _ := b.program()
	for _, file := range service.files {
		env = append(env, readEnvironment(b[file])...)
	}
	return env
}

// machineFile is what a fleet's machine knows of itself, serverFile what a single server
// does.
const machineFile, serverFile = "/etc/rung/machine.env", "/etc/rung/server.env"

// artifact is the hash of the program that a machine fetches.
func (b Boot) artifact() (sha256 string, err error) {
	env := readEnvironment(b[machineFile])
	if sum := variable(env, "RUNG_SHA256"); sum != "" {
		return sum, nil
	}
	return "", fmt.Errorf("its image has the program, and the lab has no image")
}

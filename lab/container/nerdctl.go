package container

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Main is nerdctl, as much of it as machines' scripts say, for the machine whose HOME the
// process has. It returns the exit status.
func Main(dir string, words []string) int {
	m := Containers{Dir: dir}.On(os.Getenv("HOME"))
	status, err := m.do(words)
	if err != nil {
		fmt.Fprintf(os.Stderr, "nerdctl of the lab: %v\n", err)
	}
	return status
}

const failed = 125 // as nerdctl's own failures, apart from those of what it runs

func (m Machine) do(words []string) (status int, err error) {
	if len(words) == 0 {
		return failed, errors.New("want run, stop, rm, pull or login")
	}
	verb, rest := words[0], words[1:]
	switch verb {
	case "run":
		asked, err := readRun(rest)
		if err != nil {
			return failed, err
		}
		return m.run(asked)
	case inside:
		return failed, within(os.NewFile(plan, "plan"))
	case "stop":
		return m.stop(rest)
	case "rm":
		_, err := m.end(rest[len(rest)-1:], 0)
		return 0, err
	case "pull":
		if err := m.containers.Fetch(context.Background(), rest[len(rest)-1]); err != nil {
			return failed, err
		}
		return 0, nil
	case "login": // the registry is asked with what `docker login` has kept
		_, err := io.Copy(io.Discard, os.Stdin)
		return 0, err
	}
	return failed, fmt.Errorf("%s: want run, stop, rm, pull or login; the lab runs images without a container engine",
		verb)
}

// asked is what a container is to be.
type asked struct {
	Name, Image string
	Words       []string // in place of the image's own, after its entry point
	Variables   []string // names of those that are handed on
	Mounts      []mount
}

// mount is a file or folder of the machine that the container sees in the same place.
type mount struct {
	Path     string
	ReadOnly bool
}

// valued are the flags of run that have a value, of which the lab heeds some.
var valued = map[string]bool{"--name": true, "--net": true, "--user": true, "--security-opt": true,
	"--cap-drop": true, "-e": true, "-v": true}

func readRun(words []string) (a asked, err error) {
	for len(words) > 0 && strings.HasPrefix(words[0], "-") {
		flag := words[0]
		words = words[1:]
		if !valued[flag] {
			if flag != "--rm" {
				return a, fmt.Errorf("run: the lab does not know %s", flag)
			}
			continue
		}
		if len(words) == 0 {
			return a, fmt.Errorf("run: %s has no value", flag)
		}
		a.take(flag, words[0])
		words = words[1:]
	}
	if len(words) == 0 || a.Name == "" {
		return a, errors.New("run: want --name NAME and an image")
	}
	a.Image, a.Words = words[0], words[1:]
	return a, nil
}

func (a *asked) take(flag, value string) {
	switch flag {
	case "--name":
		a.Name = value
	case "-e":
		a.Variables = append(a.Variables, value)
	case "-v":
		path, rest, _ := strings.Cut(value, ":")
		a.Mounts = append(a.Mounts, mount{Path: path, ReadOnly: strings.HasSuffix(rest, ":ro")})
	}
}

// stop is "stop --time SECONDS NAME".
func (m Machine) stop(words []string) (int, error) {
	const defaultSeconds, shape = 10, 3
	seconds := defaultSeconds
	if len(words) == shape && words[0] == "--time" {
		n, err := strconv.Atoi(words[1])
		if err != nil {
			return failed, fmt.Errorf("stop: --time %s: want seconds", words[1])
		}
		seconds, words = n, words[2:]
	}
	return m.end(words, time.Duration(seconds)*time.Second)
}

// end ends a container: by SIGTERM where it is given time, and else at once.
func (m Machine) end(names []string, patience time.Duration) (int, error) {
	id, err := m.Running(names...)
	if err != nil {
		return 1, nil //nolint:nilerr // one that does not run has ended
	}
	first := syscall.SIGTERM
	if patience == 0 {
		first = syscall.SIGKILL
	}
	if err := id.End(first, patience); err != nil {
		return failed, fmt.Errorf("end the container %s: %w", names[0], err)
	}
	return 0, nil
}

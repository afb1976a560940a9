package manifest

import "slices"

// Runtime is what runs an app's files, as Amazon Linux 2023 packages it. The
// major version is in the packages' names; the rest is what the machine image's
// repository has, which Amazon Linux locks to the image.
type Runtime struct {
	// Name is what the file says, "nodejs@22" say.
	Name string
	// Packages are dnf's.
	Packages []string
	// Programs are what is found under its usual name, "node" say, and where it lies.
	Programs map[string]string
}

// runtimes are the packages of Amazon Linux 2023; see its user guide, "Programming
// languages and runtimes".
var runtimes = []Runtime{
	node("20"), node("22"), node("24"),
	python("3.11"), python("3.12"), python("3.13"),
	ruby("3.2"), ruby("3.4"),
	java("17"), java("21"),
}

func node(v string) Runtime {
	packages := []string{"nodejs" + v, "nodejs" + v + "-npm"}
	return Runtime{Name: "nodejs@" + v, Packages: packages, Programs: map[string]string{
		"node": "/usr/bin/node-" + v, "npm": "/usr/bin/npm-" + v, "npx": "/usr/bin/npx-" + v,
	}}
}

func python(v string) Runtime {
	p := "/usr/bin/python" + v
	packages := []string{"python" + v, "python" + v + "-pip"}
	return Runtime{Name: "python@" + v, Packages: packages, Programs: map[string]string{
		"python": p, "python3": p, "pip": "/usr/bin/pip" + v, "pip3": "/usr/bin/pip" + v,
	}}
}

func ruby(v string) Runtime {
	packages := []string{"ruby" + v, "ruby" + v + "-rubygem-bundler"}
	return Runtime{Name: "ruby@" + v, Packages: packages, Programs: map[string]string{
		"ruby": "/usr/bin/ruby" + v, "bundle": "/usr/bin/bundle" + v, "gem": "/usr/bin/gem" + v,
	}}
}

func java(v string) Runtime {
	packages := []string{"java-" + v + "-amazon-corretto-headless"}
	return Runtime{Name: "java@" + v, Packages: packages, Programs: map[string]string{
		"java": "/usr/lib/jvm/java-" + v + "-amazon-corretto/bin/java",
	}}
}

// Runtimes are the names of all runtimes.
func Runtimes() []string {
	names := make([]string, len(runtimes))
	for i, r := range runtimes {
		names[i] = r.Name
	}
	return names
}

// RuntimeOf is the runtime of that name; false for none.
func RuntimeOf(name string) (Runtime, bool) {
	i := slices.IndexFunc(runtimes, func(r Runtime) bool { return r.Name == name })
	if i < 0 {
		return Runtime{}, false
	}
	return runtimes[i], true
}

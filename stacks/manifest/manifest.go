// Package manifest reads rung.yaml: what somebody's own app is, how it is
// started, what it reads and what it needs, as one typed value.
//
// The same schema is the value of rung:app in a stack's configuration; JSON is
// YAML, so there is one reader. It is strict: an unknown key, a wrong value and a
// contradiction are reported together, each with its key, its value and what is
// allowed. Reading runs nothing and follows no link: a file comes from its author
// only, or is refused. The package creates nothing and costs nothing.
package manifest

import (
	"cmp"
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
)

// FileName is what the file is called, beside the app.
const FileName = "rung.yaml"

const (
	// DefaultName is what an app is called that has no name.
	DefaultName = "app"
	// DefaultPort is where an app serves that says nothing else.
	DefaultPort = 8080
	// DefaultHealth is the path that a load balancer asks.
	DefaultHealth = "/health"
	// DefaultStopSeconds is enough to finish the requests that are being answered.
	DefaultStopSeconds = 30
	// DefaultBootSeconds is how long the app may take to answer on a new machine;
	// packages that are installed there take their time.
	DefaultBootSeconds = 180
)

// App is somebody's app. Exactly one of Binary, Directory and Image is set.
type App struct {
	// Name is the app's; empty means DefaultName.
	Name string `json:"name,omitempty"`
	// Binary is the path of a program for Linux on the machines' processors.
	Binary string `json:"binary,omitempty"`
	// Directory is a folder with the app's files, for a Runtime or with programs of
	// its own.
	Directory string `json:"directory,omitempty"`
	// Runtime is what runs the files, one of Runtimes; empty for none.
	Runtime string `json:"runtime,omitempty"`
	// Install is what runs in the directory on each machine before the app is
	// started there for the first time, "npm ci" say; zero for nothing.
	Install *Command `json:"install,omitempty"`
	// Image is an OCI image with its digest.
	Image string `json:"image,omitempty"`

	// Port is where the app serves HTTP, and the value of PORT; zero means DefaultPort.
	Port int `json:"port,omitempty"`
	// Health answers 200 while the app can serve; empty means DefaultHealth.
	Health string `json:"health,omitempty"`
	// StopSeconds is how long it may take to end after SIGTERM, BootSeconds how long
	// a machine may take until it answers; zero means the defaults.
	StopSeconds int `json:"stopSeconds,omitempty"`
	BootSeconds int `json:"bootSeconds,omitempty"`

	// Commands are what is started.
	Commands Commands `json:"commands,omitzero"`
	// Schedule is what is started at set times.
	Schedule []Job `json:"schedule,omitempty"`
	// Services are parts with machines of their own, from stage 4 on.
	Services []Service `json:"services,omitempty"`
	// Environment is what the app reads besides what rung hands over.
	Environment map[string]string `json:"environment,omitempty"`
	// Secrets are variables whose values machines fetch, by name.
	Secrets map[string]Secret `json:"secrets,omitempty"`
	// Static is a folder whose files the CDN serves below /static/ and keeps for a
	// year; empty for none.
	Static string `json:"static,omitempty"`
	// Needs are what is handed over.
	Needs []Need `json:"needs,omitempty"`
}

// Commands are what is started in each role; zero is not started, except for Web,
// which a Binary and an Image have of themselves.
type Commands struct {
	// Web serves at Port, Worker works on the queue.
	Web    *Command `json:"web,omitempty"`
	Worker *Command `json:"worker,omitempty"`
	// Release runs once for each release, before it gets traffic.
	Release *Command `json:"release,omitempty"`
}

// Command is a command line: a Line that bash reads, or Words that nobody does.
type Command struct {
	Line  string
	Words []string
}

// MarshalJSON writes a command as the file has it: a text or a list.
func (c Command) MarshalJSON() ([]byte, error) {
	if len(c.Words) > 0 {
		return json.Marshal(c.Words)
	}
	return json.Marshal(c.Line)
}

// Argv is the command line word for word.
func (c Command) Argv() []string {
	if len(c.Words) > 0 {
		return c.Words
	}
	return []string{"/bin/bash", "-c", c.Line}
}

// Job is a command that is started at set times.
type Job struct {
	// Name tells jobs apart.
	Name string `json:"name"`
	// At is a time as systemd's calendar has it, in UTC: "*-*-* 06:00" say.
	At string `json:"at"`
	// Command is what is started.
	Command Command `json:"command"`
}

// Need is something that rung has and hands over as environment variables.
type Need string

// The needs, and the variables of each: see Variables.
const (
	Database Need = "database"
	Cache    Need = "cache"
	Queue    Need = "queue"
	Uploads  Need = "uploads"
)

// Needs are all that an app may need.
func Needs() []Need { return []Need{Database, Cache, Queue, Uploads} }

// Has reports whether the app needs it.
func (a App) Has(n Need) bool { return slices.Contains(a.Needs, n) }

// WithDefaults is the app with what was left out.
func (a App) WithDefaults() App {
	a.Name = cmp.Or(a.Name, DefaultName)
	a.Port = cmp.Or(a.Port, DefaultPort)
	a.Health = cmp.Or(a.Health, DefaultHealth)
	a.StopSeconds = cmp.Or(a.StopSeconds, DefaultStopSeconds)
	a.BootSeconds = cmp.Or(a.BootSeconds, DefaultBootSeconds)
	return a
}

// JSON is the app in the schema that Parse reads, for a stack's configuration.
func (a App) JSON() (string, error) {
	text, err := json.Marshal(a)
	return string(text), err
}

// Below is the app with its paths taken from dir.
func (a App) Below(dir string) App {
	for _, p := range []*string{&a.Binary, &a.Directory, &a.Static} {
		if *p != "" {
			*p = filepath.Join(dir, *p)
		}
	}
	return a
}

// Registry is the host that an image comes from; empty for no image.
func (a App) Registry() string {
	host, _, _ := strings.Cut(a.Image, "/")
	return host
}

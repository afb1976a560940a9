// Package program says what runs on machines, whoever wrote it: which binary
// they fetch or which one their image has, how it is started and stopped, where
// it serves, and what it tells of itself. A fleet and a server take the same
// value.
//
// A Go service in a bucket is three fields,
//
//	program.Spec{Artifact: &artifact, Port: 8080, HealthPath: "/healthz"}
//
// a program of the image is its command line,
//
//	program.Spec{Command: []string{"/usr/bin/java", "-jar", "/srv/shop.jar"}, Port: 9000}
//
// and an image that starts everything itself needs neither. The package creates
// nothing and costs nothing.
package program

import (
	"cmp"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/alarms"
	"github.com/rung-dev/rung/components/part"
)

const (
	// DefaultBootSeconds is how long a small machine takes from its launch until a
	// program of some megabytes answers.
	DefaultBootSeconds = 120
	// DefaultStopSeconds is enough to finish requests that are being answered.
	DefaultStopSeconds = 30
	// DatabaseCAPath is where machines put the certificates by which RDS is known.
	DatabaseCAPath = "/etc/rung/rds-ca.pem"
	// EnvironmentPath is where a fleet's machines keep Environment, in the form
	// that systemd reads: for the units of an image that starts its program itself,
	// which come after cloud-final.service.
	EnvironmentPath = "/etc/rung/app.env"
)

// Spec is what runs on machines. Its zero value is an image that starts its own
// program, of which nobody outside knows anything.
type Spec struct {
	// Name is what the program is called in units and messages, "web" say. Empty
	// means the component's name.
	Name string
	// Artifact is the binary that machines fetch, hold to its hash and start. Nil
	// means that the image has the program.
	Artifact *part.Artifact
	// Command is, with an Artifact, its arguments; without, the command line of a
	// program of the image, an absolute path first. Empty without an Artifact means
	// that the image starts its program itself. Each word reaches the program as it
	// is written here; no shell reads it.
	Command []string
	// Setup is what runs to its end before each start, as the same user and in the
	// same environment, written as Command is: []string{"migrate"} say. Machines
	// that start together run it together, so it must take a lock. Empty is nothing.
	Setup []string
	// Environment is what the program reads.
	Environment []part.Variable
	// Secrets are variables whose values machines fetch before each start and keep in
	// memory alone. They come after Environment, and win. Whoever may read them says
	// so in the component's permissions.
	Secrets []Secret

	// Installs says that the artifact sets itself up: once it is fetched, it is run
	// as root with the words "install" and the user as whom the program will run.
	// Such a program is given its secrets whether it has some yet or not.
	Installs bool
	// Contains says that the program runs containers, for which it has root's
	// rights; what is in them has the user's.
	Contains bool

	// Port is the TCP port at which it serves. Zero serves nobody: what is asked
	// for by clients or a load balancer needs one.
	Port int
	// HealthPath answers 200 over HTTP at Port while it can serve: "/health" say.
	// Empty means that an open port is health enough.
	HealthPath string

	// BootSeconds is how long a machine takes from its launch until the program
	// serves. Zero means DefaultBootSeconds. 10 to 3,600.
	BootSeconds int
	// StopSeconds is how long it may take to end after SIGTERM; then it is cut off.
	// Zero means DefaultStopSeconds. 1 to 3,600, and on spot at most MaxSpotSeconds.
	StopSeconds int
	// FinishesWork holds the end of a machine back until the program has ended: for
	// workers, whose work no load balancer drains. Such machines also stop at AWS's
	// advice to rebalance, which comes before it takes a spot instance back.
	FinishesWork bool

	// DatabaseCA fetches the certificates by which RDS and Aurora are known to
	// DatabaseCAPath before the program starts; where they cannot be had it does not.
	DatabaseCA bool
	// Metrics are what the program tells of itself. Nil is nothing.
	Metrics *Metrics
}

// Secret is a variable whose value lies in Secrets Manager or SSM.
type Secret struct {
	// Name is the variable's.
	Name string
	// ID is the secret's name or ARN, or the name of a parameter where Parameter is
	// true.
	ID        pulumi.StringInput
	Parameter bool
	// Field is the key of a secret that is a JSON object; empty takes all of it.
	Field string
	// Form is a text around the value, with {KEY} for the keys of a secret that is a
	// JSON object and {} for one that is not, each as a URL has it:
	// "postgres://{username}:{password}@db:5432/app" say. Nil is the value itself.
	Form pulumi.StringInput
}

// MaxSpotSeconds is what of AWS's notice of two minutes is left to a program on a
// spot instance.
const MaxSpotSeconds = 110

// Metrics are what a program serves in Prometheus' format and which of it becomes
// metrics in CloudWatch, for $0.30 a month each (us-east-1). Equal machines add up
// in one: its dimensions are the stack and the component.
type Metrics struct {
	// Port and Path are where the agent on the same machine asks.
	Port int
	Path string
	// ListenVariable names the environment variable that tells the program to serve
	// its metrics to its own machine alone: its value is 127.0.0.1:Port, unless
	// Environment says otherwise. Empty tells it nothing.
	ListenVariable string
	// Names are the metrics that are sent; all others are dropped.
	Names []string
	// Alarms watch them and Widgets draw them. Their namespace and dimensions are
	// filled in.
	Alarms  []alarms.Alarm
	Widgets []part.Widget
	// Requests is the one of Names that counts all requests; empty for none.
	Requests string
}

// WithDefaults is the program with what was left out, for a component of that name.
func (s Spec) WithDefaults(component string) Spec {
	s.Name = cmp.Or(s.Name, component)
	s.BootSeconds = cmp.Or(s.BootSeconds, DefaultBootSeconds)
	s.StopSeconds = cmp.Or(s.StopSeconds, DefaultStopSeconds)
	return s
}

// Runs reports whether rung starts the program; else its image does.
func (s Spec) Runs() bool { return s.Artifact != nil || len(s.Command) > 0 }

// Sealed reports whether machines fetch variables of the program.
func (s Spec) Sealed() bool { return s.Installs || len(s.Secrets) > 0 }

// Serves reports whether the program can be connected to.
func (s Spec) Serves() bool { return s.Port != 0 }

// CommandLine is what starts the program, and SetupLine what runs before, where
// the artifact lies at path; empty for nothing.
func (s Spec) CommandLine(path string) []string { return s.line(path, s.Command, s.Artifact != nil) }

// SetupLine is what runs before the program; see CommandLine.
func (s Spec) SetupLine(path string) []string { return s.line(path, s.Setup, len(s.Setup) > 0) }

func (s Spec) line(path string, words []string, wanted bool) []string {
	if s.Artifact != nil && wanted {
		return append([]string{path}, words...)
	}
	return words
}

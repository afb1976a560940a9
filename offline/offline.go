// Package offline is the cloud in a file: AWS, Cloudflare and random simulated
// as ordinary Pulumi provider plugins, so that the real Pulumi engine previews,
// updates, refreshes and destroys with no account and no network.
//
// rung's engine makes one provider per provider instance in its own process ([Server]);
// Pulumi's CLI starts a process for each. All share the state file that
// RUNG_OFFLINE_STATE names. It costs nothing, answers at once, and refuses
// what the real cloud would refuse, with the same error codes. What it does not
// simulate it says so; see README.md for how to add a type.
package offline

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"github.com/rung-dev/rung/offline/aws"
	"github.com/rung-dev/rung/offline/cloudflare"
	"github.com/rung-dev/rung/offline/random"
	"github.com/rung-dev/rung/offline/sim"
)

const (
	// StateEnv names the environment variable with the path of the state file.
	StateEnv = "RUNG_OFFLINE_STATE"
	// FaultsEnv names the environment variable with faults to inject, empty for
	// none; see [sim.Faults] for the language.
	FaultsEnv = "RUNG_OFFLINE_FAULTS"
	// TypesEnv names the environment variable with the machine types, classes and
	// node types that the accounts have although the tables do not know them.
	TypesEnv = aws.TypesEnv
	// UnknownEnv names the environment variable that says what becomes of types that are
	// not simulated: [Refuse], which is meant where it is empty, or [Accept].
	UnknownEnv = "RUNG_OFFLINE_UNKNOWN"
	// ProvidersEnv names the environment variable that asks, by [Processes], for a process
	// for each provider, as real ones are, in place of providers in the engine's process.
	ProvidersEnv = "RUNG_OFFLINE_PROVIDERS"
	Processes    = "processes"
	// PluginPrefix starts the name of every provider executable.
	PluginPrefix = "pulumi-resource-"
)

// patience is how long a delete waits for its dependants to go. The real provider
// waits for minutes; here they go within milliseconds, or not at all.
const patience = 3 * time.Second

// Providers lists the packages that are simulated. An executable under each name
// after [PluginPrefix] serves it through [Main].
func Providers() []string { return []string{"aws", "cloudflare", "random"} }

// Main serves the provider that an executable's name asks for, such as
// "pulumi-resource-aws", until the engine ends it. args are the arguments after
// the program name, of which the engine gives its own address. It returns the
// process's exit status.
func Main(argv0base string, args []string) int {
	// The engine is told to collect its garbage less often; there is one of it, and
	// one provider for each region.
	debug.SetGCPercent(100)
	return run(argv0base, args, os.Getenv, os.Stdout, os.Stderr)
}

func run(argv0base string, args []string, env func(string) string, stdout, stderr io.Writer) int {
	name := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(argv0base), PluginPrefix), ".exe")
	provider, err := configured(name, env)
	if err == nil {
		err = serve(provider, args, stdout, env(UnknownEnv) == Accept)
	}
	if err != nil {
		fmt.Fprintf(stderr, "serve the offline %s provider: %v\n", name, err)
		return 1
	}
	return 0
}

// InProcesses reports whether the variables ask for a process for each provider: by
// [ProvidersEnv], or by a fault that ends the process of what it strikes.
func InProcesses(env func(string) string) bool {
	faults, err := sim.ParseFaults(env(FaultsEnv))
	return env(ProvidersEnv) == Processes || err == nil && faults.Deadly()
}

// Server is the provider of a package that the engine may have in its own process,
// as a process under its name with those variables would be, unless [InProcesses].
func Server(name string, env func(string) string) (pulumirpc.ResourceProviderServer, error) {
	provider, err := configured(name, env)
	if err != nil {
		return nil, err
	}
	return plugin.NewProviderServer(provider), nil
}

// configured is the provider that the variables of a process ask for.
func configured(name string, env func(string) string) (*sim.Provider, error) {
	provider, err := New(name, env(StateEnv), env(FaultsEnv))
	if err != nil {
		return nil, err
	}
	if err := markDelegated(env(StateEnv), env(DelegatedEnv)); err != nil {
		return nil, err
	}
	if err := checkUnknown(env(UnknownEnv)); err != nil {
		return nil, err
	}
	if env(UnknownEnv) == Accept {
		provider.Accept(func(string, string) {}) // who serves it tells the engine
	}
	provider.Environment(env)
	return provider, limit(provider, env(QuotasEnv))
}

// limit sets the quotas of the environment.
func limit(provider *sim.Provider, text string) error {
	quotas, err := ParseQuotas(text)
	provider.Limit(quotas)
	return err
}

// New makes the provider of a package ("aws", "cloudflare" or "random") on a
// state file, with faults in the language of [sim.Faults] (empty for none).
func New(name, stateFile, faults string) (*sim.Provider, error) {
	pkg, err := simulated(name)
	if err != nil {
		return nil, err
	}
	var problems []error
	if stateFile == "" {
		problems = append(problems, errors.New(StateEnv+" is not set: it must name the state file of the offline cloud"))
	}
	parsed, err := sim.ParseFaults(faults)
	if err != nil {
		problems = append(problems, fmt.Errorf("%s: %w", FaultsEnv, err))
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	return sim.NewProvider(pkg, storeOf(stateFile), parsed, patience), nil
}

func simulated(name string) (*sim.Package, error) {
	switch name {
	case "aws":
		return aws.Package()
	case "cloudflare":
		return cloudflare.Package()
	case "random":
		return random.Package()
	}
	return nil, fmt.Errorf("no provider %q is simulated, want one of %v", name, Providers())
}

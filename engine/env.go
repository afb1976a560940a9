package engine

import (
	"os"
	"strconv"
	"strings"

	"github.com/rung-dev/rung/outside/place"
)

// OfflinePassphrase encrypts secrets of offline stacks. It protects nothing: the
// offline cloud holds no real secret, and a fixed one needs no setup.
const OfflinePassphrase = "rung-offline"

// StateVariable tells an offline plugin where its accounts are.
const StateVariable = "RUNG_OFFLINE_STATE"

// An offline cloud answers at once, so that steps mostly wait for the state to be
// saved: more of them at a time share one save. Serializing the state makes garbage
// in megabytes; collecting it less often takes memory and gives time: at 200 all
// processes of a rung 6 with 2,000 resources stay under 1 GB, at 400 they do not.
// On an account the engine's own settings stand.
const (
	offlineParallel = 32
	offlineGOGC     = 200 // percent
)

// leaky are the beginnings of variables that would make an offline run depend on,
// or touch, an account of the user.
var leaky = []string{"AWS_", "PULUMI_", "CLOUDFLARE_", StateVariable}

// environment is what the CLI runs with.
func (s *Stack) environment() []string {
	if s.opts.Cloud == AWS {
		return append(os.Environ(), append(plainGit(), "PULUMI_SKIP_UPDATE_CHECK=true", "PULUMI_AUTOMATION_API=true",
			"PATH="+place.SearchPath(os.Getenv("PATH")))...)
	}
	env := append(without(os.Environ(), append(leaky, "PATH=")),
		"PATH="+s.paths.plugins, // it needs no other program, and git or hg would obey what a repository around it says
		"PULUMI_BACKEND_URL=file://"+s.paths.state+"?metadata=skip",
		"PULUMI_CONFIG_PASSPHRASE="+OfflinePassphrase,
		"PULUMI_HOME="+s.paths.home,
		"PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION=true",
		"PULUMI_SKIP_UPDATE_CHECK=true",
		"PULUMI_SUPPRESS_NEO_LINK=true",
		"PULUMI_AUTOMATION_API=true",
		StateVariable+"="+s.paths.cloud,
		"PULUMI_PARALLEL="+strconv.Itoa(offlineParallel),
		"GOGC="+strconv.Itoa(offlineGOGC),
	)
	if s.paths.scratch {
		// Not saving in the middle of a run is experimental in Pulumi; a stack
		// that is thrown away has nothing to lose.
		env = append(env, "PULUMI_EXPERIMENTAL=true", "PULUMI_SKIP_CHECKPOINTS=true", "PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS=true")
	}
	return env
}

// plainGit keeps a repository around the stack from naming programs that git
// would run: the CLI asks git which commit a stack is deployed from. Whoever sets
// such variables of their own keeps them.
func plainGit() []string {
	if os.Getenv("GIT_CONFIG_COUNT") != "" {
		return nil
	}
	return []string{
		"GIT_CONFIG_COUNT=2",
		"GIT_CONFIG_KEY_0=core.fsmonitor", "GIT_CONFIG_VALUE_0=false",
		"GIT_CONFIG_KEY_1=core.hooksPath", "GIT_CONFIG_VALUE_1=" + os.DevNull,
	}
}

func without(env, prefixes []string) []string {
	var out []string
	for _, e := range env {
		if !hasAnyPrefix(e, prefixes) {
			out = append(out, e)
		}
	}
	return out
}

func hasAnyPrefix(s string, prefixes []string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}

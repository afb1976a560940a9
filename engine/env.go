package engine

import (
	"os"
	"strconv"
	"strings"
)

// offlinePassphrase encrypts secrets of offline stacks. It protects nothing: the
// offline cloud holds no real secret, and a fixed one needs no setup.
const offlinePassphrase = "rung-offline"

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
		return append(os.Environ(), "PULUMI_SKIP_UPDATE_CHECK=true", "PULUMI_AUTOMATION_API=true")
	}
	env := append(without(os.Environ(), append(leaky, "PATH=")),
		"PATH="+s.paths.plugins+string(os.PathListSeparator)+os.Getenv("PATH"),
		"PULUMI_BACKEND_URL=file://"+s.paths.state+"?metadata=skip",
		"PULUMI_CONFIG_PASSPHRASE="+offlinePassphrase,
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

package engine

import (
	"os"
	"strings"

	"github.com/rung-dev/rung/engine/inprocess"
	"github.com/rung-dev/rung/outside/place"
)

// OfflinePassphrase encrypts secrets of offline stacks. It protects nothing: the
// offline cloud holds no real secret, and a fixed one needs no setup.
const OfflinePassphrase = inprocess.Passphrase

// StateVariable tells an offline plugin where its accounts are.
const StateVariable = "RUNG_OFFLINE_STATE"

// offlineParallel is how many steps the offline cloud does at a time: it answers at
// once, so that steps mostly wait for their notes to be written, and those that wait
// together share one write. On an account the engine's own number stands.
const offlineParallel = 32

// leaky are the beginnings of variables that would make an offline run depend on,
// or touch, an account of the user.
var leaky = []string{"AWS_", "PULUMI_", "CLOUDFLARE_", StateVariable}

// environment is what a CLI runs with: the user's, since the account is.
func environment() []string {
	return append(os.Environ(), append(plainGit(), "PULUMI_SKIP_UPDATE_CHECK=true", "PULUMI_AUTOMATION_API=true",
		"PATH="+place.SearchPath(os.Getenv("PATH")))...)
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

func hasAnyPrefix(s string, prefixes []string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}

package inprocess

import (
	"os"
	"strings"
	"sync"
)

// quiet is what the engine needs of the environment: a home of its own, no
// downloads.
var quiet = struct {
	sync.Mutex
	runs int
	// taken are the variables to give back, as "KEY=VALUE".
	taken []string
}{}

const (
	homeVariable       = "PULUMI_HOME"
	noDownloads        = "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"
	noDownloadsEnabled = "true"
)

// hide takes variables out of the process while an engine runs in it, because the
// engine and the plugins it starts read them, and returns what gives them back.
// Runs at the same time share one absence.
func hide(prefixes []string, home string) (giveBack func()) {
	quiet.Lock()
	defer quiet.Unlock()
	if quiet.runs++; quiet.runs == 1 {
		take(prefixes)
		_ = os.Setenv(homeVariable, home) // fails only for a name that is none
		_ = os.Setenv(noDownloads, noDownloadsEnabled)
	}
	return func() {
		quiet.Lock()
		defer quiet.Unlock()
		if quiet.runs--; quiet.runs == 0 {
			putBack()
		}
	}
}

func take(prefixes []string) {
	for _, entry := range os.Environ() {
		for _, p := range prefixes {
			if strings.HasPrefix(entry, p) {
				quiet.taken = append(quiet.taken, entry)
				name, _, _ := strings.Cut(entry, "=")
				_ = os.Unsetenv(name) // as above
				break
			}
		}
	}
}

func putBack() {
	_ = os.Unsetenv(homeVariable)
	_ = os.Unsetenv(noDownloads)
	for _, entry := range quiet.taken {
		name, value, _ := strings.Cut(entry, "=")
		_ = os.Setenv(name, value)
	}
	quiet.taken = nil
}

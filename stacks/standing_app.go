package stacks

import (
	"cmp"
	"fmt"
	"regexp"
	"strconv"

	"github.com/rung-dev/rung/stacks/config"
)

// What the one server asks its program at was written when it was set up; see
// settings.env of the component.
var (
	askedPort   = regexp.MustCompile(`(?m)^RUNG_PORT='(\d+)'$`)
	askedHealth = regexp.MustCompile(`(?m)^RUNG_HEALTH='(.*)'$`)
)

// askedAt is what the script that sets up the server says; empty where it says nothing.
func askedAt(setting *regexp.Regexp, has map[string]any) string {
	script, _ := has["content"].(string)
	if m := setting.FindStringSubmatch(script); m != nil {
		return m[1]
	}
	return ""
}

// keepsPort: a release that serves elsewhere would be undone by the server itself, with
// the site away until then.
func keepsPort(cfg config.Config, _ string, _, has map[string]any) string {
	was := askedAt(askedPort, has)
	if cfg.App == nil || !cfg.HasServer() || was == "" {
		return ""
	}
	wanted := strconv.Itoa(cfg.App.WithDefaults().Port)
	if was == wanted {
		return ""
	}
	return fmt.Sprintf("the server was set up for an app at port %s, and would undo a release that serves at %s: want "+
		"port: %s (the app finds it in PORT); machines of stage 3 and up take another, once the server is handed over",
		was, wanted, was)
}

// keepsHealth: an app that still answers the path of before may be released.
func keepsHealth(cfg config.Config, _ string, _, has map[string]any) string {
	was := askedAt(askedHealth, has)
	if cfg.App == nil || !cfg.HasServer() || was == "" || was == cfg.App.WithDefaults().Health {
		return ""
	}
	return fmt.Sprintf("health: server goes on asking at %s, with which it was set up, and undoes a release that does "+
		"not answer 200 there: answer both (%s too), or keep it; machines of stage 3 and up ask at the new one",
		cmp.Or(was, "/"), cfg.App.WithDefaults().Health)
}

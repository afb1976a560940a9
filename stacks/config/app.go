package config

import (
	"errors"

	"github.com/rung-dev/rung/stacks/manifest"
)

// described reads a description of somebody's app. A folder is read by the
// command, before the configuration is.
func described(put func(*Config, *manifest.App)) setter {
	return setter{typ: "object", allowed: "a description as in " + manifest.FileName, set: func(c *Config,
		v string) error {
		app, err := manifest.Parse([]byte(v))
		if err != nil {
			return err
		}
		put(c, &app)
		return nil
	}}
}

// problems are what a setter answered, each under its own key.
func (k Key) problems(value string, err error) Problems {
	var inside manifest.Problems
	if !errors.As(err, &inside) {
		return Problems{{k.Name, value, err.Error()}}
	}
	var all Problems
	for _, p := range inside {
		key := k.Name + "." + p.Key
		if p.Key == "" || p.Key == manifest.WholeFile {
			key = k.Name
		}
		all = append(all, Problem{key, p.Value, p.Want})
	}
	return all
}

// checkApp is about somebody's own app.
func checkApp(c Config, add report) {
	if c.App == nil {
		return
	}
	if c.Artifact != "" {
		add("artifact", "contradicts the app of rung:app or "+manifest.FileName+": want one of them")
	}
}

// yourDefaults are those that differ where the app is somebody's: one that does not say
// so spreads nothing over several databases.
func (c *Config) yourDefaults(values map[string]string) {
	if _, given := values["database.shards"]; c.App != nil && !given {
		c.Database.Shards = 1
	}
}

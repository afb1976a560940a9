package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/rung-dev/rung/preview/view"
	"github.com/rung-dev/rung/stacks/config"
)

func (a *app) configCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "config",
		Short: "List every key of the configuration with its type, default, allowed values and meaning",
		Args:  cobra.NoArgs,
		RunE: a.runs(func(context.Context, []string) error {
			return a.show(view.Keys(keys()))
		}),
	}
}

// keys is the table of keys as it is shown.
func keys() []view.Key {
	var out []view.Key
	for _, k := range config.Keys() {
		out = append(out, view.Key{
			Name: config.Namespace + ":" + k.Name, Type: k.Type, Default: k.DefaultText(),
			Allowed: k.Allowed, Meaning: k.Meaning, Change: k.Change.Text(),
		})
	}
	return out
}

package main

import (
	"context"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/rung-dev/rung/preview/view"
	"github.com/rung-dev/rung/stacks/config"
	"github.com/rung-dev/rung/stacks/ladder"
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
			Value: valueOf(k),
		})
	}
	return out
}

// valueOf is what a key takes, as data.
func valueOf(k config.Key) *view.Value {
	v := &view.Value{Kind: k.Form.Kind, Choices: k.Form.Choices, Minimum: k.Form.Minimum, Maximum: k.Form.Maximum,
		Defaults: map[string]any{}}
	for n := ladder.First; n <= config.Built; n++ {
		if value := k.Form.Value(k.Default(n)); value != nil {
			v.Defaults[strconv.Itoa(int(n))] = value
		}
	}
	return v
}

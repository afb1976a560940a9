package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rung-dev/rung/engine"
	"github.com/rung-dev/rung/stacks/config"
)

// complete tells the shell which values the flags of all commands take.
func complete(root *cobra.Command) {
	var clouds []string
	for _, c := range engine.Clouds() {
		clouds = append(clouds, string(c))
	}
	for flag, values := range map[string]func(begun string) []string{
		"cloud":  func(string) []string { return clouds },
		"format": func(string) []string { return formats() },
		"set":    keyChoices,
	} {
		// It fails only for a flag that is not there, and then the test of it does.
		_ = root.RegisterFlagCompletionFunc(flag, func(_ *cobra.Command, _ []string, begun string) ([]string,
			cobra.ShellCompDirective) {
			return startingWith(values(begun), begun), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
		})
	}
	_ = root.MarkPersistentFlagDirname("dir")
	_ = root.MarkPersistentFlagFilename("output", "html", "json", "md", "txt")
}

// keyChoices are the keys with their equals sign, and once a key is written its values.
func keyChoices(begun string) (out []string) {
	for _, k := range config.Keys() {
		choices := k.Form.Choices
		if k.Form.Kind == "boolean" {
			choices = []string{"true", "false"}
		}
		out = append(out, k.Name+"=")
		if strings.HasPrefix(begun, k.Name+"=") {
			out = slices.Delete(out, len(out)-1, len(out))
			for _, v := range choices {
				out = append(out, k.Name+"="+v)
			}
		}
	}
	return out
}

func startingWith(values []string, begun string) []string {
	return slices.DeleteFunc(slices.Clone(values), func(v string) bool { return !strings.HasPrefix(v, begun) })
}

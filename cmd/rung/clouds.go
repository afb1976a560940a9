package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rung-dev/rung/engine"
)

// The annotations of a command that is not for every cloud.
const (
	cloudsNote = "rung/clouds"
	whereNote  = "rung/where"
)

// only marks a command, with all below it, as one that goes to these clouds alone
// whatever --cloud says, or to none of them: another one is refused in place of being
// left out without a word. where says where it goes.
func only(c *cobra.Command, where string, clouds ...engine.Cloud) *cobra.Command {
	names := make([]string, len(clouds))
	for i, cloud := range clouds {
		names[i] = string(cloud)
	}
	if c.Annotations == nil {
		c.Annotations = map[string]string{}
	}
	c.Annotations[cloudsNote], c.Annotations[whereNote] = strings.Join(names, ","), where
	return c
}

// checkCloud refuses a cloud that was asked for and that the command does not go to.
func checkCloud(c *cobra.Command) error {
	asked := c.Flag("cloud")
	if asked == nil || !asked.Changed {
		return nil
	}
	cloud := asked.Value.String()
	if _, err := engine.ParseCloud(cloud); err != nil {
		return nil // which is said of every command
	}
	for at := c; at != nil; at = at.Parent() {
		where, marked := at.Annotations[whereNote]
		if !marked {
			continue
		}
		allowed := strings.FieldsFunc(at.Annotations[cloudsNote], func(r rune) bool { return r == ',' })
		if slices.Contains(allowed, cloud) {
			return nil
		}
		want := "want it left out"
		if len(allowed) > 0 {
			want = "want " + strings.Join(allowed, " or ") + ", or it left out"
		}
		return usageError{fmt.Sprintf("--cloud: got %q, %s: `%s` %s", cloud, want, c.CommandPath(), where)}
	}
	return nil
}

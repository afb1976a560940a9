package main

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/rung-dev/rung/engine"
	"github.com/rung-dev/rung/preview/view"
)

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Say which rung this is, and which Pulumi engine runs for which cloud",
		Args:  cobra.NoArgs,
		RunE: a.runs(func(ctx context.Context, _ []string) error {
			return a.show(view.Version{
				Rung: ownVersion(), Go: runtime.Version(), AWS: engineOfAWS(ctx),
				Offline: view.Engine{Pulumi: engine.Pinned.String(), Note: "linked into rung, unchanged"},
			})
		}),
	}
}

// released is the version of a release, which its build writes here (.goreleaser.yaml). What the
// toolchain notes by itself it does not note everywhere: -buildvcs=false and archives of the
// source leave it out.
var released string

// ownVersion is a release's version, else what the toolchain has noted: which version was
// fetched, or of which commit a checkout was built.
func ownVersion() string {
	if released != "" {
		return released
	}
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}

// engineOfAWS is the CLI that would be taken. It is only looked for: none is built, and
// one that cannot be used is no error of this command.
func engineOfAWS(ctx context.Context) view.Engine {
	cli, err := engine.Look(ctx)
	switch {
	case err != nil:
		return view.Engine{Note: fmt.Sprintf("none that can be used: %v", err)}
	case cli == nil:
		return view.Engine{Note: fmt.Sprintf("no pulumi on the PATH or in rung's cache: "+
			"the first run builds %s from Pulumi's source", engine.Pinned)}
	}
	return view.Engine{Pulumi: cli.Version.String(), Path: cli.Path, Note: cli.Source}
}

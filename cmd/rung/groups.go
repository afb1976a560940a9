package main

import (
	"cmp"
	"path"

	"github.com/spf13/cobra"

	"github.com/rung-dev/rung/engine"
	"github.com/rung-dev/rung/published"
)

// group is what somebody comes to rung for, and the commands for it. Help and
// docs/commands.md list them in this order.
type group struct {
	title    string
	commands []*cobra.Command
}

// pageKey is the annotation that holds the page of docs/ that tells a command's story.
const pageKey = "page"

// onPage says which page of docs/ tells the command's story.
func onPage(page string, c *cobra.Command) *cobra.Command {
	if c.Annotations == nil {
		c.Annotations = map[string]string{}
	}
	c.Annotations[pageKey] = page
	return c
}

// pageOf is the page that tells the command's story, or that of what it is a part of.
func pageOf(c *cobra.Command) string {
	for ; c != nil; c = c.Parent() {
		if page := c.Annotations[pageKey]; page != "" {
			return page
		}
	}
	return ""
}

// groups are all commands, each in one group.
func (a *app) groups() []group {
	return []group{
		{"Climb", []*cobra.Command{
			a.stagesCommand(), a.ladderCommand(), onPage("advise.md", a.adviseCommand()), a.previewCommand(), a.diffCommand(),
			onPage("doctor.md", a.doctorCommand()), onPage("climb.md", a.upCommand()), a.driftCommand(), a.refreshCommand(),
			onPage("tear-down.md", a.destroyCommand()),
		}},
		{"What it costs", []*cobra.Command{
			a.costCommand(), a.usageCommand(), a.saveCommand(), a.billCommand(), onPage("in-ci.md", a.commentCommand()),
			a.pricesCommand(),
		}},
		{"Your app, day by day", []*cobra.Command{
			onPage("your-own-app.md", a.newCommand()),
			onPage("your-app.md", only(a.checkAppCommand(), "runs on this machine")),
			onPage("ship-a-version.md", a.deployCommand()), a.releasesCommand(), onPage("roll-back.md", a.backCommand()),
			a.statusCommand(), onPage("look-inside.md", a.logsCommand()), onPage("look-inside.md", a.execCommand()),
			onPage("look-inside.md", a.shellCommand()), onPage("look-inside.md", a.tunnelCommand()),
			onPage("look-inside.md", a.dbCommand()), a.openCommand(), onPage("your-app.md", a.envCommand()),
			onPage("secrets.md", a.secretCommand()), onPage("maintenance.md", a.maintenanceCommand()),
			onPage("rights.md", a.accessCommand()),
		}},
		{"Move data, and bring it back", []*cobra.Command{
			onPage("handover.md", a.handoverCommand()),
			onPage("handover.md", only(a.rehearseCommand(), "runs on the lab", engine.Lab)),
			onPage("handover.md", only(a.failoverCommand(), "goes to the servers of its URLs")),
			onPage("restore.md", a.restoreCommand()),
		}},
		{"On this machine", []*cobra.Command{
			onPage("../lab/README.md", only(a.labCommand(), "is about the lab", engine.Lab)),
			onPage("any-program.md", only(a.offlineCommand(), "runs on the offline cloud", engine.Offline)),
			onPage("assistants.md", a.mcpCommand()),
		}},
		{"About rung", []*cobra.Command{
			onPage("config.md", a.configCommand()), onPage("exit-codes.md", a.exitCodesCommand()), a.manCommand(),
			a.versionCommand(),
		}},
	}
}

// gather puts the commands under root, group by group; what cobra brings is about rung.
func gather(root *cobra.Command, groups []group) {
	for _, g := range groups {
		root.AddGroup(&cobra.Group{ID: g.title, Title: g.title + ":"})
		for _, c := range g.commands {
			c.GroupID = g.title
			root.AddCommand(c)
			sayMore(c)
		}
	}
	last := groups[len(groups)-1].title
	root.SetHelpCommandGroupID(last)
	root.SetCompletionCommandGroupID(last)
}

// sayMore ends the help of a command, and of those below it, with its page.
func sayMore(c *cobra.Command) {
	if page := pageOf(c); page != "" {
		c.Long = cmp.Or(c.Long, c.Short) + "\n\nMore: " + published.Page(path.Join("docs", page))
	}
	for _, sub := range c.Commands() {
		sayMore(sub)
	}
}

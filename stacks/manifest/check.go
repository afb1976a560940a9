package manifest

import (
	"maps"
	"slices"
	"strings"
)

// check reports what contradicts itself.
func (a App) check() (ps Problems) {
	ps = slices.Concat(a.checkForm(), a.checkCommands(), a.checkServices())
	for _, name := range slices.Sorted(maps.Keys(a.Environment)) {
		if _, both := a.Secrets[name]; both {
			ps = append(ps, Problem{"environment." + name, "", "stands in secrets too: want one of them"})
		}
	}
	for key, names := range map[string][]string{
		"environment": slices.Sorted(maps.Keys(a.Environment)), "secrets": slices.Sorted(maps.Keys(a.Secrets)),
	} {
		for _, name := range names {
			if slices.Contains(a.handed(), name) {
				ps = append(ps, Problem{key + "." + name, "", "rung hands this one over itself: leave it out"})
			}
		}
	}
	slices.SortStableFunc(ps, func(x, y Problem) int { return strings.Compare(x.Key, y.Key) })
	return ps
}

// checkForm is about what the app is.
func (a App) checkForm() (ps Problems) {
	forms := 0
	for _, given := range []string{a.Binary, a.Directory, a.Image} {
		if given != "" {
			forms++
		}
	}
	if forms != 1 {
		ps = append(ps, Problem{"binary, directory, image", "", "want exactly one of them: what the app is"})
	}
	if a.Directory == "" && a.Runtime != "" {
		ps = append(ps, Problem{"runtime", a.Runtime, "want a directory that it runs, or leave it out"})
	}
	if a.Directory == "" && a.Install != nil {
		ps = append(ps, Problem{"install", "", "want a directory that it runs in, or leave it out"})
	}
	return ps
}

// checkCommands is about what is started.
func (a App) checkCommands() (ps Problems) {
	if a.Directory != "" && a.Commands.Web == nil {
		ps = append(ps, Problem{"commands.web", "", "required: what serves at PORT, such as node server.js"})
	}
	if a.Commands.Worker != nil && !a.Has(Queue) && !a.Has(Database) {
		ps = append(ps, Problem{"commands.worker", "", "a worker needs to learn of its work: add queue or database to needs"})
	}
	if a.Commands.Release != nil && !a.Has(Database) {
		ps = append(ps, Problem{"commands.release", "", "it runs once, under a lock in the database: add database to needs"})
	}
	return ps
}

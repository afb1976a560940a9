package offline

import "github.com/rung-dev/rung/offline/sim"

// Holds gives the resources that the offline cloud in a state file holds of a
// stack of a project, whether that stack knows of them or not.
func Holds(stateFile, project, stack string) ([]sim.Entry, error) {
	var held []sim.Entry
	err := storeOf(stateFile).View(func(c *sim.Cloud) error {
		entries, err := c.Of("urn:pulumi:" + stack + "::" + project + "::")
		for _, e := range entries {
			held = append(held, *e)
		}
		return err
	})
	return held, err
}

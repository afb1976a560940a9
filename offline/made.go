package offline

import "github.com/rung-dev/rung/offline/sim"

// Made gives the ids of the resources that the offline cloud in a state file
// holds for some URNs. A URN for which there is none is left out; of several, as
// in the middle of a replacement, the last one made counts.
func Made(stateFile string, urns []string) (map[string]string, error) {
	ids := map[string]string{}
	err := sim.OpenStore(stateFile).View(func(c *sim.Cloud) error {
		for _, urn := range urns {
			if id := c.Made(urn); id != "" {
				ids[urn] = id
			}
		}
		return nil
	})
	return ids, err
}

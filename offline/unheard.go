package offline

import "github.com/rung-dev/rung/offline/sim"

// Unheard lists what stands in the offline cloud of a state file and AWS drops without a
// word: an alarm to a topic that does not let CloudWatch in, an event for a queue that
// does not know of EventBridge. AWS takes each in any order, so that nothing is refused
// for it; what is still unheard at the end of a run stays so.
func Unheard(stateFile string) (all []sim.Unheard, err error) {
	pkg, err := simulated("aws")
	if err != nil {
		return nil, err
	}
	err = storeOf(stateFile).View(func(c *sim.Cloud) error {
		all, err = pkg.Unheard(c)
		return err
	})
	return all, err
}

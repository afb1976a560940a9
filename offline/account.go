package offline

import (
	"cmp"

	"github.com/rung-dev/rung/offline/aws"
	"github.com/rung-dev/rung/offline/sim"
)

// Account is whose account the offline cloud in a state file is.
func Account(stateFile string) (account string, err error) {
	err = storeOf(stateFile).View(func(c *sim.Cloud) error {
		account = cmp.Or(c.Account, aws.AccountID)
		return nil
	})
	return account, err
}

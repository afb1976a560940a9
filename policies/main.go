// Command policies is rung's policy pack. The Pulumi engine starts it:
//
//	pulumi preview --policy-pack path/to/policies
//
// See README.md for what it checks and how to configure it.
package main

import (
	"fmt"
	"os"

	"github.com/rung-dev/rung/policies/pack"
)

func main() {
	if err := pack.Main(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

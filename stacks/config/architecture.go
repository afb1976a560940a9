package config

import (
	"github.com/rung-dev/rung/machine"
)

// Architecture is the processor architecture of the machines that run the app,
// as Go names it. All of a stage have the same: there is one image and one
// program for them.
func (c Config) Architecture() string {
	types := []string{c.Server.InstanceType}
	if c.Stage >= 3 {
		types = c.Web.InstanceTypes
	}
	for _, t := range types {
		if t != "" && !machine.ARM(t) {
			return "amd64"
		}
	}
	return "arm64"
}

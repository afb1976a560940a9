package main

import (
	"os"
	"strings"

	"github.com/rung-dev/rung/offline"
)

// offer lets the offline cloud have the types that the user insists on.
func offer(types []string) error {
	if len(types) == 0 {
		return nil
	}
	return os.Setenv(offline.TypesEnv, strings.Join(types, ","))
}

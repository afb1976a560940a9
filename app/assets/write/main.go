// Command write puts the app's static files below a directory, as `app assets` does, for those who
// want to know them without building the rest of the app.
package main

import (
	"fmt"
	"os"

	"github.com/rung-dev/rung/app/assets"
)

func main() {
	if err := write(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func write(args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("want one directory, got %q", args)
	}
	set, err := assets.Load("")
	if err != nil {
		return err
	}
	return set.Write(args[0])
}

package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
)

// errDeclined is a user who said no.
var errDeclined = errors.New("not confirmed: nothing was changed")

// consent asks before anything changes on AWS. The offline cloud needs none,
// and --yes gives it; without a terminal to ask on, --yes is required.
func (a *app) consent(question string) error {
	if a.flags.offline() || a.flags.yes {
		return nil
	}
	if _, ok := terminalOf(a.in); !ok {
		return usageError{"--yes: required to change anything on AWS without a terminal to ask on"}
	}
	fmt.Fprintf(a.err, "%s Type yes to go on: ", question)
	answer, err := bufio.NewReader(a.in).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("read the answer: %w", err)
	}
	if strings.TrimSpace(answer) != "yes" {
		return errDeclined
	}
	return nil
}

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/spf13/cobra"

	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/preflight"
	"github.com/rung-dev/rung/preflight/account"
	"github.com/rung-dev/rung/preview/view"
	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/resource"
	"github.com/rung-dev/rung/stacks"
)

// askingTime bounds what `up` spends on asking the account.
const askingTime = 3 * time.Minute

func (a *app) doctorCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "doctor [STAGE]",
		Short: "Ask the account whether it can take a stage: quotas, zones, offers, versions, names, the domain; changes nothing",
		Long: `Ask the account whether it can take a stage: quotas against what the plan needs and
others hold, zones and what they offer, engine versions that still exist, names
that are taken, whom the domain leads to, and whose the credentials are. It
changes nothing; docs/doctor.md lists what it asks and the permissions that it
needs. ` + "`rung up`" + ` asks the same before it begins.

Exit code 0: all is well, or stands in the way only later; 2: an up would fail.`,
		Example: "  rung doctor 3 --cloud aws\n  rung doctor 5 --json",
		Args:    cobra.MaximumNArgs(1),
		RunE: a.runs(func(ctx context.Context, args []string) error {
			if asJSON {
				a.flags.format = formatJSON
			}
			return a.doctor(ctx, strings.Join(args, ""))
		}),
	}
	c.Flags().BoolVar(&asJSON, "json", false, "the same as --format json")
	return c
}

func (a *app) doctor(ctx context.Context, stage string) (err error) {
	if stage == "" {
		stored, err := a.stored()
		if err != nil {
			return err
		}
		if stored["stage"] == "" {
			return usageError{"there is no stack " + a.flags.stack + " yet: want a STAGE, 1 to 6, as in `rung doctor 3`"}
		}
	}
	s, err := a.open(ctx, stage, appAsItStands)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	found, err := s.examine(ctx)
	if err != nil {
		return err
	}
	if err := a.show(s.checks(found)); err != nil {
		return err
	}
	if preflight.Stopping(found) {
		return usageError{fmt.Sprintf("an up to stage %d would fail; nothing was changed", s.config.Stage)}
	}
	return nil
}

// checks are findings as a document.
func (s *session) checks(found []preflight.Finding) view.Checks {
	c := view.Checks{Stack: s.stack.Name(), Stage: int(s.config.Stage)}
	for _, f := range found {
		c.Rows = append(c.Rows, view.Check{
			Level: f.Level.String(), Key: f.Key, Region: f.Region, Found: f.Found, Needed: f.Needed, Allowed: f.Allowed,
			Text: f.Text, Do: f.Do, Link: f.Link,
		})
	}
	return c
}

// examine holds what the plan needs against what the account has.
func (s *session) examine(ctx context.Context) ([]preflight.Finding, error) {
	need, err := s.needs(ctx)
	if err != nil {
		return nil, err
	}
	var has preflight.Account
	if s.app.flags.offline() {
		has, err = s.offlineAccount(need)
	} else {
		has, err = s.askAWS(ctx, need)
	}
	if err != nil {
		return nil, err
	}
	return preflight.Check(need, has, time.Now()), nil
}

// askAWS asks the account of the caller's credentials.
func (s *session) askAWS(ctx context.Context, need preflight.Need) (preflight.Account, error) {
	caller, err := account.Open(ctx, s.app.nameServers)
	if err != nil {
		return preflight.Account{}, usageError{err.Error()}
	}
	s.app.say("Asking the account whether it can take stage %d ...", s.config.Stage)
	return caller.Find(ctx, need)
}

// needs counts what the plan needs. The program is run in this process, in a
// moment: what it makes is what an up makes.
func (s *session) needs(ctx context.Context) (preflight.Need, error) {
	recording, err := s.app.recording(s.wanted, record.Preview(true))
	if err != nil {
		return preflight.Need{}, err
	}
	state, err := s.stack.Resources(ctx)
	if err != nil {
		return preflight.Need{}, err
	}
	standing, err := modelOf(state)
	if err != nil {
		return preflight.Need{}, err
	}
	stack := preflight.Stack{
		Name: s.stack.Name(), Account: placeOf(state).account, Home: s.config.Home(), Planned: recording.Model(), Standing: standing,
	}
	if s.config.AMI == "" {
		stack.Image = path.Base(stacks.ImageParameter)
	}
	if s.config.Domain != "" {
		stack.Domain, stack.Servers, stack.Zone = s.config.Domain, zoneServers(state), s.config.HostedZone
	}
	return preflight.NeedOf(stack), nil
}

// tellAging says what the plan runs that AWS ends within a year.
func (s *session) tellAging(ctx context.Context) error {
	need, err := s.needs(ctx)
	if err != nil {
		return err
	}
	for _, f := range preflight.Aging(need, time.Now()) {
		s.app.say("%s", told(f))
	}
	return nil
}

// modelOf reads a state by the reader of stack exports.
func modelOf(state []apitype.ResourceV3) ([]resource.Resource, error) {
	text, err := json.Marshal(map[string]any{"version": apitype.DeploymentSchemaVersionCurrent,
		"deployment": apitype.DeploymentV3{Resources: state}})
	if err != nil {
		return nil, fmt.Errorf("read the stack's state: %w", err)
	}
	return cost.Read(bytes.NewReader(text))
}

// askAccount stops an up that would surely fail before it begins, with all that
// stands in the way. What nobody knows stops nothing.
func (s *session) askAccount(ctx context.Context) error {
	within, cancel := context.WithTimeout(ctx, askingTime)
	defer cancel()
	found, err := s.examine(within)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil: // what is wrong with the stack or its program, the plan says
		s.app.say("Whether the account can take stage %d could not be found out: %v", s.config.Stage, err)
		return nil
	}
	return s.judge(found)
}

// judge says what findings mean for an up.
func (s *session) judge(found []preflight.Finding) error {
	var stops []string
	unknown := 0
	for _, f := range found {
		switch f.Level {
		case preflight.Stops:
			stops = append(stops, "\n  "+told(f))
		case preflight.Warns:
			if f.Key == preflight.Delegation && !s.config.DomainDelegated {
				continue // up itself makes the zone first and stops with these words
			}
			s.app.say("%s", told(f))
		case preflight.Notes:
			unknown++
		}
	}
	if unknown > 0 {
		s.app.say("%d questions about the account could not be answered; `rung doctor %d` lists them.", unknown,
			s.config.Stage)
	}
	if len(stops) == 0 {
		return nil
	}
	return usageError{fmt.Sprintf("the account cannot take stage %d, and nothing was changed:%s\nThen run it again; "+
		"`rung doctor %d` shows where things stand.",
		s.config.Stage, strings.Join(stops, ""), s.config.Stage)}
}

// told is a finding with what to do about it.
func told(f preflight.Finding) string {
	text := f.Text
	if f.Do != "" {
		text += "; " + f.Do
	}
	if f.Link != "" {
		text += ": " + f.Link
	}
	return text
}

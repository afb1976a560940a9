package main

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"github.com/rung-dev/rung/offline"
	"github.com/rung-dev/rung/preflight"
	"github.com/rung-dev/rung/resource/token"
)

const (
	delegatedKey = "domainDelegated"
)

// lookupTime bounds the question who answers for a domain.
const lookupTime = 15 * time.Second

// errUndelegated is a run that stopped for the domain's registrar.
type errUndelegated struct{ text string }

func (e errUndelegated) Error() string { return e.text }

// delegate stops a run that would wait for certificates of a domain whose zone the
// world does not know yet. Where there is no zone, it makes that first: before,
// nobody can enter its name servers at the registrar.
func (s *session) delegate(ctx context.Context) error {
	if !s.config.ProvesDomain() {
		return s.markDelegated(s.config.HostedZone != "")
	}
	resources, err := s.stack.Resources(ctx)
	if err != nil {
		return err
	}
	if s.config.DomainDelegated || proved(resources) {
		return s.markDelegated(true)
	}
	if was := s.stored["domain"]; was != "" && was != s.config.Domain {
		return nil // another zone: the data guard has its word
	}
	names := zoneServers(resources)
	if len(names) == 0 {
		if names, err = s.makeZone(ctx); err != nil {
			return err
		}
	} else if yes, err := s.isDelegated(ctx, names); err != nil || yes {
		if err == nil {
			s.app.say("%s leads to its zone: rung:%s is set to true.", s.config.Domain, delegatedKey)
			err = s.want(delegatedKey, "true")
		}
		return err
	}
	return errUndelegated{fmt.Sprintf("stopped for the registrar of %s: its hosted zone stands, and no certificate is "+
		"issued until the domain leads there. "+
		"Enter these name servers at the registrar:\n  %s\nthen say so: rung up %d --set %s=true",
		s.config.Domain, strings.Join(names, "\n  "), s.config.Stage, delegatedKey)}
}

// markDelegated tells the offline cloud what the user says of the domain.
func (s *session) markDelegated(delegated bool) error {
	if !delegated || !s.app.flags.offline() {
		return nil
	}
	return offline.Delegate(s.stack.StateFile(), s.config.Domain)
}

// isDelegated asks the world, or the offline cloud, whether the domain leads to
// the zone with the name servers.
func (s *session) isDelegated(ctx context.Context, names []string) (bool, error) {
	if s.app.flags.offline() {
		return offline.Delegated(s.stack.StateFile(), s.config.Domain)
	}
	ctx, cancel := context.WithTimeout(ctx, lookupTime)
	defer cancel()
	found, err := s.app.nameServers(ctx, s.config.Domain)
	if err != nil { // also for a domain that nobody answers for yet
		s.app.say("Who answers for %s could not be found out: %v", s.config.Domain, err)
		return false, nil
	}
	return preflight.LeadsTo(found, names), nil
}

// lookUpNameServers asks the resolver of this machine.
func lookUpNameServers(ctx context.Context, domain string) ([]string, error) {
	found, err := net.DefaultResolver.LookupNS(ctx, domain)
	var names []string
	for _, ns := range found {
		names = append(names, ns.Host)
	}
	return names, err
}

// makeZone makes the zone and nothing else. What stands stays as it was.
func (s *session) makeZone(ctx context.Context) ([]string, error) {
	if err := s.app.consent(fmt.Sprintf("Make the hosted zone of %s on AWS first?", s.config.Domain)); err != nil {
		return nil, err
	}
	wanted := s.wanted
	if len(s.stored) > 0 {
		wanted = s.stored.with("domain", s.config.Domain)
	}
	s.app.say("Making the hosted zone of %s first: its name servers are needed at the registrar before certificates.",
		s.config.Domain)
	s.app.zoneFirst = true
	defer func() { s.app.zoneFirst = false }()
	if _, err := s.stack.With(wanted.engine()).Up(ctx); err != nil {
		return nil, fmt.Errorf("make the hosted zone of %s: %w", s.config.Domain, err)
	}
	if err := s.stack.Ended(); err != nil {
		return nil, err
	}
	resources, err := s.stack.Resources(ctx)
	return zoneServers(resources), err
}

// zoneServers are the name servers of the public zone that the stack has made;
// nil without one.
func zoneServers(resources []apitype.ResourceV3) []string {
	for _, r := range resources {
		if list, ok := r.Outputs["nameServers"].([]any); string(r.Type) == token.Route53Zone && ok &&
			r.Inputs["vpcs"] == nil {
			var names []string
			for _, n := range list {
				names = append(names, fmt.Sprint(n))
			}
			return names
		}
	}
	return nil
}

// proved reports whether a certificate of the stack was issued already.
func proved(resources []apitype.ResourceV3) bool {
	return slices.ContainsFunc(resources,
		func(r apitype.ResourceV3) bool { return string(r.Type) == token.ACMCertificateValidation })
}

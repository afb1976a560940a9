package main

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"

	"github.com/rung-dev/rung/engine"
	"github.com/rung-dev/rung/offline"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/preflight"
	"github.com/rung-dev/rung/region"
	"github.com/rung-dev/rung/resource"
)

// offlineAccount is what the offline cloud's account has: its quotas, and what other
// stacks hold, which is counted as a plan's needs are. What it rents out in which
// zone, its tables judge by themselves.
func (s *session) offlineAccount(need preflight.Need) (preflight.Account, error) {
	file := s.stack.StateFile()
	quotas, err := offline.Quotas(file, os.Getenv(offline.QuotasEnv))
	if err != nil {
		return preflight.Account{}, err
	}
	others, err := offline.Others(file, engine.Project, s.stack.Name())
	if err != nil {
		return preflight.Account{}, err
	}
	a := preflight.Account{
		Limits: map[preflight.Place]int{}, Held: map[preflight.Place][]preflight.Held{}, Zones: map[string][]preflight.Zone{}, Taken: map[preflight.Name]bool{},
	}
	if a.ID, err = offline.Account(file); err != nil {
		return a, err
	}
	for _, amount := range need.Amounts {
		if limit, bound := quotas[amount.Key]; bound {
			a.Limits[preflight.Place{Key: amount.Key, Region: amount.Region}] = limit
		}
		a.Held[amount.Place] = nil
	}
	theirs := preflight.NeedOf(preflight.Stack{Planned: modelOfEntries(others)})
	for _, t := range theirs.Amounts {
		a.Held[t.Place] = append(a.Held[t.Place], preflight.Held{Amount: t.AtOnce})
	}
	for _, n := range theirs.Names {
		a.Taken[n] = true
	}
	for _, name := range need.Regions {
		a.Zones[name] = zonesOf(name)
	}
	return a, s.offlineAnswers(need, &a)
}

// offlineAnswers is what the world of the offline cloud says of the domain.
func (s *session) offlineAnswers(need preflight.Need, a *preflight.Account) error {
	delegated, err := offline.Delegated(s.stack.StateFile(), need.Domain)
	if delegated || s.config.DomainDelegated {
		a.Answers = need.Servers
	}
	return err
}

func modelOfEntries(entries []sim.Entry) []resource.Resource {
	var all []resource.Resource
	for _, e := range entries {
		props := maps.Clone(map[string]any(e.Properties))
		props["id"] = e.ID
		all = append(all, resource.Resource{URN: e.URN, Type: e.Type, Name: e.Name, Region: e.Region, Props: props})
	}
	return all
}

// zonesOf are a region's zones with their ids.
func zonesOf(name string) []preflight.Zone {
	r, _ := region.Get(name)
	var zones []preflight.Zone
	for i, zone := range r.AllZones() {
		zones = append(zones, preflight.Zone{Name: zone, ID: fmt.Sprintf("%s-az%d", r.Code, i+1)})
	}
	return zones
}

// checkQuotas refuses quotas of the environment that are none, before anything is
// opened.
func (a *app) checkQuotas() error {
	text := os.Getenv(offline.QuotasEnv)
	if text == "" || !a.flags.offline() {
		return nil
	}
	given, err := offline.ParseQuotas(text)
	known, unread := quotaKeys()
	if unread != nil {
		return unread
	}
	wrong := []error{err}
	for _, key := range slices.Sorted(maps.Keys(given)) {
		if !slices.Contains(known, key) {
			wrong = append(wrong,
				fmt.Errorf("%s: there is no quota %q, want one of docs/doctor.md%s", offline.QuotasEnv, key,
					didYouMean(key, known, "")))
		}
	}
	if err := errors.Join(wrong...); err != nil {
		return usageError{err.Error()}
	}
	return nil
}

// quotaKeys are the quotas that can be set: those that the offline cloud counts and
// those that are looked at before an up.
func quotaKeys() ([]string, error) {
	quotas, err := offline.Defaults()
	keys := slices.Collect(maps.Keys(quotas))
	for _, q := range preflight.Quotas() {
		keys = append(keys, q.Key)
	}
	slices.Sort(keys)
	return keys, err
}

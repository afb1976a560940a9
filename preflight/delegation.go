package preflight

import (
	"fmt"
	"slices"
	"strings"
)

// Delegation is the key of the finding on whether a domain leads to its zone.
const Delegation = "delegation"

// delegation compares what the world answers with the zone's own name servers.
func delegation(n Need, a Account) []Finding {
	servers := n.Servers
	if len(servers) == 0 {
		servers = a.Servers
	}
	if n.Domain == "" || len(servers) == 0 {
		return nil
	}
	f := Finding{Level: Well, Key: Delegation, Found: strings.Join(a.Answers, ", "), Needed: strings.Join(servers, ", "),
		Text: n.Domain + " leads to its zone"}
	if !LeadsTo(a.Answers, servers) {
		f.Level, f.Text = Warns, n.Domain+" does not lead to its zone: no certificate is issued for it until it does"
		f.Do = "enter these name servers at the registrar: " + f.Needed
	}
	return []Finding{f}
}

// LeadsTo reports whether a domain's name servers are those of a zone, and no others.
func LeadsTo(found, zone []string) bool {
	bare := func(name string) string { return strings.ToLower(strings.TrimSuffix(name, ".")) }
	for _, f := range found {
		if !slices.ContainsFunc(zone, func(z string) bool { return bare(z) == bare(f) }) {
			return false
		}
	}
	return len(found) > 0
}

func unasked(a Account) []Finding {
	var all []Finding
	for _, u := range a.Unasked {
		f := Finding{Level: Notes, Key: "unknown", Region: u.Region,
			Text: fmt.Sprintf("%s: could not be asked: %s", u.What, u.Why)}
		if u.Permission != "" {
			f.Text = fmt.Sprintf("%s: could not be asked", u.What)
			f.Do = "allow the caller the action " + u.Permission
		}
		all = append(all, f)
	}
	return all
}

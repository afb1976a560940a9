// Package rules holds every rule of the pack as data, in a file per service.
//
// The general rules hold for any program on pulumi-aws and pulumi-cloudflare;
// the rules of stage.go, fit.go and money.go know rung's ladder of stages, the
// app's contract and the prices. Each rule reads properties in three values,
// so that absent, null and a wrong type are the same as "no", and what a
// preview does not know is reported as undecided.
package rules

import (
	"slices"

	"github.com/rung-dev/rung/policies/rule"
)

// mandatory and advisory are the defaults that the tables use.
var (
	mandatory = rule.Default{Level: rule.Mandatory}
	advisory  = rule.Default{Level: rule.Advisory}
)

// All lists every rule: the general ones by service, then those of the stages.
func All() []rule.Rule {
	return slices.Concat(General(), Staged())
}

// General lists the rules that hold for any program.
func General() []rule.Rule {
	return withRemedies(withCompliance(slices.Concat(network(), compute(), balancer(), database(), storage(), cdn(),
		messaging(), identity(), observe(), search(), functions(), edge())))
}

// Staged lists the rules about stages, load and cost.
func Staged() []rule.Rule { return withRemedies(slices.Concat(stage(), fit(), money())) }

// ByID finds a rule; false when there is none of that id.
func ByID(id string) (rule.Rule, bool) {
	all := All()
	i := slices.IndexFunc(all, func(r rule.Rule) bool { return r.ID == id })
	if i < 0 {
		return rule.Rule{}, false
	}
	return all[i], true
}

// eq builds equivalents from the four columns of the table.
func eq(fsbp, checkov, awsguard, trivy []string) rule.Equivalents {
	return rule.Equivalents{FSBP: fsbp, Checkov: checkov, AWSGuard: awsguard, Trivy: trivy}
}

func ids(s ...string) []string { return s }

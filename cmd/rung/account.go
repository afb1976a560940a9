package main

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"github.com/rung-dev/rung/offline"
)

// location is where a stack's resources are, or where a run looks for them.
type location struct {
	account string // empty where it is not known
	regions []string
}

// String is the account and the regions for people.
func (p location) String() string {
	account := "an account that is not known"
	if p.account != "" {
		account = "account " + p.account
	}
	return account + " in " + strings.Join(p.regions, ", ")
}

// arn finds the account in an ARN.
var arn = regexp.MustCompile(`^arn:aws[a-z-]*:[^:]*:[^:]*:([0-9]{12}):`)

// placeOf is where the resources of a state are, by what their providers allow,
// what the stack has published, or else the ARNs of what it holds: stacks of an
// older rung have nothing but these.
func placeOf(resources []apitype.ResourceV3) (p location) {
	published, _ := outputsOf(resources)["account"].(string)
	counts := map[string]int{}
	for _, r := range resources {
		if r.Type == "pulumi:providers:aws" {
			if region, ok := r.Inputs["region"].(string); ok && !slices.Contains(p.regions, region) {
				p.regions = append(p.regions, region)
			}
		}
		text, _ := r.Outputs["arn"].(string)
		if m := arn.FindStringSubmatch(text); m != nil {
			counts[m[1]]++
		}
	}
	if p.account = published; p.account == "" {
		for account, n := range counts {
			if n > counts[p.account] || n == counts[p.account] && account < p.account {
				p.account = account
			}
		}
	}
	slices.Sort(p.regions)
	return p
}

// here is where this run looks. Whose account that is, AWS tells only its
// provider, which refuses another than the stack's.
func (s *session) here() (p location, err error) {
	p.regions = s.config.Regions
	if s.app.flags.offline() {
		p.account, err = offline.Account(s.stack.StateFile())
	}
	return p, err
}

// sameAccount stops a run with credentials of another account than the stack's:
// it would find nothing there of what the stack holds.
func (s *session) sameAccount(ctx context.Context) error {
	resources, err := s.stack.Resources(ctx)
	if err != nil {
		return err
	}
	stands := placeOf(resources)
	here, err := s.here()
	if err != nil {
		return err
	}
	if stands.account == "" || here.account == "" || stands.account == here.account {
		return nil
	}
	return usageError{fmt.Sprintf("stack %s stands in %s, and this run is in %s: use the credentials of %s%s; nothing "+
		"was changed",
		s.stack.Name(), stands, here, stands.account, s.whichFile())}
}

// whichFile names the offline cloud, which stands for the credentials.
func (s *session) whichFile() string {
	if !s.app.flags.offline() {
		return " (AWS_PROFILE)"
	}
	return " (the offline cloud is " + s.stack.StateFile() + ")"
}

// elsewhere says that so much is gone that somebody looks in the wrong place.
func (s *session) elsewhere(resources []apitype.ResourceV3, gone, all int) string {
	here, err := s.here()
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("%d of %d resources are not to be found. That is more likely a wrong account or region than a "+
		"loss.\n"+
		"  The stack stands in %s; this run looked in %s%s.", gone, all, placeOf(resources), here, s.whichFile())
}

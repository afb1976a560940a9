package access

import (
	"fmt"
	"regexp"
)

// Repository is one of GitHub's whose workflows take the roles.
type Repository struct {
	// Owner and Name are as in its address. Owners and repositories that were made after
	// July 2026 are named with their numbers in the token's subject: OwnerID and ID,
	// empty where they are not known.
	Owner, Name string
	OwnerID, ID string
	// Environment is that of the workflow that brings the stack up.
	Environment string
}

var (
	repositoryName = regexp.MustCompile(`^([A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)/([A-Za-z0-9._-]+)$`)
	numbers        = regexp.MustCompile(`^([0-9]+)/([0-9]+)$`)
	environment    = regexp.MustCompile(`^[A-Za-z0-9._ -]{1,255}$`)
)

// ParseRepository reads OWNER/NAME, and OWNERID/ID where they are given.
func ParseRepository(name, ids, env string) (Repository, error) {
	m := repositoryName.FindStringSubmatch(name)
	if m == nil {
		return Repository{}, fmt.Errorf("repository: got %q, want OWNER/NAME, as in its address on GitHub", name)
	}
	r := Repository{Owner: m[1], Name: m[2], Environment: env}
	if !environment.MatchString(env) {
		return r, fmt.Errorf("environment: got %q, want the name of an environment of the repository", env)
	}
	if ids == "" {
		return r, nil
	}
	n := numbers.FindStringSubmatch(ids)
	if n == nil {
		return r, fmt.Errorf("ids: got %q, want OWNERID/REPOSITORYID, as `gh api repos/%s --jq '.owner.id, .id'` says", ids, name)
	}
	r.OwnerID, r.ID = n[1], n[2]
	return r, nil
}

// Trust is whom a role trusts.
type Trust struct {
	Version   string           `json:"Version"`
	Statement []TrustStatement `json:"Statement"`
}

// TrustStatement lets a token of GitHub's take a role.
type TrustStatement struct {
	Effect    string                         `json:"Effect"`
	Principal map[string]string              `json:"Principal"`
	Action    string                         `json:"Action"`
	Condition map[string]map[string][]string `json:"Condition"`
}

// provider is GitHub's, as IAM names it.
const provider = "token.actions.githubusercontent.com"

// For is the trust of a role: previews are for pull requests, the up for an environment,
// on which GitHub lets people ask for a review.
func (r Repository) For(account string, up bool) Trust {
	if account == "" {
		account = "ACCOUNT"
	}
	of := "pull_request"
	if up {
		of = "environment:" + r.Environment
	}
	subjects := []string{fmt.Sprintf("repo:%s/%s:%s", r.Owner, r.Name, of)}
	if r.ID != "" {
		subjects = append(subjects, fmt.Sprintf("repo:%s@%s/%s@%s:%s", r.Owner, r.OwnerID, r.Name, r.ID, of))
	}
	equals := map[string][]string{provider + ":aud": {"sts.amazonaws.com"}, provider + ":sub": subjects}
	return Trust{"2012-10-17", []TrustStatement{{Effect: "Allow", Action: "sts:AssumeRoleWithWebIdentity",
		Principal: map[string]string{"Federated": "arn:aws:iam::" + account + ":oidc-provider/" + provider},
		Condition: map[string]map[string][]string{"StringEquals": equals}}}}
}

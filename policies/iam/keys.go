package iam

import (
	"regexp"
	"strings"
)

// kind is what the values of a condition key name, and with it which of them a
// stranger may have.
type kind int

const (
	// free keys are the stranger's to choose: tags, a referer, the time.
	free kind = iota
	// literal keys have values that belong to one owner: a VPC, an organization.
	literal
	// account keys hold the number of an account.
	account
	// organizationPath keys hold o-…/r-…/ou-…/; the first part says whose it is.
	organizationPath
	// arn keys name a resource or a principal, with its account.
	arn
	// addresses hold an IP address.
	addresses
	// userID keys hold the id of a principal, and for a role its session.
	userID
	// service keys are there only when a service of AWS asks for itself.
	service
	// direct keys are true where something of AWS stands between: a stranger
	// asks directly.
	direct
)

// kinds are the keys that keep a stranger out when they are compared with a
// value that names somebody. Source: IAM User Guide, "AWS global condition
// context keys", and the service authorization reference for keys of a service.
var kinds = map[string]kind{
	"aws:sourceaccount": account, "aws:sourceowner": account, "aws:principalaccount": account, "kms:calleraccount": account,
	"aws:vpceaccount": account, "s3:dataaccesspointaccount": account,
	"aws:sourcearn": arn, "aws:principalarn": arn, "aws:sourcevpcarn": arn, "ec2:sourceinstancearn": arn,
	"lambda:sourcefunctionarn": arn, "s3:dataaccesspointarn": arn, "elasticfilesystem:accesspointarn": arn,
	"aws:principalorgid": literal, "aws:sourceorgid": literal, "aws:vpceorgid": literal,
	"aws:sourcevpc": literal, "aws:sourcevpce": literal, "aws:ec2instancesourcevpc": literal,
	"cognito-identity.amazonaws.com:aud": literal,
	"aws:principalorgpaths":              organizationPath, "aws:sourceorgpaths": organizationPath, "aws:vpceorgpaths": organizationPath,
	"aws:sourceip": addresses, "aws:vpcsourceip": addresses,
	"aws:userid":               userID,
	"aws:principalservicename": service, "aws:principalservicenameslist": service,
	"aws:principalisawsservice": direct, "aws:viaawsservice": direct, "elasticfilesystem:accessedviamounttarget": direct,
}

// always are the keys that every request has.
var always = map[string]bool{
	"aws:principalaccount": true, "kms:calleraccount": true, "aws:securetransport": true, "aws:currenttime": true,
	"aws:epochtime": true, "aws:principaltype": true, "aws:requestedregion": true,
	"aws:principalisawsservice": true, "aws:viaawsservice": true,
}

func kindOf(key string) kind {
	if k, ok := kinds[key]; ok {
		return k
	}
	if strings.HasSuffix(key, ":sub") { // whom an identity provider vouches for
		return literal
	}
	return free
}

// What a stranger has, where nothing narrows it: another account, another
// address.
const (
	strangerAccount = "999999999999"
	strangerText    = "stranger"
	strangerARN     = "arn:aws:sns:eu-west-9:" + strangerAccount + ":" + strangerText
)

var strangerAddresses = []string{"203.0.113.77", "198.51.100.23", "3fff:bad::7"}

// fresh is a value of the stranger's own that no pattern names; nothing where a
// stranger has none.
func (k kind) fresh() []string {
	switch k {
	case account:
		return []string{strangerAccount}
	case organizationPath:
		return []string{"o-" + strangerText + "/r-" + strangerText + "/ou-" + strangerText + "/"}
	case arn:
		return []string{strangerARN}
	case addresses:
		return strangerAddresses
	case service:
		return nil
	case direct:
		return []string{"false"}
	}
	return []string{strangerText}
}

// matching is a value of a stranger that the pattern matches; nothing where the
// pattern names somebody.
func (k kind) matching(pattern string) []string {
	if k == direct {
		return nil
	}
	if k == addresses {
		return worldAddress(pattern)
	}
	owner := pattern
	switch k {
	case organizationPath:
		owner, _, _ = strings.Cut(pattern, "/")
	case userID:
		owner, _, _ = strings.Cut(pattern, ":")
	case arn:
		owner = arnOwner(pattern)
	}
	if k != free && !strings.ContainsAny(owner, "*?") {
		return nil
	}
	return []string{k.instance(pattern)}
}

func worldAddress(cidr string) []string {
	if strings.Trim(cidr, "*") == "" {
		return strangerAddresses[:1]
	}
	if !Wide(cidr) {
		return nil
	}
	p, _ := network(cidr)
	return []string{p.Addr().Next().String()}
}

// instance is a text that the pattern matches. A lone * stands for a whole
// value of the kind.
func (k kind) instance(pattern string) string {
	if own := k.fresh(); len(own) > 0 && like(pattern, own[0]) {
		return own[0]
	}
	fill := strangerText
	if k == account {
		fill = strings.Repeat("9", max(0, len(strangerAccount)-len(strings.ReplaceAll(pattern, "*", ""))))
		pattern = strings.Replace(pattern, "*", fill, 1)
		fill = ""
	}
	return strings.ReplaceAll(strings.ReplaceAll(pattern, "*", fill), "?", "9")
}

var accountNumber = regexp.MustCompile(`^\d{12}$`)

// arnOwner is the part of an ARN's pattern that says whose it is: the account,
// or the name where names are given out once in the world, as those of buckets.
func arnOwner(pattern string) string {
	parts := strings.SplitN(pattern, ":", arnParts)
	for _, p := range parts[1:] {
		if accountNumber.MatchString(p) {
			return p
		}
	}
	if len(parts) < arnParts {
		return pattern // may match anything that begins so
	}
	if parts[4] != "" && parts[2] != "s3" {
		return parts[4]
	}
	name, _, _ := strings.Cut(parts[5], "/")
	return name
}

// OwnsSource reports whether an ARN pattern, an account or another value of a
// condition key names somebody, so that a stranger's request cannot match it.
func OwnsSource(key, pattern string) bool {
	k := kindOf(strings.ToLower(key))
	return k != free && pattern != "" && len(k.matching(pattern)) == 0
}

package aws

import (
	"encoding/json"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/region"
)

// grant is a statement of a resource policy with lists where JSON
// allows one or many.
type grant struct {
	effect             string
	principals         []string // "*", account ids, ARNs, service names
	actions, resources []string
	// notActions and notResources stand in place of the two above.
	notActions, notResources []string
	notPrincipal             bool
	conditions               map[string]map[string][]string // operator, key, values
}

// readGrants reads a policy document. The error is the reason that AWS gives.
func readGrants(text string) ([]grant, error) {
	var doc struct {
		Version   string
		Statement json.RawMessage
	}
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		return nil, fmt.Errorf("Policies must be valid JSON and the first byte must be '{'") //nolint:staticcheck // AWS's words
	}
	if !slices.Contains([]string{"", "2008-10-17", "2012-10-17"}, doc.Version) {
		return nil, fmt.Errorf("Policy document version %q is not valid", doc.Version) //nolint:staticcheck // AWS's words
	}
	var raw []map[string]any
	if json.Unmarshal(doc.Statement, &raw) != nil {
		var one map[string]any
		if json.Unmarshal(doc.Statement, &one) != nil {
			return nil, fmt.Errorf("Missing required field Statement") //nolint:staticcheck // AWS's words
		}
		raw = []map[string]any{one}
	}
	var out []grant
	for _, m := range raw {
		s, err := readGrant(m)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

func readGrant(m map[string]any) (grant, error) {
	s := grant{notPrincipal: m["NotPrincipal"] != nil, conditions: map[string]map[string][]string{}}
	s.effect, _ = m["Effect"].(string)
	s.actions, s.resources = textList(m["Action"]), textList(m["Resource"])
	s.notActions, s.notResources = textList(m["NotAction"]), textList(m["NotResource"])
	who := m["Principal"]
	if s.notPrincipal {
		who = m["NotPrincipal"]
	}
	switch p := who.(type) {
	case map[string]any:
		for _, kind := range []string{"AWS", "Service", "Federated", "CanonicalUser"} {
			s.principals = append(s.principals, textList(p[kind])...)
		}
	default:
		s.principals = textList(p)
	}
	conditions, _ := m["Condition"].(map[string]any)
	for operator, block := range conditions {
		s.conditions[operator] = map[string][]string{}
		pairs, _ := block.(map[string]any)
		for key, value := range pairs {
			s.conditions[operator][key] = textList(value)
		}
	}
	switch {
	case s.effect != "Allow" && s.effect != "Deny":
		return s, fmt.Errorf("Invalid effect: %s", s.effect) //nolint:staticcheck // AWS's words
	case len(s.principals) == 0 && !s.notPrincipal:
		return s, fmt.Errorf("Missing required field Principal") //nolint:staticcheck // AWS's words
	case len(s.actions) == 0 && m["NotAction"] == nil:
		return s, fmt.Errorf("Missing required field Action") //nolint:staticcheck // AWS's words
	case len(s.resources) == 0 && m["NotResource"] == nil:
		return s, fmt.Errorf("Missing required field Resource") //nolint:staticcheck // AWS's words
	}
	return s, nil
}

// textList reads what JSON policies give as one string or a list of them.
func textList(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case bool:
		return []string{fmt.Sprint(v)}
	case []any:
		var out []string
		for _, e := range v {
			out = append(out, textList(e)...)
		}
		return out
	}
	return nil
}

// policyText gives a policy property as JSON text: programs give it as text or
// as an object.
func policyText(in sim.Props, property string) string {
	if text := in.Str(property); text != "" {
		return text
	}
	text, _ := json.Marshal(in[property]) // plain values: cannot fail
	return string(text)
}

func malformedPolicy(message, hint string) error { return sim.Refuse("MalformedPolicy", message, hint) }

// bucketPolicyValid refuses what S3 refuses as malformed.
func bucketPolicyValid(o *sim.Op) error {
	statements, err := readGrants(policyText(o.In, "policy"))
	if err != nil {
		return malformedPolicy(err.Error(), "Mend the policy document of bucket "+o.In.Str("bucket")+".")
	}
	arn := "arn:" + o.Partition + ":s3:::" + o.In.Str("bucket")
	for _, s := range statements {
		for _, p := range s.principals {
			if !principalExists(o, p) {
				return malformedPolicy("Invalid principal in policy",
					fmt.Sprintf("%q is no principal that exists: name an account, a role, a service or \"*\".", p))
			}
		}
		for _, r := range s.resources {
			if r != arn && !strings.HasPrefix(r, arn+"/") && r != arn+"*" {
				return malformedPolicy("Policy has invalid resource",
					fmt.Sprintf("%q is not in this bucket: use %s or %s/*.", r, arn, arn))
			}
		}
		for _, a := range s.actions {
			if a != "*" && !strings.HasPrefix(strings.ToLower(a), "s3:") {
				return malformedPolicy("Policy has invalid action", fmt.Sprintf("%q is no action of S3.", a))
			}
		}
	}
	return nil
}

var (
	servicePrincipal = regexp.MustCompile(`^[a-z0-9.-]+\.amazonaws\.com$`)
	accountPrincipal = regexp.MustCompile(`^([0-9]{12}|arn:aws:(iam|sts)::[0-9]{12}:.+|arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity .+)$`)
	canonicalUser    = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

// principalExists: services, accounts and what belongs to other accounts pass;
// a role of the simulated account must be there.
func principalExists(o *sim.Op, p string) bool {
	if p == "*" || servicePrincipal.MatchString(p) || canonicalUser.MatchString(p) {
		return true
	}
	if strings.HasPrefix(p, "arn:"+o.Partition+":iam::"+o.Account+":role/") {
		_, ok := o.FindBy(roleToken, "arn", p)
		return ok
	}
	return accountPrincipal.MatchString(p)
}

// bucketPolicyPrivate refuses a public policy while public policies are blocked.
func bucketPolicyPrivate(o *sim.Op) error {
	bucket := o.In.Str("bucket")
	statements, err := readGrants(policyText(o.In, "policy"))
	if err != nil || !slices.ContainsFunc(statements, grant.public) || !blocks(o, bucket, "blockPublicPolicy") {
		return nil
	}
	return sim.Refuse("AccessDenied",
		fmt.Sprintf("User: %s is not authorized to perform: s3:PutBucketPolicy on resource: "+
			"\"arn:%s:s3:::%s\" because public policies are blocked by the BlockPublicPolicy block public access setting",
			o.GlobalARN("iam", "user/offline"), o.Partition, bucket),
		"Narrow the principal or add a condition; or set blockPublicPolicy to false in the bucket's public access block "+
			"and depend on it.")
}

// fixedKeys are the condition keys that keep a grant to everybody from being
// public (S3 user guide, "The meaning of public").
var fixedKeys = []string{
	"aws:sourcearn", "aws:sourcevpc", "aws:sourcevpce", "aws:sourceowner", "aws:sourceaccount", "aws:sourceip",
	"aws:userid",
	"aws:principalorgid", "aws:principalorgpaths", "aws:principalaccount", "aws:principalarn", "s3:dataaccesspointarn",
	"s3:dataaccesspointaccount", "s3:x-amz-server-side-encryption-aws-kms-key-id",
}

// public reports whether a statement grants something to everybody.
func (s grant) public() bool {
	if s.effect != "Allow" || (!slices.Contains(s.principals, "*") && !s.notPrincipal) {
		return false
	}
	for _, pairs := range s.conditions {
		for key, values := range pairs {
			if slices.Contains(fixedKeys, strings.ToLower(key)) && !slices.Contains(values, "*") &&
				!slices.Contains(values, "0.0.0.0/0") {
				return false
			}
		}
	}
	return true
}

// bucketAllows reports whether a bucket's policy lets a principal put objects
// under "<prefix>/AWSLogs/<account>/", where AWS's services deliver logs. The
// principal is an account id (its root) or a service name such as
// "logdelivery.elasticloadbalancing.amazonaws.com". Conditions count only on
// aws:SourceAccount. It is false for a bucket that does not exist.
func bucketAllows(o *sim.Op, bucket, principal, prefix string) bool {
	policy, _ := o.Find(bucketPolicyToken, bucket)
	statements, err := readGrants(policyText(policy, "policy"))
	if err != nil {
		return false
	}
	key := path.Join("/"+prefix, "AWSLogs", o.Account, "test")
	resource := "arn:" + o.Partition + ":s3:::" + bucket + key
	allowed := false
	for _, s := range statements {
		if !s.names(o, principal) || !matchesAny(s.actions, "s3:PutObject") || !matchesAny(s.resources, resource) {
			continue
		}
		if s.effect == "Deny" && len(s.conditions) == 0 {
			return false
		}
		allowed = allowed || (s.effect == "Allow" && s.fromAccount(o.Account))
	}
	return allowed
}

// names reports whether a statement is about a principal. In the older regions,
// load balancers deliver logs by an account of AWS's just as well.
func (s grant) names(o *sim.Op, principal string) bool {
	here, _ := region.Get(o.Region)
	account := here.BalancerAccount
	if principal == "logdelivery.elasticloadbalancing.amazonaws.com" && account != "" && s.names(o, account) {
		return true
	}
	root := "arn:" + o.Partition + ":iam::" + principal + ":root"
	return slices.Contains(s.principals, principal) || slices.Contains(s.principals, "*") ||
		slices.Contains(s.principals, root)
}

func (s grant) fromAccount(account string) bool {
	for _, pairs := range s.conditions {
		for key, values := range pairs {
			if strings.EqualFold(key, "aws:SourceAccount") && !matchesAny(values, account) {
				return false
			}
		}
	}
	return true
}

// matchesAny compares with patterns in which * stands for anything and ? for one
// character.
func matchesAny(patterns []string, value string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		expression := strings.NewReplacer(`\*`, ".*", `\?`, ".").Replace(regexp.QuoteMeta(p))
		ok, err := regexp.MatchString("(?i)^"+expression+"$", value)
		return err == nil && ok
	})
}

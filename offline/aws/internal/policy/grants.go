package policy

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/region"
	"github.com/rung-dev/rung/resource/token"
)

// Grant is a statement of a resource policy with lists where JSON
// allows one or many.
type Grant struct {
	Effect             string
	Principals         []string // "*", account ids, ARNs, service names
	Actions, Resources []string
	// notActions and notResources stand in place of the two above.
	notActions, notResources []string
	notPrincipal             bool
	Conditions               map[string]map[string][]string // operator, key, values
}

// Grants reads a policy document. The error is the reason that AWS gives.
func Grants(text string) ([]Grant, error) {
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
	var out []Grant
	for _, m := range raw {
		s, err := readGrant(m)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

func readGrant(m map[string]any) (Grant, error) {
	s := Grant{notPrincipal: m["NotPrincipal"] != nil, Conditions: map[string]map[string][]string{}}
	s.Effect, _ = m["Effect"].(string)
	s.Actions, s.Resources = TextList(m["Action"]), TextList(m["Resource"])
	s.notActions, s.notResources = TextList(m["NotAction"]), TextList(m["NotResource"])
	who := m["Principal"]
	if s.notPrincipal {
		who = m["NotPrincipal"]
	}
	switch p := who.(type) {
	case map[string]any:
		for _, kind := range []string{"AWS", "Service", "Federated", "CanonicalUser"} {
			s.Principals = append(s.Principals, TextList(p[kind])...)
		}
	default:
		s.Principals = TextList(p)
	}
	conditions, _ := m["Condition"].(map[string]any)
	for operator, block := range conditions {
		s.Conditions[operator] = map[string][]string{}
		pairs, _ := block.(map[string]any)
		for key, value := range pairs {
			s.Conditions[operator][key] = TextList(value)
		}
	}
	switch {
	case s.Effect != "Allow" && s.Effect != "Deny":
		return s, fmt.Errorf("Invalid effect: %s", s.Effect) //nolint:staticcheck // AWS's words
	case len(s.Principals) == 0 && !s.notPrincipal:
		return s, fmt.Errorf("Missing required field Principal") //nolint:staticcheck // AWS's words
	case len(s.Actions) == 0 && m["NotAction"] == nil:
		return s, fmt.Errorf("Missing required field Action") //nolint:staticcheck // AWS's words
	case len(s.Resources) == 0 && m["NotResource"] == nil:
		return s, fmt.Errorf("Missing required field Resource") //nolint:staticcheck // AWS's words
	}
	return s, nil
}

// TextList reads what JSON policies give as one string or a list of them.
func TextList(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case bool:
		return []string{fmt.Sprint(v)}
	case []any:
		var out []string
		for _, e := range v {
			out = append(out, TextList(e)...)
		}
		return out
	}
	return nil
}

// Text gives a policy property as JSON text: programs give it as text or
// as an object.
func Text(in sim.Props, property string) string {
	if text := in.Str(property); text != "" {
		return text
	}
	text, _ := json.Marshal(in[property]) // plain values: cannot fail
	return string(text)
}

var (
	servicePrincipal = regexp.MustCompile(`^[a-z0-9.-]+\.amazonaws\.com$`)
	accountPrincipal = regexp.MustCompile(`^([0-9]{12}|arn:aws:(iam|sts)::[0-9]{12}:.+|arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity .+)$`)
	canonicalUser    = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

// PrincipalExists looks a principal up. Services, accounts and what belongs to other accounts pass;
// a role of the simulated account must be there.
func PrincipalExists(o *sim.Op, p string) bool {
	if p == "*" || servicePrincipal.MatchString(p) || canonicalUser.MatchString(p) {
		return true
	}
	if strings.HasPrefix(p, "arn:"+o.Partition+":iam::"+o.Account+":role/") {
		_, role := o.FindBy(token.IAMRole, "arn", p)
		_, linked := o.FindBy(token.IAMServiceLinkedRole, "arn", p)
		return role || linked
	}
	return accountPrincipal.MatchString(p)
}

// fixedKeys are the condition keys that keep a grant to everybody from being
// public (S3 user guide, "The meaning of public").
var fixedKeys = []string{
	"aws:sourcearn", "aws:sourcevpc", "aws:sourcevpce", "aws:sourceowner", "aws:sourceaccount", "aws:sourceip",
	"aws:userid",
	"aws:principalorgid", "aws:principalorgpaths", "aws:principalaccount", "aws:principalarn", "s3:dataaccesspointarn",
	"s3:dataaccesspointaccount", "s3:x-amz-server-side-encryption-aws-kms-key-id",
}

// Public reports whether a statement grants something to everybody.
func (s Grant) Public() bool {
	if s.Effect != "Allow" || (!slices.Contains(s.Principals, "*") && !s.notPrincipal) {
		return false
	}
	for _, pairs := range s.Conditions {
		for key, values := range pairs {
			if slices.Contains(fixedKeys, strings.ToLower(key)) && !slices.Contains(values, "*") &&
				!slices.Contains(values, "0.0.0.0/0") {
				return false
			}
		}
	}
	return true
}

// Names reports whether a statement is about a principal. In the older regions,
// load balancers deliver logs by an account of AWS's just as well.
func (s Grant) Names(o *sim.Op, principal string) bool {
	here, _ := region.Get(o.Region)
	account := here.BalancerAccount
	if principal == "logdelivery.elasticloadbalancing.amazonaws.com" && account != "" && s.Names(o, account) {
		return true
	}
	root := "arn:" + o.Partition + ":iam::" + principal + ":root"
	return slices.Contains(s.Principals, principal) || slices.Contains(s.Principals, "*") ||
		slices.Contains(s.Principals, root)
}

// FromAccount reports whether the conditions let an account's requests in.
func (s Grant) FromAccount(account string) bool {
	for _, pairs := range s.Conditions {
		for key, values := range pairs {
			if strings.EqualFold(key, "aws:SourceAccount") && !Matches(values, account) {
				return false
			}
		}
	}
	return true
}

// Matches compares with patterns in which * stands for anything and ? for one
// character.
func Matches(patterns []string, value string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return compiled(p).MatchString(value) })
}

// expressions are patterns that were compiled once: a stage asks the same few thousand
// times.
var expressions sync.Map

func compiled(pattern string) *regexp.Regexp {
	if known, ok := expressions.Load(pattern); ok {
		return known.(*regexp.Regexp)
	}
	quoted := strings.NewReplacer(`\*`, ".*", `\?`, ".").Replace(regexp.QuoteMeta(pattern))
	e := regexp.MustCompile("(?i)^" + quoted + "$") // what is quoted compiles
	expressions.Store(pattern, e)
	return e
}

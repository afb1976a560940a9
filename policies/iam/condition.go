package iam

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rung-dev/rung/policies/rule"
)

// Condition is one line of a Condition block.
type Condition struct {
	// Operator is the plain operator in lower case, "stringlike" say, without
	// what stands before and after it.
	Operator string
	// Set is "foranyvalue" or "forallvalues" in front of it; empty for neither.
	Set string
	// IfExists lets a request pass that has no such key.
	IfExists bool
	// Key is the key in lower case: AWS does not tell cases apart.
	Key string
	// Values are the patterns, in the case in which they stand.
	Values []string
}

func condition(operator, key string, raw []json.RawMessage) Condition {
	c := Condition{Operator: strings.ToLower(operator), Key: strings.ToLower(key)}
	if set, rest, ok := strings.Cut(c.Operator, ":"); ok {
		c.Set, c.Operator = set, rest
	}
	c.Operator, c.IfExists = strings.CutSuffix(c.Operator, "ifexists")
	for _, v := range raw {
		var text string
		if json.Unmarshal(v, &text) != nil {
			text = string(v) // true, 7
		}
		c.Values = append(c.Values, text)
	}
	return c
}

// compare gives conditions an order: a JSON object has none.
func (c Condition) compare(d Condition) int {
	return cmp.Or(cmp.Compare(c.Key, d.Key), cmp.Compare(c.Operator, d.Operator), cmp.Compare(c.Set, d.Set),
		slices.Compare(c.Values, d.Values))
}

// Context is what is known of a request: keys in lower case to their values. A
// key with no values is one that the request lacks; a key that is not in the
// map may have any value or none.
type Context map[string][]string

// Holds says whether the condition is true of a request.
func (c Condition) Holds(request Context) rule.Tri {
	values, known := request[c.Key]
	if !known {
		return c.always()
	}
	return rule.Of(c.holds(values))
}

// always is the answer where nothing is known of the key: a list without
// values matches nothing, so its opposite is always true.
func (c Condition) always() rule.Tri {
	_, negated := c.compares()
	if len(c.Values) == 0 && c.Operator != "null" {
		return rule.Of(negated)
	}
	return rule.Unknown
}

func (c Condition) holds(values []string) bool {
	if c.Operator == "null" {
		return c.one(strconv.FormatBool(len(values) == 0), strings.EqualFold)
	}
	equal, negated := c.compares()
	if equal == nil {
		return false // an operator that AWS does not have: it refuses the policy
	}
	one := func(v string) bool { return c.one(v, equal) != negated }
	switch {
	case len(values) == 0:
		return c.IfExists || c.Set == "forallvalues" || negated && c.Set == ""
	case c.Set == "forallvalues":
		return !slices.ContainsFunc(values, func(v string) bool { return !one(v) })
	}
	return slices.ContainsFunc(values, one)
}

// one says whether one value of the request equals one of the condition's.
func (c Condition) one(value string, equal func(pattern, value string) bool) bool {
	return slices.ContainsFunc(c.Values, func(pattern string) bool { return equal(pattern, value) })
}

// comparisons are what operators do with a pattern and a value.
var comparisons = map[string]func(pattern, value string) bool{
	"stringequals":             func(p, v string) bool { return p == v },
	"stringequalsignorecase":   strings.EqualFold,
	"stringlike":               like,
	"arnequals":                likeARN,
	"arnlike":                  likeARN,
	"bool":                     strings.EqualFold,
	"binaryequals":             sameBytes,
	"ipaddress":                within,
	"numericequals":            numbers(func(by int) bool { return by == 0 }),
	"numericlessthan":          numbers(func(by int) bool { return by < 0 }),
	"numericlessthanequals":    numbers(func(by int) bool { return by <= 0 }),
	"numericgreaterthan":       numbers(func(by int) bool { return by > 0 }),
	"numericgreaterthanequals": numbers(func(by int) bool { return by >= 0 }),
	"dateequals":               dates(func(by int) bool { return by == 0 }),
	"datelessthan":             dates(func(by int) bool { return by < 0 }),
	"datelessthanequals":       dates(func(by int) bool { return by <= 0 }),
	"dategreaterthan":          dates(func(by int) bool { return by > 0 }),
	"dategreaterthanequals":    dates(func(by int) bool { return by >= 0 }),
}

// opposites are the operators that say "not", by what they turn round.
var opposites = map[string]string{
	"stringnotequals": "stringequals", "stringnotequalsignorecase": "stringequalsignorecase", "stringnotlike": "stringlike",
	"arnnotequals": "arnequals", "arnnotlike": "arnlike", "notipaddress": "ipaddress",
	"numericnotequals": "numericequals", "datenotequals": "dateequals",
}

// compares is the comparison of the operator and whether it is turned round;
// nil for an operator that does not exist.
func (c Condition) compares() (equal func(pattern, value string) bool, negated bool) {
	operator := c.Operator
	if positive, ok := opposites[operator]; ok {
		operator, negated = positive, true
	}
	return comparisons[operator], negated
}

// wild reports whether * and ? stand for something in the operator's patterns.
func (c Condition) wild() bool {
	return strings.HasSuffix(c.Operator, "like") || strings.HasPrefix(c.Operator, "arn")
}

func sameBytes(pattern, value string) bool {
	p, err := base64.StdEncoding.DecodeString(pattern)
	v, err2 := base64.StdEncoding.DecodeString(value)
	return err == nil && err2 == nil && string(p) == string(v)
}

// numbers compares the request's number with the condition's.
func numbers(ok func(by int) bool) func(string, string) bool {
	return func(pattern, value string) bool {
		p, err := strconv.ParseFloat(pattern, 64)
		v, err2 := strconv.ParseFloat(value, 64)
		return err == nil && err2 == nil && ok(cmp.Compare(v, p))
	}
}

// dates does so with moments, which are texts or seconds since 1970.
func dates(ok func(by int) bool) func(string, string) bool {
	return func(pattern, value string) bool {
		p, there := moment(pattern)
		v, there2 := moment(value)
		return there && there2 && ok(v.Compare(p))
	}
}

func moment(text string) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04Z07:00", time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, true
		}
	}
	seconds, err := strconv.ParseInt(text, 10, 64)
	return time.Unix(seconds, 0), err == nil
}

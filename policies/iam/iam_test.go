package iam_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/rung-dev/rung/policies/iam"
	"github.com/rung-dev/rung/policies/rule"
)

// one is the only condition of a document that holds it.
func one(t *testing.T, operator, key, values string) iam.Condition {
	t.Helper()
	doc := iam.Parse(fmt.Sprintf(`{"Statement":{"Effect":"Allow","Condition":{%q:{%q:%s}}}}`, operator, key, values))
	require.Len(t, doc, 1)
	require.Len(t, doc[0].Conditions, 1)
	return doc[0].Conditions[0]
}

// TestConditions is the truth table of the IAM User Guide: what each operator
// says about a key that has a value, another value, several, or none.
func TestConditions(t *testing.T) {
	const yes, no = rule.Yes, rule.No
	for _, tt := range []struct {
		operator, key, values string
		given                 []string
		want                  rule.Tri
	}{
		{"StringEquals", "k", `"a"`, []string{"a"}, yes},
		{"StringEquals", "k", `"a"`, []string{"A"}, no},
		{"StringEquals", "k", `["b","a"]`, []string{"a"}, yes},
		{"StringEquals", "k", `"*"`, []string{"a"}, no},
		{"StringEquals", "k", `"a"`, nil, no},
		{"StringEqualsIfExists", "k", `"a"`, nil, yes},
		{"StringEqualsIfExists", "k", `"a"`, []string{"b"}, no},
		{"StringNotEquals", "k", `["a","b"]`, []string{"b"}, no},
		{"StringNotEquals", "k", `["a","b"]`, []string{"c"}, yes},
		{"StringNotEquals", "k", `"a"`, nil, yes},
		{"StringNotEqualsIfExists", "k", `"a"`, nil, yes},
		{"StringEqualsIgnoreCase", "k", `"a"`, []string{"A"}, yes},
		{"StringNotEqualsIgnoreCase", "k", `"a"`, []string{"A"}, no},
		{"StringLike", "k", `"a*c?"`, []string{"abbcd"}, yes},
		{"StringLike", "k", `"a*c?"`, []string{"abbc"}, no},
		{"StringNotLike", "k", `"a*"`, []string{"b"}, yes},
		{"stringlike", "K", `"*"`, []string{"x"}, yes},
		{"ForAnyValue:StringEquals", "k", `"a"`, []string{"b", "a"}, yes},
		{"ForAnyValue:StringEquals", "k", `"a"`, nil, no},
		{"ForAnyValue:StringNotEquals", "k", `"a"`, []string{"a", "b"}, yes},
		{"ForAnyValue:StringNotEquals", "k", `"a"`, nil, no},
		{"ForAllValues:StringEquals", "k", `"a"`, []string{"b", "a"}, no},
		{"ForAllValues:StringEquals", "k", `"a"`, []string{"a", "a"}, yes},
		{"ForAllValues:StringEquals", "k", `"a"`, nil, yes},
		{"ForAllValues:StringNotEquals", "k", `"a"`, []string{"a", "b"}, no},
		{"Bool", "k", `"true"`, []string{"true"}, yes},
		{"Bool", "k", `true`, []string{"true"}, yes},
		{"Bool", "k", `"true"`, nil, no},
		{"BoolIfExists", "k", `"true"`, nil, yes},
		{"Null", "k", `"true"`, nil, yes},
		{"Null", "k", `"true"`, []string{"x"}, no},
		{"Null", "k", `false`, []string{"x"}, yes},
		{"IpAddress", "k", `["10.0.0.0/8","192.0.2.7"]`, []string{"192.0.2.7"}, yes},
		{"IpAddress", "k", `"10.0.0.0/8"`, []string{"11.0.0.1"}, no},
		{"IpAddress", "k", `"2001:db8::/32"`, []string{"2001:db8::1"}, yes},
		{"NotIpAddress", "k", `"10.0.0.0/8"`, []string{"11.0.0.1"}, yes},
		{"NotIpAddress", "k", `"10.0.0.0/8"`, nil, yes},
		{"ArnLike", "k", `"arn:aws:sns:*:1:t"`, []string{"arn:aws:sns:eu-west-1:1:t"}, yes},
		{"ArnLike", "k", `"arn:aws:*:1:1:t"`, []string{"arn:aws:sns:eu-west-1:1:t"}, no},
		{"ArnEquals", "k", `"arn:aws:sns:*:1:t"`, []string{"arn:aws:sns:eu-west-1:1:t"}, yes},
		{"ArnNotLike", "k", `"arn:aws:sns:*:1:t"`, []string{"arn:aws:sns:eu-west-1:2:t"}, yes},
		{"StringLike", "k", `"arn:aws:*:1:t"`, []string{"arn:aws:sns:eu-west-1:1:t"}, yes},
		{"NumericLessThan", "k", `"1.2"`, []string{"1.1"}, yes},
		{"NumericLessThan", "k", `1.2`, []string{"1.2"}, no},
		{"NumericLessThanIfExists", "k", `"1.2"`, nil, yes},
		{"NumericGreaterThanEquals", "k", `"7"`, []string{"7"}, yes},
		{"NumericNotEquals", "k", `"7"`, []string{"7"}, no},
		{"NumericEquals", "k", `"seven"`, []string{"7"}, no},
		{"DateLessThan", "k", `"2026-01-02T00:00:00Z"`, []string{"2026-01-01T23:59:59Z"}, yes},
		{"DateGreaterThan", "k", `"2026-01-02T00:00:00Z"`, []string{"2026-01-01T23:59:59Z"}, no},
		{"DateNotEquals", "k", `"2026-01-02"`, []string{"2026-01-02T00:00:00Z"}, no},
		{"BinaryEquals", "k", `"QUI="`, []string{"QUI="}, yes},
		{"StringAlike", "k", `"*"`, []string{"x"}, no},
		{"StringEquals", "k", `[]`, []string{"x"}, no},
		{"StringNotEquals", "k", `[]`, []string{"x"}, yes},
	} {
		c := one(t, tt.operator, tt.key, tt.values)
		assert.Equal(t, tt.want, c.Holds(iam.Context{"k": tt.given}), "%s %s of %v", tt.operator, tt.values, tt.given)
	}
	assert.Equal(t, rule.Unknown, one(t, "Bool", "k", `"true"`).Holds(iam.Context{}), "nothing is known of the key")
}

const self = `"Action":"sqs:*","Resource":"*"`

// open is whether a queue with these statements is open to strangers.
func open(statements ...string) bool {
	_, is := iam.Parse(`{"Statement":[` + strings.Join(statements, ",") + `]}`).OpenTo()
	return is
}

// allow is a statement for everybody with a Condition block.
func allow(condition string) string {
	return `{"Effect":"Allow","Principal":"*",` + self + `,"Condition":{` + condition + `}}`
}

func deny(condition string) string {
	return `{"Effect":"Deny","Principal":"*",` + self + `,"Condition":{` + condition + `}}`
}

func TestWhatKeepsStrangersOut(t *testing.T) {
	for _, condition := range []string{
		`"ArnLike":{"aws:SourceArn":"arn:aws:sns:eu-west-1:111122223333:*"}`,
		`"ArnEquals":{"AWS:SOURCEARN":"arn:aws:s3:::shop-files"}`,
		`"ArnLike":{"aws:SourceArn":"arn:aws:s3:*:*:shop-files"}`,
		`"StringLike":{"aws:SourceArn":["arn:aws:s3:::shop-files","arn:aws:sns:*:111122223333:alerts"]}`,
		`"StringEquals":{"aws:SourceAccount":"111122223333"}`,
		`"StringEquals":{"AWS:SourceOwner":"111122223333"}`,
		`"StringEquals":{"aws:PrincipalAccount":["111122223333","444455556666"]}`,
		`"StringEqualsIfExists":{"aws:PrincipalAccount":"111122223333"}`,
		`"StringEquals":{"kms:CallerAccount":"111122223333","kms:ViaService":"sqs.eu-west-1.amazonaws.com"}`,
		`"StringEquals":{"aws:PrincipalOrgID":"o-abc"}`,
		`"StringEquals":{"aws:SourceOrgID":"o-abc"}`,
		`"ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":"o-abc/r-x/ou-y/*"}`,
		`"ForAnyValue:StringLike":{"aws:SourceOrgPaths":["o-abc/*"]}`,
		`"ForAllValues:StringLike":{"aws:PrincipalOrgPaths":"o-abc/*"},"Null":{"aws:PrincipalOrgPaths":"false"}`,
		`"StringEquals":{"aws:SourceVpce":"vpce-1"}`,
		`"StringEquals":{"aws:SourceVpc":["vpc-1","vpc-2"]}`,
		`"IpAddress":{"aws:VpcSourceIp":"10.0.0.0/16"}`,
		`"IpAddress":{"aws:SourceIp":["192.0.2.0/24","2001:db8::/32"]}`,
		`"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/app-*"}`,
		`"StringLike":{"aws:userid":"AROAEXAMPLE:*"}`,
		`"StringEquals":{"aws:SourceAccount":"${aws:ResourceAccount}"}`,
		`"StringEqualsIfExists":{"aws:SourceAccount":"111122223333"},"Null":{"aws:SourceAccount":"false"}`,
		`"StringEquals":{"aws:PrincipalServiceName":"cloudtrail.amazonaws.com"}`,
		`"Bool":{"aws:SecureTransport":"true"},"StringEquals":{"aws:SourceVpce":"vpce-1"}`,
		`"StringEquals":{"aws:SourceArn":[]}`,
	} {
		assert.False(t, open(allow(condition)), condition)
	}
}

func TestWhatLetsStrangersIn(t *testing.T) {
	for _, condition := range []string{
		``,
		`"ArnLike":{"aws:SourceArn":"*"}`,
		`"StringLike":{"aws:SourceArn":"arn:aws:s3:::*"}`,
		`"ArnLike":{"aws:SourceArn":"arn:aws:s3:::shop-*"}`,
		`"ArnLike":{"aws:SourceArn":"arn:aws:sns:*:*:alerts"}`,
		`"ArnLike":{"aws:SourceArn":["arn:aws:sns:eu-west-1:111122223333:a","*"]}`,
		`"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/app"}`,
		`"StringEquals":{"aws:SourceAccount":"*"}`,
		`"StringLike":{"aws:SourceAccount":"1111*"}`,
		`"StringLike":{"aws:PrincipalOrgID":"o-*"}`,
		`"ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":"*/ou-y/*"}`,
		`"ForAllValues:StringLike":{"aws:PrincipalOrgPaths":"o-abc/*"}`,
		`"StringEqualsIfExists":{"aws:PrincipalOrgID":"o-abc"}`,
		`"ArnLikeIfExists":{"aws:SourceArn":"arn:aws:s3:::shop-files"}`,
		`"StringNotEquals":{"aws:SourceAccount":"111122223333"}`,
		`"StringNotLike":{"aws:PrincipalArn":"arn:aws:iam::111122223333:*"}`,
		`"Null":{"aws:SourceArn":"false"}`,
		`"Null":{"aws:SourceVpce":"true"}`,
		`"IpAddress":{"aws:SourceIp":"0.0.0.0/0"}`,
		`"IpAddress":{"aws:SourceIp":["0.0.0.0/1","128.0.0.0/1"]}`,
		`"NotIpAddress":{"aws:SourceIp":"192.0.2.0/24"}`,
		`"Bool":{"aws:SecureTransport":"true"}`,
		`"StringEquals":{"sns:Protocol":"sqs"}`,
		`"StringEquals":{"aws:PrincipalTag/team":"shop"}`,
		`"StringEquals":{"sts:ExternalId":"secret"}`,
		`"StringEquals":{"aws:PrincipalAccount":"${aws:SourceAccount}"}`,
		`"DateGreaterThan":{"aws:CurrentTime":"2020-01-01T00:00:00Z"}`,
		`"NumericLessThan":{"s3:max-keys":"10"}`,
		`"StringLike":{"aws:userid":"*:session"}`,
	} {
		assert.True(t, open(allow(condition)), condition)
	}
}

func TestDenyTakesBack(t *testing.T) {
	everybody := allow("")
	const outside = `"StringNotEquals":{"aws:PrincipalOrgID":"o-abc"}`
	for name, tt := range map[string]struct {
		statements []string
		want       bool
	}{
		"all but the organization":           {[]string{everybody, deny(outside)}, false},
		"all but the organization and AWS":   {[]string{everybody, deny(outside + `,"BoolIfExists":{"aws:PrincipalIsAWSService":"false"}`)}, false},
		"also who has no organization":       {[]string{everybody, deny(`"StringNotEqualsIfExists":{"aws:PrincipalOrgID":"o-abc"}`)}, false},
		"not who has none":                   {[]string{everybody, deny(`"ForAnyValue:StringNotEquals":{"aws:PrincipalOrgID":"o-abc"}`)}, true},
		"only without TLS":                   {[]string{everybody, deny(`"Bool":{"aws:SecureTransport":"false"}`)}, true},
		"all but the endpoint":               {[]string{everybody, deny(`"StringNotEquals":{"aws:SourceVpce":"vpce-1"}`)}, false},
		"either of two, never both":          {[]string{everybody, deny(`"Null":{"aws:SourceVpce":"true"}`), deny(`"StringNotEquals":{"aws:SourceVpce":"vpce-1"}`)}, false},
		"one action of many":                 {[]string{everybody, `{"Effect":"Deny","Principal":"*","Action":"sqs:SendMessage","Resource":"*"}`}, true},
		"all actions, by what is left out":   {[]string{everybody, `{"Effect":"Deny","Principal":"*","NotAction":"s3:*","Resource":"*"}`}, false},
		"by the queue's own name":            {[]string{everybody, `{"Effect":"Deny","Principal":{"AWS":"*"},"Action":"SQS:*","Resource":"arn:aws:sqs:eu-west-1:111122223333:jobs"}`}, false},
		"one user":                           {[]string{everybody, `{"Effect":"Deny","Principal":{"AWS":"arn:aws:iam::111122223333:user/a"},"Action":"*","Resource":"*"}`}, true},
		"everybody but one":                  {[]string{everybody, `{"Effect":"Deny","NotPrincipal":{"AWS":"arn:aws:iam::111122223333:user/a"},"Action":"*","Resource":"*"}`}, false},
		"everybody but one is allowed":       {[]string{`{"Effect":"Allow","NotPrincipal":{"AWS":"arn:aws:iam::111122223333:user/a"},` + self + `}`}, true},
		"a service is somebody":              {[]string{`{"Effect":"Allow","Principal":{"Service":"sns.amazonaws.com"},` + self + `}`}, false},
		"an account is somebody":             {[]string{`{"Effect":"Allow","Principal":{"AWS":["111122223333","arn:aws:iam::111122223333:root"]},` + self + `}`}, false},
		"any account is not":                 {[]string{`{"Effect":"Allow","Principal":{"AWS":["arn:aws:iam::*:root"]},` + self + `}`}, true},
		"the other of two statements":        {[]string{allow(`"StringEquals":{"aws:SourceVpc":"vpc-1"}`), everybody}, true},
		"everything but one action, in Deny": {[]string{everybody, `{"Effect":"Deny","Principal":"*","NotAction":"sqs:SendMessage","Resource":"*"}`}, false},
	} {
		assert.Equal(t, tt.want, open(tt.statements...), name)
	}
}

func TestAllowsAll(t *testing.T) {
	for text, want := range map[string]bool{
		`{"Effect":"Allow","Action":"*","Resource":"*"}`:                                                       true,
		`{"Effect":"Allow","Action":["s3:Get*","*:*"],"Resource":["arn:aws:s3:::a","*"]}`:                      true,
		`{"Effect":"Allow","Action":"**","Resource":"arn:aws:*"}`:                                              true,
		`{"Effect":"Allow","NotAction":"s3:DeleteBucket","Resource":"*"}`:                                      true,
		`{"Effect":"Allow","NotAction":["iam:*","organizations:*"],"Resource":"*"}`:                            false,
		`{"Effect":"Allow","Action":"*","NotResource":"arn:aws:s3:::a"}`:                                       true,
		`{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":1}}}`: true,
		`{"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::a"}`:                                          false,
		`{"Effect":"Allow","Action":"s3:*","Resource":"*"}`:                                                    false,
		`{"Effect":"Deny","Action":"*","Resource":"*"}`:                                                        false,
		`{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"*","Resource":"*"}`:         false,
		`{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"s3:*","Resource":"*"}`:      true,
	} {
		assert.Equal(t, want, iam.Parse(`{"Statement":[`+text+`]}`).AllowsAll(), text)
	}
}

func TestDocumentsAreReadAsIAMDoes(t *testing.T) {
	read := func(text string) (iam.Document, rule.Tri) { return iam.Read(rule.Wrap(property.New(text))) }
	got, there := read(`{"Statement":{"Effect":"Allow","Principal":{"AWS":["a","*"]},"Action":"s3:*","Resource":["x"],"Condition":{"Bool":{"aws:SecureTransport":false}}}}`)
	require.Equal(t, rule.Yes, there)
	assert.Equal(t, iam.Document{{Allow: true, Principals: []string{"*", "a"}, Actions: []string{"s3:*"},
		Resources:  []string{"x"},
		Conditions: []iam.Condition{{Operator: "bool", Key: "aws:securetransport", Values: []string{"false"}}}}}, got)
	got, _ = read(`{"Statement":[{"Principal":"*"},{}]}`)
	assert.Len(t, got, 2)
	for _, odd := range []string{"", "{", "[]", `{"Statement":3}`, `{"Statement":[{"Action":{"a":1},"Principal":[3]}]}`} {
		doc, there := read(odd)
		assert.NotEqual(t, rule.Unknown, there, odd)
		doc.OpenTo()
	}
	object := func(effect property.Value) rule.Value {
		statement := property.New(map[string]property.Value{"Effect": effect})
		return rule.Object(property.NewMap(map[string]property.Value{"Statement": statement}))
	}
	got, there = iam.Read(object(property.New("Allow")))
	assert.Equal(t, rule.Yes, there, "an object is a document as well")
	assert.True(t, got[0].Allow)
	_, there = iam.Read(object(property.New(property.Computed)))
	assert.Equal(t, rule.Unknown, there)
	_, there = iam.Read(rule.Wrap(property.New(property.Computed)))
	assert.Equal(t, rule.Unknown, there)
}

// TestConditionsOnlyNarrow: with one more condition a statement is never open
// to more people, and with one more Deny neither.
func TestConditionsOnlyNarrow(t *testing.T) {
	operators := []string{"StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "ArnLike", "ArnNotLike",
		"IpAddress", "NotIpAddress", "Bool", "Null",
		"ForAnyValue:StringLike", "ForAllValues:StringLike", "NumericLessThan", "DateGreaterThan", "NoSuchOperator"}
	keys := []string{"aws:SourceArn", "aws:SourceAccount", "aws:PrincipalOrgID", "aws:PrincipalOrgPaths", "aws:SourceIp",
		"aws:SourceVpce", "aws:userid",
		"aws:PrincipalIsAWSService", "aws:SecureTransport", "aws:PrincipalTag/a", "aws:CurrentTime"}
	values := []string{"*", "", "x", "111122223333", "arn:aws:s3:::b", "arn:aws:s3:::*", "0.0.0.0/0", "10.0.0.0/8",
		"o-a/*", "true", "false", "${aws:username}", "??", "7", "2026-01-01T00:00:00Z"}
	rapid.Check(t, func(t *rapid.T) {
		draw := func() (op, condition string) {
			op = rapid.SampledFrom(operators).Draw(t, "operator")
			if rapid.Bool().Draw(t, "if exists") {
				op += "IfExists"
			}
			return op, fmt.Sprintf(`%q:{%q:[%q,%q]}`, op, rapid.SampledFrom(keys).Draw(t, "key"),
				rapid.SampledFrom(values).Draw(t, "value"), rapid.SampledFrom(values).Draw(t, "other"))
		}
		first, a := draw()
		second, b := draw()
		if first == second {
			return // one block of an operator would hide the other
		}
		before := open(allow(a))
		if after := open(allow(a + "," + b)); after && !before {
			t.Fatalf("%s opens %s", b, a)
		}
		if after := open(allow(a), deny(b)); after && !before {
			t.Fatalf("a Deny with %s opens %s", b, a)
		}
	})
}

// FuzzDocuments reads any text: it must neither fail nor take long.
func FuzzDocuments(f *testing.F) {
	f.Add(`{"Statement":{"Principal":{"AWS":[1]}}}`)
	f.Add(`{"Statement":[` + allow(`"StringLike":{"aws:SourceArn":"*?*?*","a:b":["${x}",1,null]}`) + `,` +
		deny(`"Null":{"k":true}`) + `]}`)
	f.Fuzz(func(t *testing.T, text string) {
		doc := iam.Parse(text)
		doc.OpenTo()
		doc.AllowsAll()
		doc.Denies("s3", []string{"arn:aws:s3:::b"}, iam.Context{"aws:securetransport": {"false"}})
	})
}

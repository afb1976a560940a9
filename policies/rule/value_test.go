package rule_test

import (
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/policies/rule"
	"github.com/rung-dev/rung/resource/token"
)

var computed = property.New(property.Computed)

func object(pairs ...any) property.Map {
	all := map[string]property.Value{}
	for i := 0; i < len(pairs); i += 2 {
		v, ready := pairs[i+1].(property.Value)
		if !ready {
			var err error
			if v, err = property.Any(pairs[i+1]); err != nil {
				panic(err) // a mistake of the test
			}
		}
		all[pairs[i].(string)] = v
	}
	return property.NewMap(all)
}

func TestThreeValues(t *testing.T) {
	for name, tt := range map[string]struct {
		give                         any
		given, present, flag, flagOr rule.Tri
	}{
		"null":        {nil, rule.No, rule.No, rule.No, rule.Yes},
		"false":       {false, rule.No, rule.No, rule.No, rule.No},
		"true":        {true, rule.Yes, rule.Yes, rule.Yes, rule.Yes},
		"text true":   {"true", rule.Yes, rule.Yes, rule.Yes, rule.Yes},
		"text":        {"x", rule.Yes, rule.Yes, rule.No, rule.No},
		"empty text":  {"", rule.No, rule.No, rule.No, rule.No},
		"number":      {1.0, rule.Yes, rule.Yes, rule.No, rule.No},
		"empty list":  {[]property.Value{}, rule.No, rule.No, rule.No, rule.No},
		"empty block": {map[string]property.Value{}, rule.No, rule.No, rule.No, rule.No},
		"unknown":     {property.Computed, rule.Yes, rule.Unknown, rule.Unknown, rule.Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			plain, err := property.Any(tt.give)
			require.NoError(t, err)
			for _, p := range []property.Value{plain, plain.WithSecret(true)} {
				v := rule.Wrap(p)
				assert.Equal(t, tt.given, v.Given(), "given")
				assert.Equal(t, tt.present, v.Present(), "present")
				assert.Equal(t, tt.flag, v.Flag(), "flag")
				assert.Equal(t, tt.flagOr, v.FlagOr(true), "flag or true")
			}
		})
	}
}

func TestLogic(t *testing.T) {
	assert.Equal(t, rule.No, rule.All(rule.Yes, rule.Unknown, rule.No), "one No settles it")
	assert.Equal(t, rule.Unknown, rule.All(rule.Yes, rule.Unknown))
	assert.Equal(t, rule.Yes, rule.Any(rule.No, rule.Unknown, rule.Yes), "one Yes settles it")
	assert.Equal(t, rule.Unknown, rule.Any(rule.No, rule.Unknown))
	assert.Equal(t, rule.No, rule.Any())
	assert.Equal(t, rule.Unknown, rule.Unknown.Not())
}

func TestPathsGoThroughBlocks(t *testing.T) {
	inner := property.New(object("encrypted", "true"))
	v := rule.Object(object("one", inner, "list", []property.Value{inner}, "none", []property.Value{}, "open",
		property.Computed, "text", "x"))
	assert.Equal(t, rule.Yes, v.At("one.encrypted").Flag())
	assert.Equal(t, rule.Yes, v.At("list.encrypted").Flag(), "a block that occurs once may be a list")
	assert.Equal(t, rule.No, v.At("none.encrypted").Flag())
	assert.Equal(t, rule.Unknown, v.At("open.encrypted").Flag())
	assert.Equal(t, rule.No, v.At("text.encrypted").Flag(), "a wrong type is not there")
	assert.Equal(t, rule.No, v.At("missing.deep.down").Flag())
}

func TestNumbersAndTexts(t *testing.T) {
	v := rule.Object(object("n", 7.0, "text", "7", "bad", "seven", "open", property.Computed,
		"list", []property.Value{property.New("a"), computed}))
	assert.Equal(t, rule.Yes, v.At("n").AtLeast(7))
	assert.Equal(t, rule.No, v.At("n").AtLeast(8))
	assert.Equal(t, rule.Yes, v.At("text").Between(1, 10))
	assert.Equal(t, rule.No, v.At("bad").AtLeast(0))
	assert.Equal(t, rule.No, v.At("missing").AtLeast(0))
	assert.Equal(t, rule.Unknown, v.At("open").AtLeast(0))
	has := func(want string) func(string) bool { return func(s string) bool { return s == want } }
	assert.Equal(t, rule.Yes, v.At("list").Contains(has("a")))
	assert.Equal(t, rule.Unknown, v.At("list").Contains(has("b")), "the unknown one may be it")
}

func TestMessagesShowLittleAndNoSecret(t *testing.T) {
	for want, give := range map[string]property.Value{
		"not set":        {},
		"not known yet":  computed,
		"[secret]":       property.New("hidden").WithSecret(true),
		`"x"`:            property.New("x"),
		"12":             property.New(12.0),
		"[[secret], 1]":  property.New([]property.Value{property.New("hidden").WithSecret(true), property.New(1.0)}),
		"a block with a": property.New(map[string]property.Value{"a": property.New("hidden").WithSecret(true)}),
	} {
		assert.Equal(t, want, rule.Wrap(give).String())
	}
	long := rule.Wrap(property.New(string(make([]byte, 5000)))).String()
	assert.Less(t, len(long), 100)
}

func TestCanonical(t *testing.T) {
	for give, want := range map[string]string{
		token.ALBLoadBalancer:                             token.LBLoadBalancer,
		token.ApplicationLoadBalancingListener:            token.LBListener,
		token.S3BucketV2:                                  token.S3Bucket,
		token.S3BucketVersioningV2:                        token.S3BucketVersioning,
		token.S3BucketObjectv2:                            token.S3BucketObjectv2,
		token.LBTargetGroup:                               token.LBTargetGroup,
		"rung:components:Cache":                           "rung:components:Cache",
		token.S3BucketServerSideEncryptionConfigurationV2: token.S3BucketServerSideEncryptionConfiguration,
	} {
		assert.Equal(t, want, rule.Canonical(give))
	}
}

func TestPoints(t *testing.T) {
	bucket := rule.New(token.S3Bucket, "files", "urn:files", object("id", "b-1", "arn", "arn:b-1"))
	by := func(depends map[string][]string, v any) rule.Tri {
		r := rule.New(token.S3BucketPolicy, "policy", "urn:policy", object("bucket", v))
		r.Depends = depends
		st := rule.NewStack([]rule.Resource{bucket, r})
		return st.Points(st.Of(token.S3BucketPolicy)[0], "bucket", st.Of(token.S3Bucket)[0])
	}
	assert.Equal(t, rule.Yes, by(nil, "b-1"), "by id")
	assert.Equal(t, rule.Yes, by(nil, []property.Value{property.New("x"), property.New("arn:b-1")}), "by ARN, in a list")
	assert.Equal(t, rule.Yes, by(map[string][]string{"bucket": {"urn:files"}}, property.Computed),
		"by recorded dependency")
	assert.Equal(t, rule.No, by(map[string][]string{"bucket": {"urn:other"}}, property.Computed),
		"made from something else")
	assert.Equal(t, rule.Unknown, by(nil, property.Computed), "nobody recorded from what")
	assert.Equal(t, rule.No, by(nil, "b-2"))
}

func TestComponentIsTheNearest(t *testing.T) {
	outer := rule.New("rung:components:Database", "database", "urn:outer", property.Map{})
	child := rule.New("x:y:Z", "child", "urn:child", property.Map{})
	child.Parent = "urn:outer"
	lost := rule.New("x:y:Z", "lost", "urn:lost", property.Map{})
	lost.Parent = "urn:lost"
	st := rule.NewStack([]rule.Resource{outer, child, lost})
	assert.Equal(t, "database", st.ComponentName(st.All()[1]))
	assert.Empty(t, st.ComponentName(st.All()[2]), "a chain that never ends")
}

func TestExceptionsEnd(t *testing.T) {
	e := rule.Exception{Until: time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)}
	assert.False(t, e.Expired(time.Date(2026, 11, 22, 23, 59, 0, 0, time.UTC)), "the last day counts")
	assert.True(t, e.Expired(time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)))
	assert.False(t, rule.Exception{}.Expired(time.Now()), "rung's own have no end")
}

package aws_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

func TestParameterSettles(t *testing.T) {
	c := cloud(t, "us-east-1")
	in := sim.Props{"name": "/rung/dev/release", "type": "String", "value": `{"a":1}`}
	p := c.Settled(token.SSMParameter, "release", in)
	assert.Equal(t, "/rung/dev/release", p.ID)
	assert.Equal(t, "arn:aws:ssm:us-east-1:123456789012:parameter/rung/dev/release", p.Str("arn"))
	assert.EqualValues(t, 1, p.Get("version"))
	assert.True(t, p.Outputs["value"].IsSecret())
	next, err := c.Update(p, with(in, sim.Props{"value": "other"}))
	require.NoError(t, err)
	assert.EqualValues(t, 2, next.Get("version"))
	tagged, err := c.Update(next, with(in, sim.Props{"value": "other", "tags": map[string]any{"a": "b"}}))
	require.NoError(t, err)
	assert.EqualValues(t, 2, tagged.Get("version"))
	shown, err := c.PreviewUpdate(tagged, with(in, sim.Props{"value": "third"}))
	require.NoError(t, err)
	assert.Equal(t, sim.Unknown{}, shown.Get("version"))
	secure := c.Settled(token.SSMParameter, "secure", sim.Props{"type": "SecureString", "value": "hidden"})
	assert.Equal(t, "alias/aws/ssm", secure.Str("keyId"))
}

func TestParameterReplaceOrUpdate(t *testing.T) {
	c := cloud(t, "us-east-1")
	in := sim.Props{"name": "/a", "type": "String", "value": "v", "tier": "Advanced"}
	replacedBy(t, c, c.Must(token.SSMParameter, "a", in), in, map[string]sim.Props{
		"name": {"name": "/b"}, "value": {"value": "w"}, "type": {"type": "StringList"}, "cheaper tier": {"tier": "Standard"},
	}, map[string]bool{"name": true, "cheaper tier": true})
}

func TestParameterRefuses(t *testing.T) {
	c := cloud(t, "us-east-1")
	in := sim.Props{"name": "/taken", "type": "String", "value": "v"}
	c.Must(token.SSMParameter, "taken", in)
	named := func(name string) sim.Props { return with(in, sim.Props{"name": name}) }
	valued := func(value, tier string) sim.Props {
		return with(in, sim.Props{"name": "/n", "value": value, "tier": tier})
	}
	allRefused(t, c, map[string]mistake{
		"taken":       {token.SSMParameter, in, []string{"ParameterAlreadyExists", "PutParameter"}},
		"aws":         {token.SSMParameter, named("/AWS/x"), []string{"ValidationException", "prefixed"}},
		"ssm":         {token.SSMParameter, named("ssm-x"), []string{"ValidationException", "prefixed"}},
		"no slash":    {token.SSMParameter, named("a/b"), []string{"fully qualified", "/a/b"}},
		"characters":  {token.SSMParameter, named("/a b"), []string{"ValidationException", "letters"}},
		"empty level": {token.SSMParameter, named("/a//b"), []string{"ValidationException"}},
		"levels":      {token.SSMParameter, named(strings.Repeat("/a", 16)), []string{"HierarchyLevelLimitExceededException", "15"}},
		"type":        {token.SSMParameter, with(in, sim.Props{"type": "Text"}), []string{"SecureString"}},
		"no value":    {token.SSMParameter, with(in, sim.Props{"value": nil}), []string{"one of value, insecureValue"}},
		"empty":       {token.SSMParameter, valued("", "Standard"), []string{"length greater"}},
		"insecure":    {token.SSMParameter, sim.Props{"type": "SecureString", "insecureValue": "x"}, []string{"SecureString"}},
		"standard":    {token.SSMParameter, valued(strings.Repeat("x", 4097), "Standard"), []string{"4096", "Advanced"}},
		"advanced":    {token.SSMParameter, valued(strings.Repeat("x", 8193), "Advanced"), []string{"8192"}},
		"nested":      {token.SSMParameter, valued("{{ssm:other}}", "Standard"), []string{"nest"}},
		"pattern":     {token.SSMParameter, with(in, sim.Props{"name": "/n", "allowedPattern": "^[0-9]+$"}), []string{"ParameterPatternMismatchException"}},
		"key":         {token.SSMParameter, with(in, sim.Props{"name": "/n", "type": "SecureString", "keyId": "arn:aws:kms:us-east-1:123456789012:key/none"}), []string{"InvalidKeyId"}},
	})
}

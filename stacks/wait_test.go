package stacks

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

	"github.com/rung-dev/rung/resource/token"
)

func TestWaysThatAreClosed(t *testing.T) {
	rule := func(action string) resource.PropertyMap {
		return resource.NewPropertyMapFromMap(map[string]any{"actions": []any{map[string]any{"type": action}}})
	}
	open, shut := rule("forward"), rule("fixed-response")
	for name, tt := range map[string]struct {
		typ      tokens.Type
		old, now resource.PropertyMap
		want     bool
	}{
		"the world's way to a server":      {typ: token.VPCSecurityGroupIngressRule, want: true},
		"a rule that serves no more":       {typ: token.LBListenerRule, old: open, now: shut, want: true},
		"one that serves from now on":      {typ: token.LBListenerRule, old: shut, now: open},
		"another tag of one that does":     {typ: token.LBListenerRule, old: open, now: open},
		"another tag of one that does not": {typ: token.LBListenerRule, old: shut, now: shut},
		"a rule of which nothing is known": {typ: token.LBListenerRule, now: shut},
		"anything else":                    {typ: token.RDSInstance, old: open, now: shut},
	} {
		assert.Equal(t, tt.want, closes(&pulumi.ResourceHookArgs{Type: tt.typ, OldInputs: tt.old, NewInputs: tt.now}), name)
	}
}

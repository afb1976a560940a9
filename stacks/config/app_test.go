package config

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestYourOwnApp(t *testing.T) {
	for name, tt := range map[string]struct {
		give map[string]string
		want []string // parts of the error; none means that it is good
	}{
		"a binary":            {give: map[string]string{"stage": "1", "app": `{"binary":"bin/shop","port":3000}`}},
		"each problem by key": {give: map[string]string{"stage": "1", "app": `{"binary":"a","prot":1,"port":80}`}, want: []string{"2 problems", "rung:app.prot: unknown key; did you mean port?", `rung:app.port: got "80", want a whole number`}},
		"no description":      {give: map[string]string{"stage": "1", "app": "shop"}, want: []string{`rung:app: got "shop", want a mapping`}},
		"beside a binary":     {give: map[string]string{"stage": "1", "app": `{"binary":"a"}`, "artifact": "b"}, want: []string{"rung:artifact", "contradicts the app"}},
		"on a later stage":    {give: map[string]string{"stage": "4", "app": `{"binary":"a"}`}, want: []string{"your own app runs on stages 1 to 3"}},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := Parse(tt.give)
			if len(tt.want) == 0 {
				require.NoError(t, err)
				assert.Equal(t, 3000, c.App.Port)
			}
			for _, part := range tt.want {
				assert.ErrorContains(t, err, part)
			}
		})
	}
}

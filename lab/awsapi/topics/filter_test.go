package topics

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/lab/awsapi/queues"
)

func TestFilters(t *testing.T) {
	text := func(kind, value string) map[string]queues.Attribute {
		return map[string]queues.Attribute{"a": {DataType: kind, StringValue: &value}}
	}
	for name, tt := range map[string]struct {
		filter string
		give   map[string]queues.Attribute
		want   bool
	}{
		"none takes all":              {filter: "", want: true},
		"one of several":              {filter: `{"a":["x","y"]}`, give: text("String", "y"), want: true},
		"none of them":                {filter: `{"a":["x","y"]}`, give: text("String", "z")},
		"the attribute is missing":    {filter: `{"a":["x"]}`},
		"one of an array":             {filter: `{"a":["x"]}`, give: text("String.Array", `["q","x"]`), want: true},
		"a prefix":                    {filter: `{"a":[{"prefix":"ab"}]}`, give: text("String", "abc"), want: true},
		"a suffix":                    {filter: `{"a":[{"suffix":"bc"}]}`, give: text("String", "abd")},
		"anything but":                {filter: `{"a":[{"anything-but":["x"]}]}`, give: text("String", "x")},
		"anything but, and it is":     {filter: `{"a":[{"anything-but":["x"]}]}`, give: text("String", "y"), want: true},
		"must not exist":              {filter: `{"a":[{"exists":false}]}`, want: true},
		"every attribute must fit":    {filter: `{"a":["x"],"b":["x"]}`, give: text("String", "x")},
		"of rules for one, one must":  {filter: `{"a":["x",{"prefix":"y"}]}`, give: text("String", "yz"), want: true},
		"must exist, and it does not": {filter: `{"a":[{"exists":true}]}`},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := readFilter(tt.filter)
			require.NoError(t, err)
			assert.Equal(t, tt.want, f.accepts(tt.give))
		})
	}
	for _, bad := range []string{`{`, `{"a":"x"}`, `{"a":[{"numeric":[">",1]}]}`, `{"a":[7]}`} {
		_, err := readFilter(bad)
		assert.ErrorContains(t, err, "filter policy", bad)
	}
}

package config

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/rung-dev/rung/stacks/ladder"
)

func form(t *testing.T, name string) Form {
	t.Helper()
	for _, k := range Keys() {
		if k.Name == name {
			return k.Form
		}
	}
	t.Fatal("no key " + name)
	return Form{}
}

func TestForms(t *testing.T) {
	least, most := 0.0, 604_800.0
	for name, want := range map[string]Form{
		"cdn":                    {Kind: "string", Choices: []string{"cloudfront", "cloudflare", "none"}},
		"domain":                 {Kind: "string"},
		"balancer.stickySeconds": {Kind: "integer", Minimum: &least, Maximum: &most},
		"flowLogs":               {Kind: "boolean"},
		"maintenance":            {Kind: "boolean"},
		"regions":                {Kind: "array", Choices: Regions()},
		"confirmDataLoss":        {Kind: "array"},
		"policy":                 {Kind: "object"},
		"budget":                 {Kind: "number"},
	} {
		assert.Equal(t, want, form(t, name), name)
	}
}

// Every default is of its key's form, on every stage.
func TestDefaultsAreOfTheirForm(t *testing.T) {
	for _, k := range Keys() {
		for n := ladder.First; n <= Built; n++ {
			text := k.Default(n)
			v := k.Form.Value(text)
			switch k.Form.Kind {
			case "integer", "boolean", "number", "array":
				assert.False(t, text != "" && v == any(text), "%s on stage %d: %q is no %s", k.Name, n, text, k.Form.Kind)
			}
			assert.Equal(t, text == "", v == nil, k.Name)
		}
	}
}

func TestTextOfAnotherFormStaysText(t *testing.T) {
	assert.Equal(t, "many", Form{Kind: "integer"}.Value("many"))
	assert.Equal(t, "a,,b", Form{Kind: "array"}.Value("a,,b"))
}

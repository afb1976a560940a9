package cfn

import (
	"strings"
	"unicode"
)

// custom is the type of what a function of the template's author makes.
const custom = "aws-native:cloudformation:CustomResource"

// typeOf is a type of CloudFormation as aws-native has it.
func typeOf(typ string) string {
	parts := strings.Split(typ, "::")
	if len(parts) != 3 || parts[0] != "AWS" {
		return custom
	}
	return "aws-native:" + strings.ToLower(parts[1]) + ":" + words(parts[2], true)
}

// inWords spells the properties of a value as aws-native does.
func inWords(v any) any {
	switch v := v.(type) {
	case []any:
		for i, e := range v {
			v[i] = inWords(e)
		}
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, e := range v {
			out[words(k, false)] = inWords(e)
		}
		return out
	}
	return v
}

// words spells a name so that only the first letter of each word is large, and that
// of the first one if it is upper: DBInstanceClass is DbInstanceClass or
// dbInstanceClass.
func words(name string, upper bool) string {
	letters := []rune(name)
	out := make([]rune, len(letters))
	for i, c := range letters {
		begins := i == 0 || !unicode.IsUpper(letters[i-1]) ||
			i+1 < len(letters) && unicode.IsLower(letters[i+1])
		if unicode.IsUpper(c) && (!begins || i == 0 && !upper) {
			c = unicode.ToLower(c)
		}
		out[i] = c
	}
	return string(out)
}

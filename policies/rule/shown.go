package rule

import (
	"fmt"
	"strconv"
	"strings"
)

// shown is how long a value may be in a message, in bytes.
const shown = 60

// String is the value as a message shows it: short, and never a secret.
func (v Value) String() string {
	switch {
	case v.v.Secret():
		return "[secret]"
	case v.v.IsNull():
		return "not set"
	case v.Unknown():
		return "not known yet"
	case v.v.IsString():
		return short(strconv.Quote(v.v.AsString()))
	case v.v.IsBool():
		return strconv.FormatBool(v.v.AsBool())
	case v.v.IsNumber():
		return strconv.FormatFloat(v.v.AsNumber(), 'f', -1, 64)
	case v.v.IsArray():
		return v.showList()
	case v.v.IsMap():
		return fmt.Sprintf("a block with %s", list(v.Keys()))
	}
	return "a file"
}

func (v Value) showList() string {
	var parts []string
	for _, e := range v.Items() {
		if e.v.IsMap() || e.v.IsArray() {
			return fmt.Sprintf("a list of %d", v.v.AsArray().Len())
		}
		parts = append(parts, e.String())
	}
	return short("[" + strings.Join(parts, ", ") + "]")
}

func list(words []string) string {
	if len(words) == 0 {
		return "nothing in it"
	}
	return short(strings.Join(words, ", "))
}

func short(s string) string {
	if len(s) <= shown {
		return s
	}
	return strings.ToValidUTF8(s[:shown], "") + "…"
}

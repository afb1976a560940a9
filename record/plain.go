package record

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	model "github.com/rung-dev/rung/resource"
)

// Unknown stands for a value that is only known after the resource exists.
type Unknown = model.Unknown

// Plain opens a property map into plain Go values: see Resource.Inputs.
// Assets and archives become "asset:" or "archive:" and the start of their hash.
func Plain(m resource.PropertyMap) map[string]any {
	out := make(map[string]any, len(m))
	for k, v := range m {
		out[string(k)] = plainValue(v)
	}
	return out
}

func plainValue(v resource.PropertyValue) any {
	switch {
	case v.IsSecret():
		return plainValue(v.SecretValue().Element)
	case v.IsComputed():
		return Unknown{}
	case v.IsOutput():
		return plainOutput(v.OutputValue())
	case v.IsArray():
		out := make([]any, 0, len(v.ArrayValue()))
		for _, e := range v.ArrayValue() {
			out = append(out, plainValue(e))
		}
		return out
	case v.IsObject():
		return Plain(v.ObjectValue())
	case v.IsResourceReference():
		return string(v.ResourceReferenceValue().URN)
	case v.IsAsset():
		return "asset:" + short(v.AssetValue().Hash)
	case v.IsArchive():
		return "archive:" + short(v.ArchiveValue().Hash)
	default:
		return v.V
	}
}

func plainOutput(o resource.Output) any {
	if !o.Known {
		return Unknown{}
	}
	return plainValue(o.Element)
}

func short(hash string) string { return hash[:min(12, len(hash))] }

// lookup follows a property path through opened secrets; nil when it leads nowhere.
func lookup(m resource.PropertyMap, path string) any {
	p, err := resource.ParsePropertyPath(path)
	if err != nil {
		return nil
	}
	var at any = Plain(m)
	for _, step := range p {
		at = child(at, step)
	}
	return at
}

func child(v, step any) any {
	switch s := step.(type) {
	case string:
		m, _ := v.(map[string]any)
		return m[s]
	case int:
		if list, ok := v.([]any); ok && s >= 0 && s < len(list) {
			return list[s]
		}
	}
	return nil
}

func isProvider(typ string) bool { return strings.HasPrefix(typ, "pulumi:providers:") }

// isEngines is true for the types that the engine has by itself.
func isEngines(typ string) bool { return strings.HasPrefix(typ, "pulumi:") }

// text is a plain value as one line of a plan.
func text(v any) string {
	switch t := v.(type) {
	case string:
		return fmt.Sprintf("%q", t)
	case nil:
		return "null"
	default:
		return sprint(t)
	}
}

// sprint writes numbers in full: 1000000, not 1e+06.
func sprint(v any) string {
	if n, ok := v.(float64); ok {
		return strconv.FormatFloat(n, 'f', -1, 64)
	}
	return fmt.Sprint(v)
}

package sim

import (
	"maps"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/archive"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/asset"
)

// Props is a resource's properties as plain JSON values: string, float64, bool,
// []any, map[string]any, nil, or [Unknown]. Secrets are in the clear, as the
// cloud sees them. Readers never fail: what is absent, unknown or of another
// type reads as the zero value.
type Props map[string]any

// Unknown stands for a value that the engine does not know yet.
type Unknown struct{}

// defaultsKey marks, as the real providers do, which inputs the provider filled
// in by itself, so that a later check may change them or keep a generated name.
const defaultsKey = "__defaults"

// Has reports whether a property is given, be it unknown.
func (p Props) Has(key string) bool { return p[key] != nil }

// Known reports whether a property is given and its value known.
func (p Props) Known(key string) bool {
	_, unknown := p[key].(Unknown)
	return p[key] != nil && !unknown
}

// Str reads a string property; a dotted path reaches into nested objects.
func (p Props) Str(path string) string { s, _ := p.Get(path).(string); return s }

// Bool reads a boolean property.
func (p Props) Bool(path string) bool { b, _ := p.Get(path).(bool); return b }

// Int reads a whole number.
func (p Props) Int(path string) int { return int(p.Num(path)) }

// Num reads a number.
func (p Props) Num(path string) float64 {
	switch n := p.Get(path).(type) {
	case float64:
		return n
	case int:
		return float64(n)
	}
	return 0
}

// Map reads a nested object.
func (p Props) Map(path string) Props {
	switch m := p.Get(path).(type) {
	case map[string]any:
		return m
	case Props:
		return m
	}
	return nil
}

// Maps reads a list of nested objects.
func (p Props) Maps(path string) []Props {
	list, _ := p.Get(path).([]any)
	var out []Props
	for _, e := range list {
		if m, ok := e.(map[string]any); ok {
			out = append(out, m)
		}
	}
	return out
}

// Strs reads every known string at a path. Lists on the way are walked, so
// "ingress.securityGroups" gives those of all ingress blocks.
func (p Props) Strs(path string) []string {
	var out []string
	for _, v := range values(map[string]any(p), strings.Split(path, ".")) {
		if s, ok := v.(string); ok && s != "" {
			out = append(out, s)
		}
	}
	return out
}

// Get reads the value at a dotted path, nil when absent.
func (p Props) Get(path string) any {
	if v, ok := p[path]; ok {
		return v
	}
	var v any = map[string]any(p)
	for _, part := range strings.Split(path, ".") {
		m, ok := asMap(v)
		if !ok {
			return nil
		}
		v = m[part]
	}
	return v
}

// Copy is a shallow copy.
func (p Props) Copy() Props {
	if p == nil {
		return Props{}
	}
	return maps.Clone(p)
}

func asMap(v any) (map[string]any, bool) {
	switch m := v.(type) {
	case map[string]any:
		return m, true
	case Props:
		return m, true
	}
	return nil, false
}

func values(v any, path []string) []any {
	if list, ok := v.([]any); ok {
		var out []any
		for _, e := range list {
			out = append(out, values(e, path)...)
		}
		return out
	}
	if len(path) == 0 {
		return []any{v}
	}
	if m, ok := asMap(v); ok && m[path[0]] != nil {
		return values(m[path[0]], path[1:])
	}
	return nil
}

// FromPulumi converts what the engine sends.
func FromPulumi(m resource.PropertyMap) Props {
	p := make(Props, len(m))
	for k, v := range m {
		p[string(k)] = plain(v)
	}
	return p
}

func plain(v resource.PropertyValue) any {
	switch {
	case v.IsSecret():
		return plain(v.SecretValue().Element)
	case v.IsComputed():
		return Unknown{}
	case v.IsOutput():
		if !v.OutputValue().Known {
			return Unknown{}
		}
		return plain(v.OutputValue().Element)
	case v.IsAsset():
		return v.AssetValue().Serialize()
	case v.IsArchive():
		return v.ArchiveValue().Serialize()
	case v.IsResourceReference():
		return plain(v.ResourceReferenceValue().ID)
	case v.IsArray():
		list := make([]any, len(v.ArrayValue()))
		for i, e := range v.ArrayValue() {
			list[i] = plain(e)
		}
		return list
	case v.IsObject():
		return map[string]any(FromPulumi(v.ObjectValue()))
	case v.IsBool():
		return v.BoolValue()
	case v.IsNumber():
		return v.NumberValue()
	case v.IsString():
		return v.StringValue()
	}
	return nil
}

// ToPulumi converts back, wrapping the named properties as secrets.
func (p Props) ToPulumi(secret map[string]bool) resource.PropertyMap {
	m := make(resource.PropertyMap, len(p))
	for k, v := range p {
		value := toValue(v)
		if secret[k] && !value.IsNull() {
			value = resource.MakeSecret(value)
		}
		m[resource.PropertyKey(k)] = value
	}
	return m
}

func toValue(v any) resource.PropertyValue {
	switch v := v.(type) {
	case Unknown:
		return resource.MakeComputed(resource.NewStringProperty(""))
	case []any:
		list := make([]resource.PropertyValue, len(v))
		for i, e := range v {
			list[i] = toValue(e)
		}
		return resource.NewArrayProperty(list)
	case []string:
		return toValue(anyList(v))
	case Props:
		return toValue(map[string]any(v))
	case map[string]any:
		return toObject(v)
	}
	return resource.NewPropertyValue(v)
}

func toObject(m map[string]any) resource.PropertyValue {
	if a, ok, err := asset.Deserialize(m); ok && err == nil {
		return resource.NewAssetProperty(a)
	}
	if a, ok, err := archive.Deserialize(m); ok && err == nil {
		return resource.NewArchiveProperty(a)
	}
	return resource.NewObjectProperty(Props(m).ToPulumi(nil))
}

// anyList turns a list of strings into the plain JSON form.
func anyList(list []string) []any {
	out := make([]any, len(list))
	for i, s := range list {
		out[i] = s
	}
	return out
}

// List builds a plain list, for tables that fill one in.
func List(items ...string) []any { return anyList(items) }

// secretKeys names the top-level properties that hold a secret anywhere inside.
func secretKeys(maps ...resource.PropertyMap) map[string]bool {
	keys := map[string]bool{}
	for _, m := range maps {
		for k, v := range m {
			if v.ContainsSecrets() {
				keys[string(k)] = true
			}
		}
	}
	return keys
}

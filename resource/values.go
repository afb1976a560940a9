package resource

import (
	"encoding/json"
	"maps"
	"regexp"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// Unknown stands for a property whose value is not known yet, as in a preview.
type Unknown struct{}

// String is what a table shows for it.
func (Unknown) String() string { return "(known after up)" }

// Secret stands for a value that Pulumi keeps from us. It never decides a price.
const Secret = "[secret]"

// Pulumi's marks in JSON: what stands for an unknown of each kind, and the key
// and the value by which an object is a secret.
var unknownTexts = map[string]bool{
	"04da6b54-80e4-46f7-96ec-b56ff0331ba9": true, // string, and every kind in engine events
	"1c4a061d-8072-4f0a-a4cb-0ff528b18fe7": true, // bool
	"3eeb2bf0-c639-47a8-9e75-3b44932eb421": true, // number
	"6a19a0b0-7e62-4c92-b797-7f8e31da9cc2": true, // array
	"030794c1-ac77-496b-92df-f27374a8bd58": true, // asset
	"e48ece36-62e2-4504-bad9-02848725956a": true, // archive
	"dd056dcd-154b-4c76-9bd3-c8f88648b5ff": true, // object
}

const (
	signatureKey    = "4dabf18193072939515e22adb298388d"
	secretSignature = "1b47061264138c4ac30d75fd1eb44270"
	unknownLength   = 36
	defaultsKey     = "__defaults" // what a provider filled in, for itself
)

// IsUnknown reports whether v stands for a value that is not known, be it not
// yet or not to us.
func IsUnknown(v any) bool {
	switch v := v.(type) {
	case Unknown, *Unknown:
		return true
	case string:
		return v == Secret || len(v) == unknownLength && unknownTexts[v]
	}
	return false
}

// FromJSON opens Pulumi's marks in a value of an event or a state, which it
// leaves as it is: a secret becomes Secret, or its value where it was printed,
// and what is not known becomes Unknown{}.
func FromJSON(v any) any {
	switch v := v.(type) {
	case string:
		if v != Secret && IsUnknown(v) {
			return Unknown{}
		}
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = FromJSON(e)
		}
		return out
	case map[string]any:
		if v[signatureKey] == secretSignature {
			return revealed(v)
		}
		return PropsFromJSON(v)
	}
	return v
}

// PropsFromJSON is FromJSON for all properties of a resource.
func PropsFromJSON(m map[string]any) map[string]any {
	out := make(map[string]any, len(m))
	for k, v := range m {
		out[k] = FromJSON(v)
	}
	return out
}

// revealed is the value of a secret where --show-secrets printed it.
func revealed(v map[string]any) any {
	text, _ := v["plaintext"].(string)
	var value any
	if text == "" || json.Unmarshal([]byte(text), &value) != nil {
		return Secret
	}
	return FromJSON(value)
}

// FromProperty is a property as the SDKs have it, opened in the same way.
func FromProperty(v property.Value) any {
	switch {
	case v.IsComputed():
		return Unknown{}
	case v.Secret():
		return Secret
	case v.IsBool():
		return v.AsBool()
	case v.IsNumber():
		return v.AsNumber()
	case v.IsString():
		return v.AsString()
	case v.IsArray():
		l := make([]any, 0, v.AsArray().Len())
		for _, e := range v.AsArray().All {
			l = append(l, FromProperty(e))
		}
		return l
	case v.IsMap():
		return PropsFromProperties(v.AsMap())
	}
	return nil
}

// PropsFromProperties is FromProperty for all properties of a resource.
func PropsFromProperties(m property.Map) map[string]any {
	out := make(map[string]any, m.Len())
	for k, e := range m.All {
		out[k] = FromProperty(e)
	}
	return out
}

// Planned is a resource as it will be: what the program says, also where the
// cloud still answers with the old value, and what only the cloud knows. The id
// is under "id" unless an output has that name.
func Planned(inputs, outputs map[string]any, id string) map[string]any {
	return merge(inputs, outputs, id)
}

// Standing is a resource as it is: what the cloud answered, also where somebody
// changed it, and what only the program says.
func Standing(inputs, outputs map[string]any, id string) map[string]any {
	return merge(outputs, inputs, id)
}

// merge lays one side over the other. What is known on one side is never hidden
// by what is not on the other.
func merge(over, under map[string]any, id string) map[string]any {
	out := make(map[string]any, len(over)+len(under)+1)
	maps.Copy(out, under)
	for k, v := range over {
		if old, has := out[k]; has && old != nil && (v == nil || IsUnknown(v)) {
			continue
		}
		out[k] = v
	}
	delete(out, defaultsKey)
	if out["id"] == nil && id != "" && !IsUnknown(id) {
		out["id"] = id
	}
	return out
}

// RegionOfARN is the region of an ARN; empty for a global one or none.
func RegionOfARN(arn string) string {
	const parts = 6
	p := strings.SplitN(arn, ":", parts)
	if len(p) < parts || p[0] != "arn" {
		return ""
	}
	return p[3]
}

// zone is the name of an availability zone: that of its region and a letter.
var zone = regexp.MustCompile(`^([a-z]{2}(?:-[a-z]+)+-\d)[a-z]$`)

// RegionOf is where a resource is: by its ARN, else as it says itself, else as
// its provider does, else by its zone, else empty.
func RegionOf(typ string, props map[string]any, provider string) string {
	if arn, ok := props["arn"].(string); ok && RegionOfARN(arn) != "" {
		return RegionOfARN(arn)
	}
	if own, ok := props["region"].(string); ok && strings.HasPrefix(typ, "aws:") && !IsUnknown(own) && own != "" {
		return own
	}
	if provider != "" {
		return provider
	}
	zones := []any{props["availabilityZone"]}
	if list, ok := props["availabilityZones"].([]any); ok {
		zones = append(zones, list...)
	}
	for _, z := range zones {
		if name, ok := z.(string); ok && zone.MatchString(name) {
			return zone.FindStringSubmatch(name)[1]
		}
	}
	return ""
}

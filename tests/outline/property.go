package outline

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// property is a property of a resource, known when the resource is.
func (r *run) property(name, rest string) pulumi.Output {
	made := r.made[name]
	return r.raw[name].ApplyT(func(v any) (any, error) {
		all, is := v.(resource.PropertyMap)
		if !is {
			return nil, fmt.Errorf("%s came back with %T", name, v)
		}
		found, known := follow(resource.NewProperty(all), steps(rest))
		switch {
		case !known && r.ctx.DryRun():
			return pulumi.UnsafeUnknownOutput([]pulumi.Resource{made}), nil
		case !known:
			return nil, fmt.Errorf("%s has no %s", name, strings.TrimPrefix(rest, "."))
		case found.IsSecret():
			return pulumi.ToSecret(found.SecretValue().Element.Mappable()), nil
		}
		return found.Mappable(), nil
	})
}

// follow goes down into a value; known is false where it ends at nothing, or at what is
// not known yet.
func follow(v resource.PropertyValue, path []string) (found resource.PropertyValue, known bool) {
	for _, key := range path {
		if v.IsSecret() {
			v = v.SecretValue().Element
		}
		if v.IsOutput() {
			v = v.OutputValue().Element
		}
		switch {
		case v.IsObject():
			v = v.ObjectValue()[resource.PropertyKey(key)]
		case v.IsArray() && index(key) < len(v.ArrayValue()):
			v = v.ArrayValue()[index(key)]
		default:
			return v, false
		}
	}
	if v.IsOutput() {
		if !v.OutputValue().Known {
			return v, false
		}
		v = v.OutputValue().Element
	}
	return v, !v.IsNull() && !v.IsComputed()
}

// steps are the keys and numbers of a path such as .dataSubnetIds[0].
func steps(path string) []string {
	return strings.FieldsFunc(path, func(c rune) bool { return c == '.' || c == '[' || c == ']' || c == '"' })
}

func index(key string) int {
	n, err := strconv.Atoi(key)
	if err != nil {
		return 1 << 30
	}
	return n
}

// input is a value as an input.
func input(v any) pulumi.Input {
	if in, is := v.(pulumi.Input); is {
		return in
	}
	return pulumi.ToOutput(v)
}

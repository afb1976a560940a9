package outline

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// value is a value of the program with its references resolved: a text, a number, an
// output, or lists and objects of them.
func (r *run) value(v any) (any, error) {
	switch v := v.(type) {
	case string:
		return r.text(v)
	case []any:
		all := pulumi.Array{}
		for _, item := range v {
			one, err := r.value(item)
			if err != nil {
				return nil, err
			}
			all = append(all, input(one))
		}
		return all, nil
	case map[string]any:
		return r.object(v)
	default:
		return v, nil
	}
}

func (r *run) object(v map[string]any) (any, error) {
	all := pulumi.Map{}
	for _, key := range slices.Sorted(maps.Keys(v)) {
		if strings.HasPrefix(key, "fn::") {
			if len(v) != 1 {
				return nil, errOneKey
			}
			return r.function(strings.TrimPrefix(key, "fn::"), v[key])
		}
		one, err := r.value(v[key])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
		all[key] = input(one)
	}
	return all, nil
}

// function calls one of the language's functions.
func (r *run) function(name string, of any) (any, error) {
	if name == "invoke" {
		return r.invoke(of)
	}
	v, err := r.value(of)
	if err != nil {
		return nil, err
	}
	switch name {
	case "toJSON":
		return pulumi.JSONMarshal(input(v)), nil
	case "stringAsset":
		return pulumi.NewStringAsset(fmt.Sprint(of)), nil
	case "assetArchive":
		files := map[string]any{}
		for name, file := range v.(pulumi.Map) {
			files[name] = file
		}
		return pulumi.NewAssetArchive(files), nil
	default:
		return nil, fmt.Errorf("fn::%s is not known here", name)
	}
}

// invoke asks a provider; its arguments are plain.
func (r *run) invoke(of any) (any, error) {
	call, _ := of.(map[string]any)
	function, _ := call["function"].(string)
	args, _ := call["arguments"].(map[string]any)
	opts, err := r.asked(call["options"])
	if err != nil {
		return nil, fmt.Errorf("ask %s: %w", function, err)
	}
	result := map[string]any{}
	if err := r.ctx.Invoke(long(function), args, &result, opts...); err != nil {
		return nil, fmt.Errorf("ask %s: %w", function, err)
	}
	if want, is := call["return"].(string); is {
		return result[want], nil
	}
	return result, nil
}

// asked are the options of a call: the provider that is asked.
func (r *run) asked(options any) (opts []pulumi.InvokeOption, err error) {
	all, _ := options.(map[string]any)
	for key, v := range all {
		ref, _ := v.(string)
		if key != "provider" {
			return nil, fmt.Errorf("the option %s of a call is not known here", key)
		}
		p, err := r.provider(ref)
		if err != nil {
			return nil, err
		}
		opts = append(opts, pulumi.Provider(p))
	}
	return opts, nil
}

// reference is ${name.path}.
var reference = regexp.MustCompile(`\$\{([^}]+)\}`)

// text is a text with its references.
func (r *run) text(s string) (any, error) {
	found := reference.FindAllStringSubmatchIndex(s, -1)
	if len(found) == 1 && found[0][0] == 0 && found[0][1] == len(s) {
		return r.refer(s[found[0][2]:found[0][3]])
	}
	parts, plain, end := []any{}, true, 0
	var format strings.Builder
	for _, at := range found {
		v, err := r.refer(s[at[2]:at[3]])
		if err != nil {
			return nil, err
		}
		if _, is := v.(pulumi.Output); is {
			plain = false
		}
		format.WriteString(strings.ReplaceAll(s[end:at[0]], "%", "%%") + "%v")
		parts, end = append(parts, v), at[1]
	}
	format.WriteString(strings.ReplaceAll(s[end:], "%", "%%"))
	if plain {
		return fmt.Sprintf(format.String(), parts...), nil
	}
	return pulumi.Sprintf(format.String(), parts...), nil
}

// refer is what a reference names: a setting, a variable, or a property of a resource.
func (r *run) refer(path string) (any, error) {
	name, _, _ := strings.Cut(path, ".")
	name, _, _ = strings.Cut(name, "[")
	rest := strings.TrimPrefix(path, name)
	if name == "pulumi" && rest == ".stack" {
		return r.ctx.Stack(), nil
	}
	if v, is, err := r.known(path, name); is || err != nil {
		return at(v, rest), err
	}
	if _, is := r.program.Resources[name]; !is {
		return nil, fmt.Errorf("${%s}: there is no %s", path, name)
	}
	if err := r.resource(name); err != nil {
		return nil, err
	}
	if custom, is := r.made[name].(pulumi.CustomResource); is && (rest == ".id" || rest == "") {
		return custom.ID(), nil
	}
	return r.property(name, rest), nil
}

// known is a setting or a variable.
func (r *run) known(path, name string) (any, bool, error) {
	c, is := r.program.Config[path]
	for _, key := range []string{path, r.ctx.Project() + ":" + name} {
		if v, set := r.ctx.GetConfig(key); set {
			set, err := c.read(v)
			return set, true, err
		}
	}
	if is {
		if c.Value != nil {
			return c.Value, true, nil
		}
		return c.Default, true, nil
	}
	v, is := r.program.Variables[name]
	if !is {
		return nil, false, nil
	}
	if done, is := r.variables[name]; is {
		return done, true, nil
	}
	done, err := r.value(v)
	r.variables[name] = done
	return done, true, err
}

// read is what somebody set, as the setting's type has it.
func (s Setting) read(text string) (v any, err error) {
	if s.Type == "" || s.Type == "string" {
		return text, nil
	}
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		return nil, fmt.Errorf("read %q as %s: %w", text, s.Type, err)
	}
	return v, nil
}

// at is a part of a value that is known.
func at(v any, rest string) any {
	for _, key := range steps(rest) {
		switch of := v.(type) {
		case map[string]any:
			v = of[key]
		case []any:
			v = of[index(key)]
		}
	}
	return v
}

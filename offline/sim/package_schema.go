package sim

import (
	"encoding/json"
	"fmt"
	"strings"
)

// PulumiSchema is the package as `pulumi package get-schema` has it: the types that are
// simulated with the properties of the generated table. It is what a program in YAML is
// checked against; other languages bring their own SDK. Descriptions are the real
// provider's and not repeated here.
func (p *Package) PulumiSchema() ([]byte, error) {
	resources, types, functions := map[string]any{}, map[string]any{}, map[string]any{}
	for token := range p.kinds {
		table := p.Schema.Resources[token]
		inputs, required := p.objectSchema(table.Inputs)
		outputs, _ := p.objectSchema(table.Outputs)
		resources[token] = map[string]any{"inputProperties": inputs, "requiredInputs": required, "properties": outputs}
	}
	for name, fields := range p.Schema.Types {
		types[p.typeToken(name)] = p.object(fields)
	}
	for token := range p.Invokes {
		table := p.Schema.Functions[token]
		functions[token] = map[string]any{"inputs": p.object(table.Inputs), "outputs": p.object(table.Outputs)}
	}
	config, _ := p.objectSchema(p.Schema.Resources["pulumi:providers:"+p.Name].Inputs)
	return json.Marshal(map[string]any{
		"name": p.Name, "version": p.Version, "description": "what rung's offline cloud simulates of " + p.Name,
		"meta":      map[string]any{"moduleFormat": "(.*)(?:/[^/]*)"},
		"config":    map[string]any{"variables": config},
		"provider":  map[string]any{"inputProperties": config},
		"resources": resources, "types": types, "functions": functions,
	})
}

// object is an object's type.
func (p *Package) object(fields Fields) map[string]any {
	properties, required := p.objectSchema(fields)
	return map[string]any{"type": "object", "properties": properties, "required": required}
}

// objectSchema are the properties of an object, and the names of those that must be given.
func (p *Package) objectSchema(fields Fields) (properties map[string]any, required []string) {
	properties, required = map[string]any{}, []string{}
	for _, name := range keys(fields) {
		typ, must := strings.CutSuffix(fields[name], "!")
		properties[name] = p.typeSchema(typ)
		if must {
			required = append(required, name)
		}
	}
	return properties, required
}

// scalars are the types of the table that Pulumi's schema calls by other names.
var scalars = map[string]string{"bool": "boolean", "int": "integer", "number": "number", "string": "string"}

func (p *Package) typeSchema(typ string) map[string]any {
	if of, is := strings.CutPrefix(typ, "[]"); is {
		return map[string]any{"type": "array", "items": p.typeSchema(of)}
	}
	if of, is := strings.CutPrefix(typ, "map "); is {
		return map[string]any{"type": "object", "additionalProperties": p.typeSchema(of)}
	}
	if name := strings.Trim(typ, "{}"); name != typ {
		if _, known := p.Schema.Types[name]; known {
			return map[string]any{"$ref": "#/types/" + strings.ReplaceAll(p.typeToken(name), "/", "%2F")}
		}
	}
	if scalar, is := scalars[typ]; is {
		return map[string]any{"type": scalar}
	}
	return map[string]any{"$ref": "pulumi.json#/Any"}
}

// typeToken is the token of a named type: "acm.CertificateOptions" is
// "aws:acm/CertificateOptions:CertificateOptions".
func (p *Package) typeToken(name string) string {
	module, base, found := strings.Cut(name, ".")
	if !found {
		module, base = "index", name
	}
	return fmt.Sprintf("%s:%s/%s:%s", p.Name, module, base, base)
}

package sim

import (
	"fmt"
	"strings"
)

// Accept makes the provider take types that no table has: their inputs are stored as
// they are, and nothing about them is checked or refused. Their outputs are the inputs,
// an id, and an ARN where the provider has accounts. say is told of each such resource,
// in previews too; it must not be nil.
func (p *Provider) Accept(say func(urn, sentence string)) { p.accepted = say }

// kind is the behaviour of a type; an error where there is none and none is made up.
func (p *Provider) kind(token string) (*Kind, error) {
	kind, err := p.pkg.Kind(token)
	if err != nil && p.accepted != nil {
		return stranger(token), nil
	}
	return kind, err
}

// tell says that a resource is of a type that was accepted unseen.
func (p *Provider) tell(kind *Kind, urn string) {
	if p.accepted != nil && p.pkg.kinds[kind.Token] == nil {
		p.accepted(urn, fmt.Sprintf("%s is not simulated and was accepted as it is: its inputs are stored, nothing about "+
			"them is checked, and it has no outputs but these, an id and an ARN", kind.Token))
	}
}

// stranger is the least that any type does.
func stranger(token string) *Kind {
	service, api := "", token
	if parts := strings.Split(token, ":"); len(parts) == 3 {
		service, _, _ = strings.Cut(parts[1], "/")
		api = parts[2]
	}
	return &Kind{
		Token: token, Service: service, API: api,
		ID: func(o *Op) string { return o.Name + "-" + o.Hex(7, "id") },
		Outputs: func(o *Op) Props {
			if o.Account == "" {
				return nil
			}
			return Props{"arn": o.ARN(service, strings.ToLower(api)+"/"+o.Name+"-"+o.Hex(7, "id"))}
		},
	}
}

// inputsOf is the property table of a type, or one of what was given where there is none.
func (p *Provider) inputsOf(token string, given Props) Fields {
	if known, ok := p.pkg.Schema.Resources[token]; ok {
		return known.Inputs
	}
	fields := Fields{}
	for key := range given {
		fields[key] = "any"
	}
	return fields
}

package cost

import (
	"cmp"
	"errors"
	"slices"

	"github.com/rung-dev/rung/cost/internal/cfn"
	"github.com/rung-dev/rung/resource/token"
)

// errElsewhere is why a template that a stack only points to has no price.
var errElsewhere = errors.New("its template stands at templateUrl, which an estimate does not fetch")

// templated are the types whose resources stand in a template.
var templated = map[string]bool{token.CloudFormationStack: true, "aws-native:cloudformation:Stack": true}

// withTemplates adds what the CloudFormation templates of a stack make, each as a
// resource of its own whose URN is that of the stack with the logical name after
// "#". The second result says, by URN, which templates could not be read and why.
func withTemplates(all []Resource) ([]Resource, map[string]string) {
	var made []Resource
	var unread map[string]string
	for i := range all {
		r := &all[i]
		if !templated[r.Type] || r.Group || r.External {
			continue
		}
		of, err := templateOf(r)
		if err != nil {
			if unread == nil {
				unread = map[string]string{}
			}
			unread[r.URN] = err.Error()
		}
		made = append(made, of...)
	}
	if made == nil {
		return all, unread
	}
	return slices.Concat(all, made), unread
}

// templateOf lists what the template of one stack makes.
func templateOf(r *Resource) ([]Resource, error) {
	p := props(r.Props)
	body := p["templateBody"]
	switch {
	case p.pending("templateBody"):
		return nil, errors.New("what it makes is in its template: " + p.notKnown("templateBody"))
	case !given(body) && p.mentions("templateUrl"):
		return nil, errElsewhere
	case !given(body):
		return nil, errors.New("what it makes is in its template, which is not in this file")
	}
	parameters := map[string]any{}
	for k, v := range p.object("parameters") {
		if !isUnknown(v) {
			parameters[k] = v
		}
	}
	read, err := cfn.Read(body, cfn.Stack{Parameters: parameters, Region: r.Region,
		Ref: func(name string) string { return r.URN + "#" + name }})
	out := make([]Resource, 0, len(read))
	for _, m := range read {
		out = append(out, Resource{URN: r.URN + "#" + m.Name, Type: m.Type, Name: r.Name + "/" + m.Name,
			Component: cmp.Or(r.Component, r.Name), Region: r.Region, Props: m.Props})
	}
	return out, err
}

// priceTemplate settles a stack of CloudFormation, whose resources are priced by
// themselves where its template is known.
func priceTemplate(s *sheet) {
	if why, ok := s.unread[s.r.URN]; ok {
		s.unpriced("", why)
		return
	}
	s.free("what its template makes is priced by itself")
}

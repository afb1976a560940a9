package iam

import (
	"cmp"
	"encoding/json"
	"fmt"
	"hash/crc32"

	"github.com/rung-dev/rung/offline/sim"
)

// policyDocument renders statements as IAM's JSON, in the order and form of the
// real provider: one value as a string, several as a list.
func policyDocument(o *sim.Op) (sim.Props, error) {
	version := cmp.Or(o.In.Str("version"), "2012-10-17")
	doc := struct {
		Version   string `json:"Version"`
		ID        string `json:"Id,omitempty"`
		Statement []any  `json:"Statement"`
	}{Version: version, ID: o.In.Str("policyId"), Statement: []any{}}
	statements, err := mergedStatements(o.In)
	if err != nil {
		return nil, err
	}
	doc.Statement = append(doc.Statement, statements...)
	pretty, err := json.MarshalIndent(doc, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("render the policy document: %w", err)
	}
	short, err := json.Marshal(doc)
	if err != nil {
		return nil, fmt.Errorf("render the policy document: %w", err)
	}
	out := o.In.Copy()
	out["json"], out["minifiedJson"], out["version"] = string(pretty), string(short), version
	out["id"] = fmt.Sprint(crc32.ChecksumIEEE(pretty))
	return out, nil
}

// mergedStatements puts source documents before the own statements and override
// documents after; a later statement takes the place of one with its Sid.
func mergedStatements(in sim.Props) ([]any, error) {
	var all []any
	add := func(documents []string) error {
		for _, text := range documents {
			var doc struct{ Statement []any }
			if err := json.Unmarshal([]byte(text), &doc); err != nil {
				return fmt.Errorf("merging policy documents: %w", err)
			}
			for _, s := range doc.Statement {
				all = withStatement(all, s)
			}
		}
		return nil
	}
	if err := add(in.Strs("sourcePolicyDocuments")); err != nil {
		return nil, err
	}
	for _, s := range in.Maps("statements") {
		all = withStatement(all, statement(s))
	}
	return all, add(in.Strs("overridePolicyDocuments"))
}

func withStatement(all []any, s any) []any {
	m, _ := s.(map[string]any)
	for i, other := range all {
		if o, _ := other.(map[string]any); m["Sid"] != nil && o["Sid"] == m["Sid"] {
			all[i] = s
			return all
		}
	}
	return append(all, s)
}

func statement(in sim.Props) map[string]any {
	out := map[string]any{"Effect": cmp.Or(in.Str("effect"), "Allow")}
	if sid := in.Str("sid"); sid != "" {
		out["Sid"] = sid
	}
	for property, key := range map[string]string{
		"actions": "Action", "notActions": "NotAction", "resources": "Resource", "notResources": "NotResource",
	} {
		if list := in.Strs(property); len(list) > 0 {
			out[key] = oneOrMany(list)
		}
	}
	for property, key := range map[string]string{"principals": "Principal", "notPrincipals": "NotPrincipal"} {
		if p := principals(in.Maps(property)); p != nil {
			out[key] = p
		}
	}
	if conditions := in.Maps("conditions"); len(conditions) > 0 {
		out["Condition"] = conditionBlock(conditions)
	}
	return out
}

func principals(list []sim.Props) any {
	if len(list) == 0 {
		return nil
	}
	byType := map[string][]string{}
	for _, p := range list {
		byType[p.Str("type")] = append(byType[p.Str("type")], p.Strs("identifiers")...)
	}
	if all := byType["*"]; len(byType) == 1 && len(all) == 1 {
		return all[0]
	}
	out := map[string]any{}
	for kind, identifiers := range byType {
		out[kind] = oneOrMany(identifiers)
	}
	return out
}

func conditionBlock(list []sim.Props) map[string]map[string]any {
	out := map[string]map[string]any{}
	for _, c := range list {
		if out[c.Str("test")] == nil {
			out[c.Str("test")] = map[string]any{}
		}
		out[c.Str("test")][c.Str("variable")] = oneOrMany(c.Strs("values"))
	}
	return out
}

func oneOrMany(list []string) any {
	if len(list) == 1 {
		return list[0]
	}
	return list
}

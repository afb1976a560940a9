package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"github.com/rung-dev/rung/resource/token"
)

// texts are the texts of a list among the outputs.
func texts(v any) (list []string) {
	items, _ := v.([]any)
	for _, item := range items {
		if text, ok := item.(string); ok {
			list = append(list, text)
		}
	}
	return list
}

// outputsOf are the stack's outputs. Pulumi keeps secret ones encrypted; only
// their names are shown.
func outputsOf(resources []apitype.ResourceV3) map[string]any {
	for _, r := range resources {
		if r.Type != token.Stack {
			continue
		}
		out := make(map[string]any, len(r.Outputs))
		for k, v := range r.Outputs {
			if m, isObject := v.(map[string]any); isObject && m["ciphertext"] != nil {
				v = "[secret]"
			}
			out[k] = v
		}
		return out
	}
	return map[string]any{}
}

package appsync

import (
	"fmt"
	"regexp"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

func function() sim.Kind {
	return sim.Kind{
		Token: token.AppSyncFunction, Service: service, API: "Function", Noun: "AppSync Function", Verbs: map[sim.Verb]string{sim.Update: "UpdateFunction"},
		Name:      &sim.Name{Auto: true, Underscored: true, Max: 255, Pattern: name},
		Enums:     map[string][]string{"runtime.name": {"APPSYNC_JS"}},
		Ranges:    map[string]sim.Range{"maxBatchSize": {Min: 0, Max: 2000}},
		ReplaceOn: []string{"apiId"},
		ID:        func(o *sim.Op) string { return o.In.Str("apiId") + "-" + o.Lower(26, "function") },
		Outputs: func(o *sim.Op) sim.Props {
			id := o.Lower(26, "function")
			out := sim.Props{"functionId": id, "arn": o.ARN("appsync", "apis/"+o.In.Str("apiId")+"/functions/"+id),
				"functionVersion": ""}
			if !o.In.Has("code") {
				out["functionVersion"] = "2018-05-29"
			}
			return out
		},
		Refs:  []sim.Ref{ofAPI()},
		Rules: sim.Many(sim.Create|sim.Update, sourceStands, codeHasRuntime),
	}
}

func resolver() sim.Kind {
	return sim.Kind{
		Token: token.AppSyncResolver, Service: service, API: "Resolver", Noun: "AppSync Resolver", Verbs: map[sim.Verb]string{sim.Update: "UpdateResolver"},
		Defaults:  sim.Props{"kind": "UNIT"},
		Enums:     map[string][]string{"kind": {"UNIT", "PIPELINE"}, "runtime.name": {"APPSYNC_JS"}},
		Ranges:    map[string]sim.Range{"maxBatchSize": {Min: 0, Max: 2000}},
		ReplaceOn: []string{"apiId", "field", "type"}, Ordered: []string{"pipelineConfig.functions"},
		ID: func(o *sim.Op) string {
			return o.In.Str("apiId") + "-" + o.In.Str("type") + "-" + o.In.Str("field")
		},
		Outputs: func(o *sim.Op) sim.Props {
			return sim.Props{"arn": o.ARN("appsync", fmt.Sprintf("apis/%s/types/%s/resolvers/%s", o.In.Str("apiId"),
				o.In.Str("type"), o.In.Str("field")))}
		},
		Refs: []sim.Ref{ofAPI(), {Path: "pipelineConfig.functions", To: []sim.Target{{Token: token.AppSyncFunction, By: "functionId"}},
			Missing: missing, InUse: bad}},
		Rules: append(sim.Many(sim.Create, answeredOnce), sim.Many(sim.Create|sim.Update, sourceStands, fieldStands, codeHasRuntime)...),
	}
}

// answeredOnce: the wording is from memory.
func answeredOnce(o *sim.Op) error {
	if _, taken := o.Find(token.AppSyncResolver, o.ID); !taken {
		return nil
	}
	return sim.Refuse(bad, "Only one resolver is allowed per field.", "Keep one of the two.")
}

// sourceStands: what is answered out of a source names it, by its name within the API.
func sourceStands(o *sim.Op) error {
	want := o.In.Str("dataSource")
	if _, ok := o.Find(token.AppSyncDataSource, o.In.Str("apiId")+"-"+want); ok || want == "" {
		return nil
	}
	return sim.Refuse(missing, "No data source found named "+want, "Take dataSource from the name of the data source.")
}

func fieldStands(o *sim.Op) error {
	text, known := fields(o, o.In.Str("type"))
	field := regexp.MustCompile(`\b` + regexp.QuoteMeta(o.In.Str("field")) + `\s*[(:]`)
	if !known || field.MatchString(text) {
		return nil
	}
	return sim.Refuse(missing, fmt.Sprintf("No field named %s found on type %s", o.In.Str("field"), o.In.Str("type")),
		"Write the field into the API's schema.")
}

// codeHasRuntime: the wording is from memory.
func codeHasRuntime(o *sim.Op) error {
	if o.In.Has("code") == o.In.Has("runtime") {
		return nil
	}
	return sim.Refuse(bad, "Code and Runtime must be given together", "Give both: APPSYNC_JS in its version 1.0.0.")
}

package cdn

import (
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rung-dev/rung/lab/edge"
	"github.com/rung-dev/rung/lab/unit"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// originResponse is the event for which the lab runs a Lambda@Edge: between an origin and
// the cache. At others a function of CloudFront's is cheaper, and rung has those.
const originResponse = "origin-response"

// guardPorts is where the first guard listens; each has a port of its own.
const guardPorts = 8100

// lambda is the Lambda@Edge of a behaviour; one without code is none.
func (d distribution) lambda(behaviour sim.Props) (f edge.Function) {
	for _, a := range behaviour.Maps("lambdaFunctionAssociations") {
		if a.Str("eventType") != originResponse {
			continue
		}
		made, _ := d.cloud.First(token.LambdaFunction, "qualifiedArn", a.Str("lambdaArn"))
		file, _, _ := strings.Cut(made.Str("handler"), ".")
		f.Code = textOf(made.Props, file+".js")
	}
	return f
}

// textOf is a file of a function's code, where that is a text of the plan.
func textOf(function sim.Props, file string) string {
	assets, _ := function.Get("code.assets").(map[string]any)
	one, _ := assets[file].(map[string]any)
	text, _ := one["text"].(string)
	return text
}

// guards is the server between the cache and those origins whose answers a Lambda@Edge
// sees.
func (d distribution) guards(executable string) (u unit.Unit, has bool, err error) {
	address, err := d.at.Address(key(d.Resource) + "/origins")
	if err != nil {
		return u, false, err
	}
	plan := edge.Plan{Domain: d.Str("domainName")}
	var ports []int
	for _, b := range d.behaviours() {
		f := d.lambda(b)
		if f.Code == "" {
			continue
		}
		for _, o := range d.members(b.Str("targetOriginId")) {
			id := o.Str("originId")
			if d.guarded[id] != "" {
				continue
			}
			port := guardPorts + len(ports)
			ports = append(ports, port)
			d.guarded[id] = fmt.Sprintf("%s:%d", address, port)
			scheme := map[bool]string{false: "http", true: "https"}[secure(o)]
			plan.Guards = append(plan.Guards, edge.Guard{Listen: d.guarded[id], Upstream: scheme + "://" + d.place(o),
				Function: f})
		}
	}
	if len(plan.Guards) == 0 {
		return u, false, nil
	}
	text, err := json.MarshalIndent(plan, "", " ")
	if err != nil {
		return u, false, fmt.Errorf("write what stands before origins: %w", err)
	}
	dir := filepath.Join(d.dir, "origins")
	file := filepath.Join(dir, "plan.json")
	return unit.Unit{Name: d.ID + "/origins", What: "the Lambda@Edge of " + d.Name, Address: address, Ports: ports,
		Dir: dir, Program: []string{executable, "lab", edge.Word, file},
		Files:  []unit.File{{Path: file, Content: string(text)}},
		Health: unit.Health{Kind: unit.TCP, Port: ports[0]}}, true, nil
}

// members are the origins of an id: one, or those of a group.
func (d distribution) members(id string) (all []sim.Props) {
	for _, g := range d.Maps("originGroups") {
		for _, m := range g.Maps("members") {
			if o, ok := d.origin(m.Str("originId")); ok && g.Str("originId") == id {
				all = append(all, o)
			}
		}
	}
	if o, ok := d.origin(id); ok && len(all) == 0 {
		all = append(all, o)
	}
	return all
}

func throughGuard(id string) string { return "guarded-" + upstream(id) }

// guardedUpstreams are the origins as they are reached through their guards.
func (d distribution) guardedUpstreams(b *strings.Builder) {
	for _, id := range slices.Sorted(maps.Keys(d.guarded)) {
		fmt.Fprintf(b, "  upstream %s { server %s max_fails=0; keepalive 32; }\n", throughGuard(id), d.guarded[id])
	}
	for _, g := range d.Maps("originGroups") {
		all := d.members(g.Str("originId"))
		if len(all) > 0 && d.guarded[all[0].Str("originId")] != "" {
			d.group(b, g, throughGuard, func(o sim.Props) string { return d.guarded[o.Str("originId")] })
		}
	}
}

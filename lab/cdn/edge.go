package cdn

import (
	"encoding/json"
	"fmt"
	"path/filepath"

	"github.com/rung-dev/rung/lab/edge"
	"github.com/rung-dev/rung/lab/unit"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// behaviours are a distribution's in the order in which they are tried, the one for
// everything at the end.
func (d distribution) behaviours() []sim.Props {
	return append(d.Maps("orderedCacheBehaviors"), d.Map("defaultCacheBehavior"))
}

// edge is the server that runs a distribution's functions before its cache, where it has
// any.
func (d distribution) edge(executable string) (u unit.Unit, has bool, err error) {
	plan := edge.Plan{Domain: d.Str("domainName"), Functions: map[string]edge.Function{}}
	for _, b := range d.behaviours() {
		one := edge.Behaviour{}
		if path := b.Str("pathPattern"); path != "" {
			one.Pattern = pattern(path)
		}
		for _, f := range b.Maps("functionAssociations") {
			name := edge.NameOf(f.Str("functionArn"))
			plan.Functions[name] = d.function(f.Str("functionArn"))
			if f.Str("eventType") == "viewer-request" {
				one.Request = name
			} else {
				one.Response = name
			}
		}
		plan.Behaviours = append(plan.Behaviours, one)
	}
	if len(plan.Functions) == 0 {
		return u, false, nil
	}
	cache, err := d.at.Address(key(d.Resource) + "/cache")
	if err != nil {
		return u, false, err
	}
	dir := filepath.Join(d.dir, "edge")
	plan.Upstream = fmt.Sprintf("http://%s:%d", cache, d.at.Public(httpPort))
	plan.Plain = fmt.Sprintf("%s:%d", d.address, d.at.Public(httpPort))
	plan.Encrypted = fmt.Sprintf("%s:%d", d.address, d.at.Public(httpsPort))
	plan.Certificate, plan.Key = filepath.Join(dir, "server.crt"), filepath.Join(dir, "server.key")
	text, err := json.MarshalIndent(plan, "", " ")
	if err != nil {
		return u, false, fmt.Errorf("write what the edge runs: %w", err)
	}
	file := filepath.Join(dir, "plan.json")
	return unit.Unit{
		Name: d.ID + "/edge", What: "the edge's functions of " + d.Name, Address: d.address,
		Ports: []int{d.at.Public(httpPort), d.at.Public(httpsPort)}, Dir: dir,
		Hosts:   append([]string{d.Str("domainName"), d.address}, d.Strs("aliases")...),
		Program: []string{executable, "lab", edge.Word, file},
		Files:   []unit.File{{Path: file, Content: string(text)}},
		After:   []string{d.ID + "/cdn"},
		Health:  unit.Health{Kind: unit.TCP, Port: d.at.Public(httpPort)},
	}, true, nil
}

// function is the function with an ARN, with what its store has.
func (d distribution) function(arn string) edge.Function {
	made, _ := d.cloud.First(token.CloudFrontFunction, "arn", arn)
	f := edge.Function{Code: made.Str("code"), Store: map[string]string{}}
	for _, store := range made.Strs("keyValueStoreAssociations") {
		for _, entry := range d.cloud.Where(token.CloudFrontKeyvaluestoreKey, "keyValueStoreArn", store) {
			f.Store[entry.Str("key")] = entry.Str("value")
		}
	}
	return f
}

package sim

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

// CheckConfig validates the provider's own inputs.
func (p *Provider) CheckConfig(_ context.Context, req plugin.CheckConfigRequest) (plugin.CheckConfigResponse, error) {
	account, err := p.account()
	if err != nil {
		return plugin.CheckConfigResponse{}, err
	}
	news := p.withEnvironment(req.News)
	in := configProps(FromPulumi(news))
	_, failures := p.pkg.Configure(account, in)
	fields := p.pkg.Schema.Resources["pulumi:providers:"+p.pkg.Name].Inputs
	for _, key := range keys(in) {
		if _, ok := fields[key]; !ok && key != "version" && key != defaultsKey && !strings.HasPrefix(key, "__") {
			failures = append(failures, Failure{key, unknownProperty(key, key, fields)})
		}
	}
	return plugin.CheckConfigResponse{Properties: news, Failures: checkFailures(failures)}, nil
}

// DiffConfig says whether a change of the provider replaces what it made.
func (p *Provider) DiffConfig(_ context.Context, req plugin.DiffConfigRequest) (plugin.DiffConfigResponse, error) {
	provider := Kind{Token: "pulumi:providers:" + p.pkg.Name, ReplaceOn: p.pkg.ReplaceOn}
	old, next := configProps(FromPulumi(req.OldInputs)), configProps(FromPulumi(req.NewInputs))
	delete(old, "version")
	delete(next, "version")
	return provider.diff(old, next, nil, req.IgnoreChanges), nil
}

// Configure fixes the account and region for the life of the process.
func (p *Provider) Configure(_ context.Context, req plugin.ConfigureRequest) (plugin.ConfigureResponse, error) {
	account, err := p.account()
	if err != nil {
		return plugin.ConfigureResponse{}, err
	}
	settings, failures := p.pkg.Configure(account, configProps(FromPulumi(p.withEnvironment(req.Inputs))))
	if len(failures) > 0 {
		var reasons []string
		for _, f := range failures {
			reasons = append(reasons, f.Reason)
		}
		return plugin.ConfigureResponse{}, fmt.Errorf("configure the offline %s provider: %s", p.pkg.Name,
			strings.Join(reasons, "; "))
	}
	p.settings = settings
	return plugin.ConfigureResponse{}, nil
}

// Environment gives the provider the variables from which it takes inputs that a program
// does not set; without it there are none.
func (p *Provider) Environment(env func(string) string) { p.env = env }

// withEnvironment are the provider's inputs with those of its variables that are set.
func (p *Provider) withEnvironment(in resource.PropertyMap) resource.PropertyMap {
	if p.env == nil {
		return in
	}
	out := in.Copy()
	for key, names := range p.pkg.Environment {
		for _, name := range names {
			if value := p.env(name); value != "" && !out.HasValue(resource.PropertyKey(key)) {
				out[resource.PropertyKey(key)] = resource.NewProperty(value)
			}
		}
	}
	return out
}

// account is whose the credentials are: the state file's account, where it says
// one, else the package's.
func (p *Provider) account() (account string, err error) {
	if p.pkg.Account == "" {
		return "", nil
	}
	err = p.store.View(func(c *Cloud) error {
		account = cmp.Or(c.Account, p.pkg.Account)
		return nil
	})
	return account, err
}

// configProps undoes the JSON text that nested provider inputs travel as.
func configProps(in Props) Props {
	out := in.Copy()
	for key, v := range in {
		text, ok := v.(string)
		var nested any
		if ok && strings.ContainsAny(text[:min(1, len(text))], "{[") && json.Unmarshal([]byte(text), &nested) == nil {
			out[key] = nested
		}
	}
	return out
}

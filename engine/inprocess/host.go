package inprocess

import (
	"context"
	"maps"

	pkghost "github.com/pulumi/pulumi/pkg/v3/host"
	"github.com/pulumi/pulumi/pkg/v3/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/env"
	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"
)

// host is Pulumi's own plugin host, with the program as its language runtime and
// the variables of the stack for what it starts.
type host struct {
	plugin.Host
	settings Settings
}

func (s Settings) host(ctx context.Context, d, status diag.Sink, debug plugin.DebugContext) (plugin.Host, error) {
	h, err := pkghost.New(ctx, d, status, debug, nil, nil, nil, nil)
	if err != nil {
		return nil, err
	}
	return &host{h, s}, nil
}

// LanguageRuntime is the program.
func (h *host) LanguageRuntime(ctx *plugin.Context, runtime string) (plugin.LanguageRuntime, error) {
	if runtime == runtimeName {
		return &program{run: h.settings.Program, engine: h.ServerAddr(), dir: h.settings.Dir}, nil
	}
	return h.Host.LanguageRuntime(ctx, runtime)
}

// Provider starts a provider plugin with the stack's variables.
func (h *host) Provider(ctx *plugin.Context, which workspace.PluginDescriptor, e env.Env) (plugin.Provider, error) {
	return h.Host.Provider(ctx, which, env.NewEnv(env.JoinStore(env.MapStore(h.settings.Env), e.GetStore())))
}

// PolicyAnalyzer starts a policy pack with the stack's variables.
func (h *host) PolicyAnalyzer(
	ctx *plugin.Context, name tokens.QName, path string, o *plugin.PolicyAnalyzerOptions,
) (plugin.Analyzer, error) {
	with := *o
	with.AdditionalEnv = maps.Clone(h.settings.Env)
	maps.Copy(with.AdditionalEnv, o.AdditionalEnv)
	return h.Host.PolicyAnalyzer(ctx, name, path, &with)
}

package inprocess

import (
	"context"
	"errors"
	"maps"
	"sync"

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

	mutex sync.Mutex
	// within ends what is within this process, providers are those of it.
	within    []func() error
	providers []plugin.Provider
}

// hosts makes the hosts of a run.
func (s Settings) hosts() func(context.Context, diag.Sink, diag.Sink, plugin.DebugContext) (plugin.Host,
	error) {
	return func(ctx context.Context, d, status diag.Sink, debug plugin.DebugContext) (plugin.Host, error) {
		h, err := pkghost.New(ctx, d, status, debug, nil, nil, nil, nil)
		if err != nil {
			return nil, err
		}
		return &host{Host: h, settings: s}, nil
	}
}

// Close ends the plugins, those within this process last.
func (h *host) Close() error {
	errs := []error{h.Host.Close()}
	h.mutex.Lock()
	defer h.mutex.Unlock()
	for _, end := range h.within {
		errs = append(errs, end())
	}
	h.within = nil
	return errors.Join(errs...)
}

// SignalCancellation tells the providers within this process, too, of which the host
// beneath does not know: one may wait for a cloud that somebody else holds.
func (h *host) SignalCancellation() error {
	errs := []error{h.Host.SignalCancellation()}
	h.mutex.Lock()
	defer h.mutex.Unlock()
	for _, p := range h.providers {
		errs = append(errs, p.SignalCancellation(context.Background()))
	}
	return errors.Join(errs...)
}

// LanguageRuntime is the program.
func (h *host) LanguageRuntime(ctx *plugin.Context, runtime string) (plugin.LanguageRuntime, error) {
	if runtime == runtimeName {
		return &program{run: h.settings.Program, engine: h.ServerAddr(), dir: h.settings.Dir}, nil
	}
	return h.Host.LanguageRuntime(ctx, runtime)
}

// Provider starts a provider plugin with the stack's variables, or makes it within
// this process where that may be.
func (h *host) Provider(ctx *plugin.Context, which workspace.PluginDescriptor, e env.Env) (plugin.Provider, error) {
	if h.settings.Within.Provider != nil && h.settings.Plugins[which.Name] != "" {
		return h.provider(ctx, which)
	}
	return h.Host.Provider(ctx, which, env.NewEnv(env.JoinStore(env.MapStore(h.settings.Env), e.GetStore())))
}

// PolicyAnalyzer does the same for a policy pack, in every run.
func (h *host) PolicyAnalyzer(
	ctx *plugin.Context, name tokens.QName, path string, o *plugin.PolicyAnalyzerOptions,
) (plugin.Analyzer, error) {
	if h.settings.Within.PolicyPack != nil {
		if pack := h.settings.Within.PolicyPack(path); pack != nil {
			return h.analyzer(ctx, name, pack, o)
		}
	}
	with := *o
	with.AdditionalEnv = maps.Clone(h.settings.Env)
	maps.Copy(with.AdditionalEnv, o.AdditionalEnv)
	return h.Host.PolicyAnalyzer(ctx, name, path, &with)
}

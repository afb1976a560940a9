package inprocess

import (
	"context"
	"fmt"

	"github.com/pulumi/pulumi/pkg/v3/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/config"
	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// program is a Go function as a language runtime: what the Automation API serves to
// a CLI over the network, called directly.
type program struct {
	plugin.LanguageRuntime // of which an engine that runs a program calls no other method
	run                    pulumi.RunFunc
	engine                 string
	dir                    string
}

// Run calls the function. Its error is the program's, not the engine's.
func (p *program) Run(ctx context.Context, info plugin.RunInfo) (failure string, bail bool, err error) {
	run := pulumi.RunInfo{
		Project: info.Project, Stack: info.Stack, Organization: info.Organization, RootDirectory: p.dir,
		Config: texts(info.Config), Parallel: info.Parallel, DryRun: info.DryRun,
		MonitorAddr: info.MonitorAddress, EngineAddr: p.engine,
	}
	for _, k := range info.ConfigSecretKeys {
		run.ConfigSecretKeys = append(run.ConfigSecretKeys, k.String())
	}
	c, err := pulumi.NewContext(ctx, run)
	if err != nil {
		return "", false, fmt.Errorf("connect the program with the engine: %w", err)
	}
	err = p.call(c)
	if closed := c.Close(); err == nil && closed != nil {
		return "", false, fmt.Errorf("end the program: %w", closed)
	}
	if err != nil {
		return err.Error(), false, nil
	}
	return "", false, nil
}

// call turns a panic into an error, in the words of the Automation API.
func (p *program) call(c *pulumi.Context) (err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case error:
			err = fmt.Errorf("go inline source runtime error, an unhandled error occurred: %w", r)
		default:
			err = fmt.Errorf("go inline source runtime error, an unhandled panic occurred: %v", r)
		}
	}()
	return pulumi.RunWithContext(c, p.run)
}

func texts(c map[config.Key]string) map[string]string {
	out := make(map[string]string, len(c))
	for k, v := range c {
		out[k.String()] = v
	}
	return out
}

// GetRequiredPackages names none: the engine learns of each from the program.
func (*program) GetRequiredPackages(
	context.Context, plugin.ProgramInfo,
) ([]workspace.PackageDescriptor, []workspace.PackageSpec, error) {
	return nil, nil, nil
}

// GetPluginInfo has nothing to tell.
func (*program) GetPluginInfo(context.Context) (plugin.PluginInfo, error) {
	return plugin.PluginInfo{}, nil
}

// Cancel does nothing: the program ends when the engine answers it no more.
func (*program) Cancel(context.Context) error { return nil }

// Close has nothing to give back.
func (*program) Close() error { return nil }

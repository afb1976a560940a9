package engine_test

import (
	"context"
	"path/filepath"
	"testing"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/types/known/emptypb"

	"github.com/rung-dev/rung/engine"
)

// Every run has its provider inside this process, with the variables of a process.
func TestProvidersAreMadeWithinTheProcess(t *testing.T) {
	var made []string
	within := engine.Within{Provider: func(pkg string, env func(string) string) (pulumirpc.ResourceProviderServer, error) {
		made = append(made, pkg+" of "+filepath.Base(env(engine.StateVariable)))
		return &toy{file: env(engine.StateVariable)}, nil
	}}
	dir := t.TempDir()
	s := open(t, engine.Options{Dir: dir, Program: things(thing{name: "a"}, thing{name: "b"}), Within: within})
	r, err := s.Preview(t.Context())
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"a": "create", "b": "create"}, ops(r.Events))
	assert.Equal(t, []string{"random of cloud.json"}, made)

	_, err = s.Up(t.Context())
	require.NoError(t, err)
	assert.Len(t, made, 2, "an up has its own")
	r, err = s.Preview(t.Context())
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"a": "same", "b": "same"}, ops(r.Events))
	assert.Len(t, made, 3)
	_, err = s.Destroy(t.Context())
	require.NoError(t, err)
	assert.Len(t, made, 4)
}

// panicking is a policy pack with a fault.
type panicking struct {
	pulumirpc.UnimplementedAnalyzerServer
	done bool
}

func (*panicking) GetAnalyzerInfo(context.Context, *emptypb.Empty) (*pulumirpc.AnalyzerInfo, error) {
	return &pulumirpc.AnalyzerInfo{Name: "panicking", Version: "1.0.0"}, nil
}

func (*panicking) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: "1.0.0"}, nil
}

func (*panicking) ConfigureStack(
	context.Context, *pulumirpc.AnalyzerStackConfigureRequest,
) (*pulumirpc.AnalyzerStackConfigureResponse, error) {
	return &pulumirpc.AnalyzerStackConfigureResponse{}, nil
}

func (p *panicking) Analyze(context.Context, *pulumirpc.AnalyzeRequest) (*pulumirpc.AnalyzeResponse, error) {
	if !p.done {
		p.done = true
		panic("a rule went wrong")
	}
	return &pulumirpc.AnalyzeResponse{}, nil
}

func (*panicking) AnalyzeStack(
	context.Context, *pulumirpc.AnalyzeStackRequest,
) (*pulumirpc.AnalyzeResponse, error) {
	return &pulumirpc.AnalyzeResponse{}, nil
}

// A policy pack judges an up from within the process too, and one that panics fails
// the run, never the process: the next up goes on.
func TestAPanickingPolicyPackFailsTheRunAlone(t *testing.T) {
	pack := &panicking{}
	within := engine.Within{PolicyPack: func(string) pulumirpc.AnalyzerServer { return pack }}
	s := open(t, engine.Options{
		Dir: t.TempDir(), Program: things(thing{name: "a"}), Within: within, PolicyPacks: []string{t.TempDir()},
	})
	_, err := s.Up(t.Context())
	require.ErrorContains(t, err, "a rule went wrong")
	_, err = s.Up(t.Context())
	require.NoError(t, err)
	resources, err := s.Resources(t.Context())
	require.NoError(t, err)
	assert.NotEmpty(t, resources)
}

package tests

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"
)

// langHost is what the stock CLI needs to run a Go program: it starts the
// program with the engine's address in its environment. Pulumi's own host
// compiles the program first; this one starts what is compiled already, this
// very test binary under the name rung-program. All that differs is the
// compiler, so the tests below show what `pulumi up` does.
type langHost struct {
	pulumirpc.UnimplementedLanguageRuntimeServer
	engine string
}

// serveLangHost is the test binary under the name pulumi-language-go; the
// engine gives its own address as the last argument.
func serveLangHost(args []string) error {
	if len(args) == 0 {
		return errors.New("start the language host: the engine's address is missing")
	}
	host := &langHost{engine: args[len(args)-1]}
	handle, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{Init: func(s *grpc.Server) error {
		pulumirpc.RegisterLanguageRuntimeServer(s, host)
		return nil
	}})
	if err != nil {
		return err
	}
	fmt.Println(handle.Port)
	return <-handle.Done
}

func (*langHost) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: "3.259.0"}, nil
}

func (*langHost) GetRequiredPlugins(context.Context,
	*pulumirpc.GetRequiredPluginsRequest) (*pulumirpc.GetRequiredPluginsResponse, error) {
	return &pulumirpc.GetRequiredPluginsResponse{}, nil
}

func (*langHost) GetRequiredPackages(context.Context,
	*pulumirpc.GetRequiredPackagesRequest) (*pulumirpc.GetRequiredPackagesResponse, error) {
	return &pulumirpc.GetRequiredPackagesResponse{}, nil
}

// Run starts the program as Pulumi's own host does.
func (h *langHost) Run(ctx context.Context, r *pulumirpc.RunRequest) (*pulumirpc.RunResponse, error) {
	program := os.Getenv(envProgram)
	config, err := json.Marshal(r.GetConfig())
	if err != nil {
		return nil, err
	}
	secrets, err := json.Marshal(r.GetConfigSecretKeys())
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, program)
	cmd.Dir = r.GetPwd()
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	cmd.Env = append(os.Environ(),
		pulumi.EnvOrganization+"="+r.GetOrganization(),
		pulumi.EnvProject+"="+r.GetProject(),
		pulumi.EnvStack+"="+r.GetStack(),
		pulumi.EnvConfig+"="+string(config),
		pulumi.EnvConfigSecretKeys+"="+string(secrets),
		pulumi.EnvDryRun+"="+fmt.Sprint(r.GetDryRun()),
		pulumi.EnvParallel+"="+fmt.Sprint(r.GetParallel()),
		pulumi.EnvMonitor+"="+r.GetMonitorAddress(),
		pulumi.EnvEngine+"="+h.engine,
	)
	var exit *exec.ExitError
	switch err := cmd.Run(); {
	case errors.As(err, &exit) && exit.ExitCode() == exitBailed:
		return &pulumirpc.RunResponse{Bail: true}, nil // the SDK has told the engine already
	case err != nil:
		return &pulumirpc.RunResponse{Error: fmt.Sprintf("run the program: %v", err)}, nil
	}
	return &pulumirpc.RunResponse{}, nil
}

// exitBailed is the SDK's constant of the same meaning.
const exitBailed = 32

// envProgram names the compiled program to start.
const envProgram = "RUNG_TEST_PROGRAM"

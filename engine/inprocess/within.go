package inprocess

import (
	"context"
	"fmt"
	"maps"
	"net"
	"os"
	"runtime/debug"

	"github.com/pulumi/pulumi/pkg/v3/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/test/bufconn"
)

// Within makes plugins inside this process: to start one takes longer than its part
// of a preview. They speak the protocol that they speak as processes, over memory,
// and one that panics fails the call that it was at, as a process that dies would.
type Within struct {
	// Provider makes the provider of a package with the variables that a process
	// would have; nil starts processes.
	Provider func(pkg string, env func(string) string) (pulumirpc.ResourceProviderServer, error)
	// PolicyPack makes the pack of an executable, which only judges, for every run;
	// nil, and nil for one that it does not know, starts the executable.
	PolicyPack func(executable string) pulumirpc.AnalyzerServer
}

// memory is what a connection within the process holds before a writer waits, in bytes.
const memory = 1 << 20

// maxMessage is Pulumi's own bound for a message, in bytes.
const maxMessage = 400 << 20

// connect serves what is registered until the host is closed.
func (h *host) connect(register func(*grpc.Server)) (*grpc.ClientConn, error) {
	listener := bufconn.Listen(memory)
	server := grpc.NewServer(grpc.MaxRecvMsgSize(maxMessage), grpc.UnaryInterceptor(recovered))
	register(server)
	go func() { _ = server.Serve(listener) }() // it ends when it is stopped
	conn, err := grpc.NewClient("passthrough:///within",
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return listener.DialContext(ctx) }),
		grpc.WithTransportCredentials(insecure.NewCredentials()), rpcutil.GrpcChannelOptions())
	if err != nil {
		server.Stop()
		return nil, fmt.Errorf("reach a plugin within this process: %w", err)
	}
	h.mutex.Lock()
	defer h.mutex.Unlock()
	h.within = append(h.within, func() error { defer server.Stop(); return conn.Close() })
	return conn, nil
}

// recovered answers a call whose plugin panics with an error.
func recovered(
	ctx context.Context, req any, _ *grpc.UnaryServerInfo, handle grpc.UnaryHandler,
) (answer any, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = status.Errorf(codes.Internal, "a plugin panicked: %v\n%s", p, debug.Stack())
		}
	}()
	return handle(ctx, req)
}

// provider is the provider of a package within this process.
func (h *host) provider(ctx *plugin.Context, which workspace.PluginDescriptor) (plugin.Provider, error) {
	server, err := h.settings.Within.Provider(which.Name, h.getenv)
	if err != nil {
		return nil, fmt.Errorf("make the provider %s: %w", which.Name, err)
	}
	conn, err := h.connect(func(s *grpc.Server) { pulumirpc.RegisterResourceProviderServer(s, server) })
	if err != nil {
		return nil, err
	}
	p := plugin.NewProviderWithClient(ctx, pulumirpc.NewResourceProviderClient(conn), ctx.DisableProviderPreview())
	h.mutex.Lock()
	defer h.mutex.Unlock()
	h.providers = append(h.providers, p)
	return p, nil
}

// getenv is a variable as the host's plugins have it.
func (h *host) getenv(name string) string {
	if v, ok := h.settings.Env[name]; ok {
		return v
	}
	return os.Getenv(name)
}

// analyzer is a policy pack within this process, told of the stack as the engine
// tells one that it starts.
func (h *host) analyzer(
	ctx *plugin.Context, name tokens.QName, pack pulumirpc.AnalyzerServer, o *plugin.PolicyAnalyzerOptions,
) (plugin.Analyzer, error) {
	conn, err := h.connect(func(s *grpc.Server) { pulumirpc.RegisterAnalyzerServer(s, pack) })
	if err != nil {
		return nil, err
	}
	client := pulumirpc.NewAnalyzerClient(conn)
	if o != nil {
		if _, err := client.ConfigureStack(ctx.Request(), stackOf(o)); err != nil {
			return nil, fmt.Errorf("tell the policy pack %s of the stack: %w", name, err)
		}
	}
	return plugin.NewAnalyzerWithClient(name, client), nil
}

func stackOf(o *plugin.PolicyAnalyzerOptions) *pulumirpc.AnalyzerStackConfigureRequest {
	req := &pulumirpc.AnalyzerStackConfigureRequest{
		Stack: o.Stack, Project: o.Project, Organization: o.Organization, Tags: maps.Clone(o.Tags), DryRun: o.DryRun,
		Config: map[string]string{},
	}
	for k, v := range o.Config {
		req.Config[k.String()] = v
	}
	for _, k := range o.ConfigSecretKeys {
		req.ConfigSecretKeys = append(req.ConfigSecretKeys, k.String())
	}
	return req
}

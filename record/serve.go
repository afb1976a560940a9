package record

import (
	"context"
	"fmt"
	"net"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/structpb"
)

// largest is the size of a message, as the engine limits it: 400 MiB.
const largest = 400 << 20

// keep is how values travel: with what makes them secret or unknown. The SDK's
// own mocks lose unknowns, and so fail on a secret that is not known yet.
var keep = plugin.MarshalOptions{KeepUnknowns: true, KeepSecrets: true, KeepResources: true}

// features are what the SDK may use of a monitor.
var features = []pulumirpc.ResourceMonitorFeature{
	pulumirpc.ResourceMonitorFeature_RESOURCE_MONITOR_FEATURE_SECRETS,
	pulumirpc.ResourceMonitorFeature_RESOURCE_MONITOR_FEATURE_ALIAS_SPECS,
	pulumirpc.ResourceMonitorFeature_RESOURCE_MONITOR_FEATURE_DELETED_WITH,
	pulumirpc.ResourceMonitorFeature_RESOURCE_MONITOR_FEATURE_REPLACE_WITH,
	pulumirpc.ResourceMonitorFeature_RESOURCE_MONITOR_FEATURE_REPLACEMENT_TRIGGER,
	pulumirpc.ResourceMonitorFeature_RESOURCE_MONITOR_FEATURE_PARAMETERIZATION,
	pulumirpc.ResourceMonitorFeature_RESOURCE_MONITOR_FEATURE_RESOURCE_HOOKS,
	pulumirpc.ResourceMonitorFeature_RESOURCE_MONITOR_FEATURE_ERROR_HOOKS,
}

// server speaks the engine's protocol to the program and hands what it says to
// the monitor.
type server struct {
	pulumirpc.UnimplementedResourceMonitorServer
	pulumirpc.UnimplementedEngineServer
	m *monitor
}

// serve answers on a port of this machine until stop is called. The SDK
// connects to an address; there is no way to hand it a monitor.
func serve(m *monitor) (address string, stop func(), err error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, fmt.Errorf("listen for the program: %w", err)
	}
	g, s := grpc.NewServer(grpc.MaxRecvMsgSize(largest)), &server{m: m}
	pulumirpc.RegisterResourceMonitorServer(g, s)
	pulumirpc.RegisterEngineServer(g, s)
	go g.Serve(listener) //nolint:errcheck // it ends when it is stopped
	return listener.Addr().String(), g.Stop, nil
}

func (s *server) GetDeploymentInfo(context.Context, *emptypb.Empty) (*pulumirpc.DeploymentInfo, error) {
	return &pulumirpc.DeploymentInfo{Project: s.m.set.project, Stack: s.m.set.stack, SupportedFeatures: features}, nil
}

func (s *server) Invoke(_ context.Context, in *pulumirpc.ResourceInvokeRequest) (*pulumirpc.ResourceInvokeResponse,
	error) {
	args, err := plugin.UnmarshalProperties(in.GetArgs(), keep)
	if err != nil {
		return nil, fmt.Errorf("read the arguments of %s: %w", in.GetTok(), err)
	}
	result, err := s.m.call(in.GetTok(), in.GetProvider(), args)
	if err != nil {
		return nil, err
	}
	answer, err := plugin.MarshalProperties(result, keep)
	return &pulumirpc.ResourceInvokeResponse{Return: answer}, err
}

func (s *server) RegisterResource(_ context.Context,
	in *pulumirpc.RegisterResourceRequest) (*pulumirpc.RegisterResourceResponse, error) {
	if in.GetType() == string(resource.RootStackType) && in.GetParent() == "" {
		return &pulumirpc.RegisterResourceResponse{Urn: string(s.m.urn("", in.GetType(), in.GetName()))}, nil
	}
	r, state, err := s.add(registered(in), in.GetObject())
	if err != nil {
		return nil, err
	}
	return &pulumirpc.RegisterResourceResponse{Urn: r.URN, Id: r.ID, Object: state}, nil
}

// registered reads what the program said about a resource, beside its inputs.
func registered(in *pulumirpc.RegisterResourceRequest) Resource {
	return Resource{
		Type: in.GetType(), Name: in.GetName(), ID: in.GetImportId(),
		Parent: in.GetParent(), Provider: in.GetProvider(), Custom: in.GetCustom(),
		Protect: in.GetProtect(), RetainOnDelete: in.GetRetainOnDelete(),
		DeleteBeforeReplace: in.GetDeleteBeforeReplace(),
		IgnoreChanges:       slices.Sorted(slices.Values(in.GetIgnoreChanges())),
		SecretOutputs:       slices.Sorted(slices.Values(in.GetAdditionalSecretOutputs())),
		Dependencies:        slices.Sorted(slices.Values(in.GetDependencies())),
		MadeFrom:            madeFrom(in.GetPropertyDependencies()),
		Hooks:               hooksOf(in.GetHooks()),
	}
}

func madeFrom(in map[string]*pulumirpc.RegisterResourceRequest_PropertyDependencies) map[string][]string {
	made := map[string][]string{}
	for key, of := range in {
		if urns := of.GetUrns(); len(urns) > 0 {
			made[key] = slices.Sorted(slices.Values(urns))
		}
	}
	return made
}

func (s *server) ReadResource(_ context.Context, in *pulumirpc.ReadResourceRequest) (*pulumirpc.ReadResourceResponse,
	error) {
	r, state, err := s.add(Resource{
		Type: in.GetType(), Name: in.GetName(), ID: in.GetId(),
		Parent: in.GetParent(), Provider: in.GetProvider(), Custom: true, Read: true,
		Dependencies: slices.Sorted(slices.Values(in.GetDependencies())),
	}, in.GetProperties())
	if err != nil {
		return nil, err
	}
	return &pulumirpc.ReadResourceResponse{Urn: r.URN, Properties: state}, nil
}

func (s *server) add(r Resource, inputs *structpb.Struct) (Resource, *structpb.Struct, error) {
	var err error
	if r.InputMap, err = plugin.UnmarshalProperties(inputs, keep); err != nil {
		return r, nil, fmt.Errorf("read the inputs of %s %s: %w", r.Type, r.Name, err)
	}
	if r, err = s.m.add(r); err != nil {
		return r, nil, err
	}
	state, err := plugin.MarshalProperties(r.OutputMap, keep)
	if err != nil {
		return r, nil, fmt.Errorf("answer with the outputs of %s %s: %w", r.Type, r.Name, err)
	}
	return r, state, nil
}

// RegisterResourceOutputs brings the exports when it is the stack's.
func (s *server) RegisterResourceOutputs(_ context.Context,
	in *pulumirpc.RegisterResourceOutputsRequest) (*emptypb.Empty, error) {
	if resource.URN(in.GetUrn()).QualifiedType() != resource.RootStackType {
		return &emptypb.Empty{}, nil
	}
	outputs, err := plugin.UnmarshalProperties(in.GetOutputs(), keep)
	if err != nil {
		return nil, fmt.Errorf("read the stack's outputs: %w", err)
	}
	s.m.export(outputs)
	return &emptypb.Empty{}, nil
}

func (s *server) RegisterResourceHook(context.Context, *pulumirpc.RegisterResourceHookRequest) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

func (s *server) RegisterErrorHook(context.Context, *pulumirpc.RegisterErrorHookRequest) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

func (s *server) RegisterPackage(_ context.Context,
	in *pulumirpc.RegisterPackageRequest) (*pulumirpc.RegisterPackageResponse, error) {
	return &pulumirpc.RegisterPackageResponse{Ref: in.GetName()}, nil
}

func (s *server) SignalAndWaitForShutdown(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

// Log drops what the program logs: its errors also end its run.
func (s *server) Log(context.Context, *pulumirpc.LogRequest) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

func (s *server) GetRootResource(context.Context,
	*pulumirpc.GetRootResourceRequest) (*pulumirpc.GetRootResourceResponse, error) {
	return &pulumirpc.GetRootResourceResponse{}, nil
}

func (s *server) SetRootResource(context.Context,
	*pulumirpc.SetRootResourceRequest) (*pulumirpc.SetRootResourceResponse, error) {
	return &pulumirpc.SetRootResourceResponse{}, nil
}

func (s *server) RequirePulumiVersion(context.Context,
	*pulumirpc.RequirePulumiVersionRequest) (*pulumirpc.RequirePulumiVersionResponse, error) {
	return &pulumirpc.RequirePulumiVersionResponse{}, nil
}

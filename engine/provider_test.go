package engine_test

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/rung-dev/rung/engine"
)

// toy is the smallest provider that shows what this package must handle. Its
// inputs steer it: "force" replaces the resource when changed, "fail" is the error
// of a create, "slow" how long one takes, "die" the last words of the plugin, "reveal" becomes the
// environment. What exists is in the state file.
type toy struct {
	pulumirpc.UnimplementedResourceProviderServer
	mu sync.Mutex
	// file is what exists, where it is not the process's variable that names it.
	file string
}

// serve is the test binary under the name of a plugin.
func serve() error {
	p := &toy{}
	h, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{
		Init: func(s *grpc.Server) error { pulumirpc.RegisterResourceProviderServer(s, p); return nil },
	})
	if err != nil {
		return err
	}
	fmt.Println(h.Port)
	return <-h.Done
}

func (*toy) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: "1.0.0"}, nil
}

func (*toy) CheckConfig(_ context.Context, r *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	return &pulumirpc.CheckResponse{Inputs: r.GetNews()}, nil
}

func (*toy) DiffConfig(context.Context, *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	return &pulumirpc.DiffResponse{Changes: pulumirpc.DiffResponse_DIFF_NONE}, nil
}

func (*toy) Configure(context.Context, *pulumirpc.ConfigureRequest) (*pulumirpc.ConfigureResponse, error) {
	return &pulumirpc.ConfigureResponse{AcceptSecrets: true, SupportsPreview: true}, nil
}

func (*toy) Check(_ context.Context, r *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	return &pulumirpc.CheckResponse{Inputs: r.GetNews()}, nil
}

func (*toy) Diff(_ context.Context, r *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	out := &pulumirpc.DiffResponse{Changes: pulumirpc.DiffResponse_DIFF_NONE}
	before, after := r.GetOldInputs().AsMap(), r.GetNews().AsMap()
	for k, v := range after {
		if fmt.Sprint(before[k]) == fmt.Sprint(v) {
			continue
		}
		out.Changes = pulumirpc.DiffResponse_DIFF_SOME
		out.Diffs = append(out.Diffs, k)
		if k == "force" {
			out.Replaces = append(out.Replaces, k)
		}
	}
	return out, nil
}

func (p *toy) Create(ctx context.Context, r *pulumirpc.CreateRequest) (*pulumirpc.CreateResponse, error) {
	in := r.GetProperties().AsMap()
	if r.GetPreview() {
		return &pulumirpc.CreateResponse{Properties: r.GetProperties()}, nil
	}
	if message, ok := in["fail"].(string); ok {
		return nil, fmt.Errorf("%s", message)
	}
	if words, ok := in["die"].(string); ok {
		fmt.Fprintln(os.Stderr, words)
		time.Sleep(200 * time.Millisecond) // for who reads it
		os.Exit(3)
	}
	if slow, ok := in["slow"].(string); ok {
		d, err := time.ParseDuration(slow)
		if err != nil {
			return nil, err
		}
		time.Sleep(d)
	}
	if _, ok := in["reveal"]; ok {
		in["reveal"] = strings.Join(os.Environ(), "\n")
	}
	id := resource.URN(r.GetUrn()).Name() + "-id"
	out, err := structpb.NewStruct(in)
	if err != nil {
		return nil, err
	}
	return &pulumirpc.CreateResponse{Id: id, Properties: out}, p.change(func(all world) { all[id] = in })
}

func (p *toy) Update(_ context.Context, r *pulumirpc.UpdateRequest) (*pulumirpc.UpdateResponse, error) {
	if r.GetPreview() {
		return &pulumirpc.UpdateResponse{Properties: r.GetNews()}, nil
	}
	return &pulumirpc.UpdateResponse{Properties: r.GetNews()}, p.change(func(all world) {
		all[r.GetId()] = r.GetNews().AsMap()
	})
}

func (p *toy) Delete(_ context.Context, r *pulumirpc.DeleteRequest) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, p.change(func(all world) { delete(all, r.GetId()) })
}

func (p *toy) Read(_ context.Context, r *pulumirpc.ReadRequest) (*pulumirpc.ReadResponse, error) {
	var found map[string]any
	if err := p.change(func(all world) { found = all[r.GetId()] }); err != nil || found == nil {
		return &pulumirpc.ReadResponse{}, err
	}
	state, err := structpb.NewStruct(found)
	return &pulumirpc.ReadResponse{Id: r.GetId(), Properties: state, Inputs: state}, err
}

func (*toy) Cancel(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

// world is the toy's cloud: properties by id.
type world map[string]map[string]any

func (p *toy) change(f func(world)) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return changeWorld(cmp.Or(p.file, os.Getenv(engine.StateVariable)), f)
}

func changeWorld(path string, f func(world)) error {
	all := world{}
	if text, err := os.ReadFile(path); err == nil {
		if err := json.Unmarshal(text, &all); err != nil {
			return err
		}
	}
	f(all)
	text, err := json.Marshal(all)
	if err != nil {
		return err
	}
	return os.WriteFile(path, text, 0o600)
}

func isPlugin(arg0 string) bool { return strings.Contains(arg0, "pulumi-resource-") }

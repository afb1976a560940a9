package pack

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/rung-dev/rung/policies/rule"
	"github.com/rung-dev/rung/published"
	"github.com/rung-dev/rung/stacks/config"
)

// Server answers the engine's protocol for policies. Before the engine says
// which stack it is about, it is the pack of a program without settings: that
// is what `pulumi policy` asks for.
type Server struct {
	pulumirpc.UnimplementedAnalyzerServer

	mu     sync.RWMutex
	run    *run
	levels map[string]pulumirpc.EnforcementLevel // what --policy-pack-config says
}

// NewServer is a server that has not been told of a stack yet.
func NewServer() *Server { return &Server{run: newRun(rule.Settings{Now: time.Now()})} }

// Handshake is the engine's first word; there is nothing to agree on.
func (s *Server) Handshake(context.Context, *pulumirpc.AnalyzerHandshakeRequest) (*pulumirpc.AnalyzerHandshakeResponse,
	error) {
	return &pulumirpc.AnalyzerHandshakeResponse{}, nil
}

// ConfigureStack makes the pack for a stack. Its error reaches the user.
func (s *Server) ConfigureStack(_ context.Context,
	req *pulumirpc.AnalyzerStackConfigureRequest) (*pulumirpc.AnalyzerStackConfigureResponse, error) {
	set, err := Settings(ours(req.GetConfig()), time.Now())
	if err != nil {
		return nil, fmt.Errorf("read the stack's policy settings:\n%w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.run = newRun(set)
	return &pulumirpc.AnalyzerStackConfigureResponse{}, nil
}

// ours are the keys of the `rung:` namespace, without that prefix.
func ours(all map[string]string) map[string]string {
	raw := map[string]string{}
	for key, v := range all {
		if name, ok := strings.CutPrefix(key, config.Namespace+":"); ok {
			raw[name] = v
		}
	}
	return raw
}

// Configure takes the levels of a file that the user named with
// --policy-pack-config; parameters come from the stack's configuration.
func (s *Server) Configure(_ context.Context, req *pulumirpc.ConfigureAnalyzerRequest) (*emptypb.Empty, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.levels = map[string]pulumirpc.EnforcementLevel{}
	for id, c := range req.GetPolicyConfig() {
		s.levels[id] = c.GetEnforcementLevel()
	}
	return &emptypb.Empty{}, nil
}

// GetPluginInfo tells the pack's version.
func (s *Server) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: Version}, nil
}

// GetAnalyzerInfo tells what the policies are.
func (s *Server) GetAnalyzerInfo(context.Context, *emptypb.Empty) (*pulumirpc.AnalyzerInfo, error) {
	now, _ := s.now()
	info := &pulumirpc.AnalyzerInfo{
		Name: Name, DisplayName: "rung", Version: Version, SupportsConfig: true, Provider: "aws", Repository: published.Repository,
		Description: "Rules for web systems on AWS and Cloudflare, and the month's cost.",
	}
	for _, p := range now.policies {
		info.Policies = append(info.Policies, p.info)
	}
	return info, nil
}

// Analyze shows one resource, as the program asks for it, to the rules on
// resources. Rules about other types say that they do not apply.
func (s *Server) Analyze(_ context.Context, req *pulumirpc.AnalyzeRequest) (*pulumirpc.AnalyzeResponse, error) {
	now, levels := s.now()
	res, err := read(req.GetType(), req.GetName(), req.GetUrn(), req.GetProperties())
	if err != nil {
		return nil, err
	}
	now.keep(res.URN, res.Props.Map())
	if res.Region, err = region(req.GetProvider()); err != nil {
		return nil, err
	}
	res.Parent, res.Protect = req.GetOptions().GetParent(), req.GetOptions().GetProtect()
	answer := &pulumirpc.AnalyzeResponse{}
	for _, p := range now.policies {
		level := p.level(levels)
		switch {
		case p.of == nil || p.of.Kind != rule.OnResource || level == pulumirpc.EnforcementLevel_DISABLED:
		case !slices.Contains(p.of.Types, res.Type):
			answer.NotApplicable = append(answer.NotApplicable,
				&pulumirpc.PolicyNotApplicable{PolicyName: p.info.Name, Reason: "it is not about this type"})
		default:
			now.resource(p.of, res, p.into(answer, level, res.URN))
		}
	}
	return answer, nil
}

// AnalyzeStack shows all resources, as they are or will be, to the rules that
// need several.
func (s *Server) AnalyzeStack(_ context.Context, req *pulumirpc.AnalyzeStackRequest) (*pulumirpc.AnalyzeResponse,
	error) {
	now, levels := s.now()
	all := make([]rule.Resource, 0, len(req.GetResources()))
	for _, r := range req.GetResources() {
		res, err := stackResource(r)
		if err != nil {
			return nil, err
		}
		all = append(all, res)
	}
	st := now.index(all)
	answer := &pulumirpc.AnalyzeResponse{}
	for _, p := range now.policies {
		level := p.level(levels)
		switch tell := p.into(answer, level, ""); {
		case level == pulumirpc.EnforcementLevel_DISABLED:
		case p.whole != nil:
			p.whole(st, tell)
		case p.of.Kind == rule.OnStack:
			now.stack(p.of, st, tell)
		}
	}
	return answer, nil
}

// Remediate changes nothing: an edit that nobody sees hides the truth from the
// program.
func (s *Server) Remediate(context.Context, *pulumirpc.AnalyzeRequest) (*pulumirpc.RemediateResponse, error) {
	return &pulumirpc.RemediateResponse{}, nil
}

// Cancel needs nothing done: no check takes long.
func (s *Server) Cancel(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

func (s *Server) now() (*run, map[string]pulumirpc.EnforcementLevel) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.run, s.levels
}

// level is the policy's, or what the user's file says.
func (p policy) level(levels map[string]pulumirpc.EnforcementLevel) pulumirpc.EnforcementLevel {
	if l, ok := levels[p.info.GetName()]; ok {
		return l
	}
	return p.info.GetEnforcementLevel()
}

// into collects what a policy says.
func (p policy) into(answer *pulumirpc.AnalyzeResponse, level pulumirpc.EnforcementLevel, about string) say {
	return func(message, urn string) {
		if urn == "" {
			urn = about
		}
		answer.Diagnostics = append(answer.Diagnostics, &pulumirpc.AnalyzeDiagnostic{
			PolicyName: p.info.GetName(), PolicyPackName: Name, PolicyPackVersion: Version,
			Description: p.info.GetDescription(), Message: p.info.GetDescription() + "\n" + message,
			EnforcementLevel: level, Severity: p.info.GetSeverity(), Urn: urn,
		})
	}
}

// read takes a resource off the wire, with what is not known and what is secret
// marked as such.
func read(typ, name, urn string, s *structpb.Struct) (rule.Resource, error) {
	props, err := properties(s)
	if err != nil {
		return rule.Resource{}, fmt.Errorf("read the properties of %s: %w", urn, err)
	}
	return rule.New(typ, name, urn, props), nil
}

func properties(s *structpb.Struct) (property.Map, error) {
	m, err := plugin.UnmarshalProperties(s, plugin.MarshalOptions{
		KeepUnknowns: true, KeepSecrets: true, KeepResources: true, KeepOutputValues: true,
	})
	return resource.FromResourcePropertyMap(m), err
}

func stackResource(r *pulumirpc.AnalyzerResource) (rule.Resource, error) {
	res, err := read(r.GetType(), r.GetName(), r.GetUrn(), r.GetProperties())
	if err != nil {
		return res, err
	}
	res.Region, err = region(r.GetProvider())
	res.Parent, res.Protect = r.GetParent(), r.GetOptions().GetProtect()
	for key, d := range r.GetPropertyDependencies() {
		if len(d.GetUrns()) > 0 {
			if res.Depends == nil {
				res.Depends = map[string][]string{}
			}
			res.Depends[key] = d.GetUrns()
		}
	}
	return res, err
}

// region is where the resource's provider works; empty where it does not say.
func region(p *pulumirpc.AnalyzerProviderResource) (string, error) {
	props, err := properties(p.GetProperties())
	if err != nil {
		return "", fmt.Errorf("read the provider %s: %w", p.GetUrn(), err)
	}
	text, _ := rule.Object(props).At("region").Text()
	return text, nil
}

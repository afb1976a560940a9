package sim

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/blang/semver"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// Provider serves a package to the Pulumi engine.
type Provider struct {
	plugin.UnimplementedProvider

	pkg      *Package
	store    *Store
	faults   Faults
	settings Settings
	exit     func(code int)
	patience time.Duration
	env      func(string) string
	// accepted is told of types that no table has; nil refuses them.
	accepted func(urn, sentence string)
}

var _ plugin.Provider = (*Provider)(nil)

// Limit sets quotas that go before those of the state file.
func (p *Provider) Limit(quotas map[string]int) { p.pkg.Quotas = quotas }

// NewProvider makes a provider of a package on a store, with faults to inject
// (nil for none). patience is how long a delete waits for what depends on the
// resource to go; zero refuses at once.
func NewProvider(pkg *Package, store *Store, faults Faults, patience time.Duration) *Provider {
	return &Provider{pkg: pkg, store: store, faults: faults, exit: exitProcess, patience: patience}
}

// Handshake says what the provider understands.
func (p *Provider) Handshake(context.Context, plugin.ProviderHandshakeRequest) (*plugin.ProviderHandshakeResponse,
	error) {
	return &plugin.ProviderHandshakeResponse{
		AcceptSecrets: true, AcceptResources: true, SupportsAutonamingConfiguration: true,
	}, nil
}

// Attach accepts the engine's address; the provider never calls back.
func (p *Provider) Attach(string) error { return nil }

// Close has nothing to close: the state file is open only while it is written.
func (p *Provider) Close() error { return nil }

// SignalCancellation ends waits for a cloud that somebody else holds; every other
// operation answers at once.
func (p *Provider) SignalCancellation(context.Context) error {
	p.store.Interrupt()
	return nil
}

// GetPluginInfo gives the version of the provider that is simulated.
func (p *Provider) GetPluginInfo(context.Context) (plugin.PluginInfo, error) {
	v, err := semver.Parse(p.pkg.Version)
	return plugin.PluginInfo{Version: &v}, err
}

// GetSchema gives the types that are simulated, for programs without an SDK.
func (p *Provider) GetSchema(context.Context, plugin.GetSchemaRequest) (plugin.GetSchemaResponse, error) {
	schema, err := p.pkg.PulumiSchema()
	return plugin.GetSchemaResponse{Schema: schema}, err
}

// GetMapping has no mapping to Terraform.
func (p *Provider) GetMapping(context.Context, plugin.GetMappingRequest) (plugin.GetMappingResponse, error) {
	return plugin.GetMappingResponse{}, nil
}

// GetMappings lists no mapping.
func (p *Provider) GetMappings(context.Context, plugin.GetMappingsRequest) (plugin.GetMappingsResponse, error) {
	return plugin.GetMappingsResponse{}, nil
}

// Check fills in defaults and names and reports every problem of the inputs.
func (p *Provider) Check(_ context.Context, req plugin.CheckRequest) (plugin.CheckResponse, error) {
	kind, err := p.kind(string(req.URN.Type()))
	if err != nil {
		return plugin.CheckResponse{}, err
	}
	p.tell(kind, string(req.URN))
	in, filled := kind.fillDefaults(FromPulumi(req.News))
	delete(in, defaultsKey)
	named, failure, err := p.name(kind, in, req)
	if err != nil {
		return plugin.CheckResponse{}, err
	}
	if named {
		filled = append(filled, kind.Name.property())
		slices.Sort(filled)
	}
	failures := append(failure, kind.checkInputs(p.pkg.Schema, in)...)
	in[defaultsKey] = anyList(filled)
	return plugin.CheckResponse{Properties: merge(req.News, in), Failures: checkFailures(failures)}, nil
}

// name generates the name where the program gives none, following the engine's
// autonaming settings.
func (p *Provider) name(kind *Kind, in Props, req plugin.CheckRequest) (bool, []Failure, error) {
	proposed := ""
	if a := req.Autonaming; a != nil && kind.Name != nil && kind.Name.Auto {
		proposed = a.ProposedName
		if a.Mode == plugin.AutonamingModeDisabled && !in.Has(kind.Name.property()) {
			return false, []Failure{{kind.Name.property(), "automatic naming is off: give " + kind.Name.property()}}, nil
		}
		if a.Mode == plugin.AutonamingModePropose {
			proposed = ""
		}
	}
	incarnation := 0
	// A URN belongs to one stack, which one run changes at a time, by this process alone.
	err := p.store.Remembered(func(c *Cloud) { incarnation = c.Incarnations[string(req.URN)] })
	if err != nil {
		return false, nil, err
	}
	return kind.autoname(in, FromPulumi(req.Olds), string(req.URN), req.URN.Name(), incarnation, proposed), nil, nil
}

// merge keeps the program's own values, secrets and all, and adds what was
// filled in; a default inside an object takes the object's place.
func merge(news resource.PropertyMap, filled Props) resource.PropertyMap {
	out := filled.ToPulumi(secretKeys(news))
	for k, v := range news {
		if k != defaultsKey && canonical(plain(v)) == canonical(filled[string(k)]) {
			out[k] = v
		}
	}
	return out
}

func checkFailures(failures []Failure) []plugin.CheckFailure {
	var out []plugin.CheckFailure
	for _, f := range failures {
		out = append(out, plugin.CheckFailure{Property: resource.PropertyKey(f.Property), Reason: f.Reason})
	}
	return out
}

// Diff says what a change of inputs means: nothing, an update or a replacement.
func (p *Provider) Diff(_ context.Context, req plugin.DiffRequest) (plugin.DiffResponse, error) {
	kind, err := p.kind(string(req.URN.Type()))
	if err != nil {
		return plugin.DiffResponse{}, err
	}
	o := p.op(kind, Update, req.URN, req.ID, FromPulumi(req.NewInputs))
	o.Old = FromPulumi(req.OldOutputs)
	old, filled := FromPulumi(req.OldInputs), map[string]bool{}
	for key := range o.computed() {
		filled[key] = true
		if old[key] == nil && o.In[key] != nil && equal(normal(o.Old[key]), normal(o.In[key])) {
			old[key] = o.In[key] // the program now says what the cloud has chosen already
		}
	}
	return kind.diff(old, o.In, filled, req.IgnoreChanges), nil
}

// Create makes a resource, or shows what it would be.
func (p *Provider) Create(_ context.Context, req plugin.CreateRequest) (plugin.CreateResponse, error) {
	kind, err := p.kind(string(req.URN.Type()))
	if err != nil {
		return plugin.CreateResponse{}, err
	}
	o := p.op(kind, Create, req.URN, "", FromPulumi(req.Properties))
	secret := kind.secrets(req.Properties)
	if req.Preview {
		return plugin.CreateResponse{Properties: o.preview().ToPulumi(secret), Status: resource.StatusOK}, nil
	}
	props, err := p.create(o)
	if err != nil {
		return plugin.CreateResponse{}, err
	}
	return plugin.CreateResponse{ID: resource.ID(o.ID), Properties: props.ToPulumi(secret), Status: resource.StatusOK}, nil
}

// Update changes a resource, or shows what it would be.
func (p *Provider) Update(_ context.Context, req plugin.UpdateRequest) (plugin.UpdateResponse, error) {
	kind, err := p.kind(string(req.URN.Type()))
	if err != nil {
		return plugin.UpdateResponse{}, err
	}
	o := p.op(kind, Update, req.URN, req.ID, FromPulumi(req.NewInputs))
	secret := kind.secrets(req.NewInputs)
	o.State = FromPulumi(req.OldOutputs)
	if req.Preview {
		o.Old = o.State
		return plugin.UpdateResponse{Properties: o.preview().ToPulumi(secret), Status: resource.StatusOK}, nil
	}
	props, err := p.update(o)
	if err != nil {
		return plugin.UpdateResponse{}, err
	}
	return plugin.UpdateResponse{Properties: props.ToPulumi(secret), Status: resource.StatusOK}, nil
}

// Delete removes a resource.
func (p *Provider) Delete(_ context.Context, req plugin.DeleteRequest) (plugin.DeleteResponse, error) {
	kind, err := p.kind(string(req.URN.Type()))
	if err != nil {
		return plugin.DeleteResponse{}, err
	}
	if err := p.remove(p.op(kind, Delete, req.URN, req.ID, nil)); err != nil {
		return plugin.DeleteResponse{Status: resource.StatusUnknown}, err
	}
	return plugin.DeleteResponse{Status: resource.StatusOK}, nil
}

// secrets names the top-level properties to keep secret.
func (k *Kind) secrets(from ...resource.PropertyMap) map[string]bool {
	out := secretKeys(from...)
	for _, key := range k.Secrets {
		out[key] = true
	}
	return out
}

// Invoke answers a function.
func (p *Provider) Invoke(_ context.Context, req plugin.InvokeRequest) (plugin.InvokeResponse, error) {
	answer, ok := p.pkg.Invokes[string(req.Tok)]
	if !ok {
		return plugin.InvokeResponse{}, status.Errorf(codes.NotFound,
			"the offline cloud does not simulate the function %s; it knows %v", req.Tok, keys(p.pkg.Invokes))
	}
	o := p.op(&Kind{Token: string(req.Tok)}, 0, "", "", FromPulumi(req.Args))
	var out Props
	err := p.store.View(func(c *Cloud) (err error) {
		o.cloud = c
		out, err = answer(o)
		return err
	})
	if err != nil {
		return plugin.InvokeResponse{}, fmt.Errorf("invoking %s: %w", req.Tok, err)
	}
	return plugin.InvokeResponse{Properties: out.ToPulumi(nil)}, nil
}

// op prepares an operation in the provider's account and region.
func (p *Provider) op(kind *Kind, verb Verb, urn resource.URN, id resource.ID, in Props) *Op {
	o := &Op{
		Kind: kind, Verb: verb, URN: string(urn), ID: string(id), In: in,
		Account: p.settings.Account, Partition: p.settings.Partition, Region: p.settings.Region,
		Tags: maps.Clone(p.settings.DefaultTags), pkg: p.pkg,
	}
	if urn != "" {
		o.Name = urn.Name()
	}
	return o
}

// Package simtest drives a simulated provider the way the Pulumi engine does,
// within a test and without processes: check, diff, create, update, refresh and
// delete with the state kept between the steps.
//
// It is for the tests of the tables. It refuses nothing by itself: what a method
// returns is what the provider said.
package simtest

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/sim"
)

// Cloud is a provider with its state file.
type Cloud struct {
	Provider *sim.Provider
	// Path is the state file.
	Path string
	t    testing.TB
}

// Resource is what the engine would hold in its state.
type Resource struct {
	URN             resource.URN
	ID              string
	Inputs, Outputs resource.PropertyMap
}

// Str reads a string output.
func (r *Resource) Str(key string) string { return sim.FromPulumi(r.Outputs).Str(key) }

// Get reads any output; unknown ones are [sim.Unknown].
func (r *Resource) Get(path string) any { return sim.FromPulumi(r.Outputs).Get(path) }

// New starts a package with an empty state file and the given provider inputs
// (for aws at least the region).
func New(t testing.TB, pkg *sim.Package, config sim.Props) *Cloud {
	t.Helper()
	return Open(t, pkg, filepath.Join(t.TempDir(), "cloud.json"), config, "")
}

// Open is [New] on a state file that may exist, with faults to inject.
func Open(t testing.TB, pkg *sim.Package, path string, config sim.Props, faults string) *Cloud {
	t.Helper()
	parsed, err := sim.ParseFaults(faults)
	require.NoError(t, err)
	p := sim.NewProvider(pkg, sim.OpenStore(path), parsed, 0)
	_, err = p.Configure(t.Context(), plugin.ConfigureRequest{Inputs: config.ToPulumi(nil)})
	require.NoError(t, err)
	return &Cloud{Provider: p, Path: path, t: t}
}

// Delegate marks a domain as delegated to the zone that the cloud holds.
func (c *Cloud) Delegate(domain string) *Cloud {
	c.t.Helper()
	require.NoError(c.t, sim.OpenStore(c.Path).Change(func(state *sim.Cloud) error { state.Delegate(domain); return nil }))
	return c
}

// URN is the URN that the driver gives to a resource.
func URN(token, name string) resource.URN {
	return resource.NewURN("test", "rung", "", tokens.Type(token), name)
}

// Check runs a check against the inputs of an earlier one, nil for none. Check
// failures come back as one error with a line each.
func (c *Cloud) Check(token, name string, in sim.Props, olds resource.PropertyMap) (resource.PropertyMap, error) {
	res, err := c.Provider.Check(c.t.Context(), plugin.CheckRequest{
		URN: URN(token, name), News: in.ToPulumi(nil), Olds: olds,
	})
	if err != nil {
		return nil, err
	}
	var reasons []string
	for _, f := range res.Failures {
		reasons = append(reasons, fmt.Sprintf("%s: %s", f.Property, f.Reason))
	}
	if len(reasons) > 0 {
		return nil, errors.New(strings.Join(reasons, "\n"))
	}
	return res.Properties, nil
}

// Preview checks and previews a create.
func (c *Cloud) Preview(token, name string, in sim.Props) (*Resource, error) {
	return c.create(token, name, in, true)
}

// Create checks and creates.
func (c *Cloud) Create(token, name string, in sim.Props) (*Resource, error) {
	return c.create(token, name, in, false)
}

func (c *Cloud) create(token, name string, in sim.Props, preview bool) (*Resource, error) {
	checked, err := c.Check(token, name, in, nil)
	if err != nil {
		return nil, err
	}
	res, err := c.Provider.Create(c.t.Context(),
		plugin.CreateRequest{URN: URN(token, name), Properties: checked, Preview: preview})
	if err != nil {
		return nil, err
	}
	return &Resource{URN: URN(token, name), ID: string(res.ID), Inputs: checked, Outputs: res.Properties}, nil
}

// Must creates and fails the test when that is refused.
func (c *Cloud) Must(token, name string, in sim.Props) *Resource {
	c.t.Helper()
	r, err := c.Create(token, name, in)
	require.NoError(c.t, err, "create %s %s", token, name)
	return r
}

// Unheard is what the rules that refuse nothing have against what stands.
func (c *Cloud) Unheard(pkg *sim.Package) (all []sim.Unheard) {
	c.t.Helper()
	require.NoError(c.t, sim.OpenStore(c.Path).View(func(state *sim.Cloud) (err error) {
		all, err = pkg.Unheard(state)
		return err
	}))
	return all
}

// Diff checks new inputs and compares them with a resource.
func (c *Cloud) Diff(r *Resource, in sim.Props) (plugin.DiffResult, resource.PropertyMap, error) {
	checked, err := c.Check(string(r.URN.Type()), r.URN.Name(), in, r.Inputs)
	if err != nil {
		return plugin.DiffResult{}, nil, err
	}
	diff, err := c.Provider.Diff(c.t.Context(), plugin.DiffRequest{
		URN: r.URN, ID: resource.ID(r.ID), OldInputs: r.Inputs, OldOutputs: r.Outputs, NewInputs: checked,
	})
	return diff, checked, err
}

// Update checks new inputs and updates in place, whatever the diff says.
func (c *Cloud) Update(r *Resource, in sim.Props) (*Resource, error) { return c.update(r, in, false) }

// PreviewUpdate shows an update.
func (c *Cloud) PreviewUpdate(r *Resource, in sim.Props) (*Resource, error) {
	return c.update(r, in, true)
}

func (c *Cloud) update(r *Resource, in sim.Props, preview bool) (*Resource, error) {
	checked, err := c.Check(string(r.URN.Type()), r.URN.Name(), in, r.Inputs)
	if err != nil {
		return nil, err
	}
	res, err := c.Provider.Update(c.t.Context(), plugin.UpdateRequest{
		URN: r.URN, ID: resource.ID(r.ID), OldInputs: r.Inputs, OldOutputs: r.Outputs, NewInputs: checked, Preview: preview,
	})
	if err != nil {
		return nil, err
	}
	return &Resource{URN: r.URN, ID: r.ID, Inputs: checked, Outputs: res.Properties}, nil
}

// Read refreshes; nil means that the resource is gone.
func (c *Cloud) Read(r *Resource) (*Resource, error) {
	res, err := c.Provider.Read(c.t.Context(), plugin.ReadRequest{
		URN: r.URN, ID: resource.ID(r.ID), Inputs: r.Inputs, State: r.Outputs,
	})
	if err != nil || res.Outputs == nil {
		return nil, err
	}
	return &Resource{URN: r.URN, ID: string(res.ID), Inputs: res.Inputs, Outputs: res.Outputs}, nil
}

// Delete deletes.
func (c *Cloud) Delete(r *Resource) error {
	_, err := c.Provider.Delete(c.t.Context(), plugin.DeleteRequest{
		URN: r.URN, ID: resource.ID(r.ID), Inputs: r.Inputs, Outputs: r.Outputs,
	})
	return err
}

// Invoke calls a function.
func (c *Cloud) Invoke(token string, args sim.Props) (sim.Props, error) {
	res, err := c.Provider.Invoke(c.t.Context(),
		plugin.InvokeRequest{Tok: tokens.ModuleMember(token), Args: args.ToPulumi(nil)})
	return sim.FromPulumi(res.Properties), err
}

// Settled creates a resource and demands what every kind must keep: its outputs
// hold only properties of the property table, a refresh finds the same, and the
// same program again changes nothing.
func (c *Cloud) Settled(token, name string, in sim.Props) *Resource {
	c.t.Helper()
	r := c.Must(token, name, in)
	again, err := c.Read(r)
	require.NoError(c.t, err)
	require.NotNil(c.t, again, "%s is gone right after its creation", token)
	require.Equal(c.t, sim.FromPulumi(r.Outputs), sim.FromPulumi(again.Outputs), "%s: a refresh finds drift", token)
	require.Equal(c.t, sim.FromPulumi(r.Inputs), sim.FromPulumi(again.Inputs), "%s: a refresh changes inputs", token)
	diff, _, err := c.Diff(again, in)
	require.NoError(c.t, err)
	require.Empty(c.t, diff.DetailedDiff, "%s: the same inputs again are a change", token)
	same, err := c.Update(r, in)
	require.NoError(c.t, err)
	require.Equal(c.t, sim.FromPulumi(r.Outputs), sim.FromPulumi(same.Outputs),
		"%s: an update without change changes outputs", token)
	return r
}

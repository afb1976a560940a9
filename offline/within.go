package offline

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"

	"github.com/rung-dev/rung/offline/sim"
)

// within are the providers of all packages and regions, each read and configured
// once for all clouds of the process: the tables of AWS are large.
var within = struct {
	sync.Mutex
	packages map[string]*sim.Provider
	of       map[[2]string]*sim.Provider // by package and region
}{packages: map[string]*sim.Provider{}, of: map[[2]string]*sim.Provider{}}

// Within is the provider of a type or a function in a region, on a cloud within
// this process: without faults, and without patience, so that what is in use is
// refused at once.
func Within(token, region string, store *sim.Store) (*sim.Provider, error) {
	pkg, _, _ := strings.Cut(token, ":")
	within.Lock()
	defer within.Unlock()
	key := [2]string{pkg, region}
	if within.of[key] == nil {
		p, err := placed(pkg, region)
		if err != nil {
			return nil, err
		}
		within.of[key] = p
	}
	return within.of[key].On(store), nil
}

// placed is a package's provider, configured for a region.
func placed(name, region string) (*sim.Provider, error) {
	if within.packages[name] == nil {
		pkg, err := simulated(name)
		if err != nil {
			return nil, err
		}
		within.packages[name] = sim.NewProvider(pkg, sim.MemoryStore(), nil, 0)
	}
	p, in := within.packages[name].On(sim.MemoryStore()), resource.PropertyMap{}
	if name == "aws" {
		in["region"] = resource.NewProperty(region)
	}
	if _, err := p.Configure(context.Background(), plugin.ConfigureRequest{Inputs: in}); err != nil {
		return nil, fmt.Errorf("configure %s in %s: %w", name, region, err)
	}
	return p, nil
}

// Call is what a function answers in a region, on a cloud within this process.
func Call(token, region string, store *sim.Store, args resource.PropertyMap) (resource.PropertyMap, error) {
	p, err := Within(token, region, store)
	if err != nil {
		return nil, err
	}
	answer, err := p.Invoke(context.Background(), plugin.InvokeRequest{Tok: tokens.ModuleMember(token), Args: args})
	return answer.Properties, err
}

package inprocess

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/rung-dev/rung/offline"
	"github.com/rung-dev/rung/offline/sim"
)

// providers are those of all packages and regions, each read and configured once
// for all clouds of the process: the tables of AWS are large.
var providers = struct {
	sync.Mutex
	of map[[2]string]*sim.Provider // by package and region
}{of: map[[2]string]*sim.Provider{}}

// providerOf is the provider of a type or function in a region, on a cloud.
func providerOf(token, region string, store *sim.Store) (*sim.Provider, error) {
	pkg, _, _ := strings.Cut(token, ":")
	providers.Lock()
	defer providers.Unlock()
	key := [2]string{pkg, region}
	if p := providers.of[key]; p != nil {
		return p.On(store), nil
	}
	p, err := configured(pkg, region)
	if err != nil {
		return nil, err
	}
	providers.of[key] = p
	return p.On(store), nil
}

func configured(pkg, region string) (*sim.Provider, error) {
	p, err := offline.InMemory(pkg, sim.MemoryStore())
	if err != nil {
		return nil, err
	}
	in := resource.PropertyMap{}
	if pkg == "aws" {
		in["region"] = resource.NewProperty(region)
	}
	if _, err := p.Configure(context.Background(), plugin.ConfigureRequest{Inputs: in}); err != nil {
		return nil, fmt.Errorf("configure %s in %s: %w", pkg, region, err)
	}
	return p, nil
}

// Call answers a function of a provider in a region of an empty cloud.
func Call(token, region string, args resource.PropertyMap) (resource.PropertyMap, error) {
	return (&Cloud{store: sim.MemoryStore()}).Call(token, region, args)
}

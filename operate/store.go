package operate

import (
	"fmt"
	"strings"

	"github.com/rung-dev/rung/resource"
	"github.com/rung-dev/rung/resource/token"
)

// Store is a database or a cache, as machines of the stack reach it.
type Store struct {
	// Name is the component's; on the one server "database" and "cache".
	Name string
	Host string
	Port int
}

// Beside is the host of a store that is on the machine itself.
const Beside = "localhost"

// The ports of the stores on the one server.
const (
	postgresPort = 5432
	valkeyPort   = 6379
)

// storesOf are the stores that take writes. The server has its own beside the app, which
// count where the stack has no others.
func storesOf(s Stack, resources []resource.Resource) (all []Store) {
	for _, r := range resources {
		host, port := "", number(r, "port")
		switch r.Type {
		case token.RDSInstance:
			if text(r, "replicateSourceDb") == "" {
				host = text(r, "address")
			}
		case token.RDSCluster:
			host = text(r, "endpoint")
		case token.ElastiCacheReplicationGroup:
			if host = text(r, "configurationEndpointAddress"); host == "" {
				host = text(r, "primaryEndpointAddress")
			}
		}
		if host != "" && port > 0 {
			all = append(all, Store{Name: r.Component, Host: host, Port: port})
		}
	}
	for _, p := range s.Parts {
		if p.Kind == Server && len(all) == 0 {
			return []Store{{"database", Beside, postgresPort}, {"cache", Beside, valkeyPort}}
		}
	}
	return all
}

func number(r resource.Resource, key string) int {
	n, _ := r.Props[key].(float64)
	return int(n)
}

// Store is the store of that name.
func (s Stack) Store(name string) (Store, error) {
	var names []string
	for _, one := range s.Stores {
		if one.Name == name {
			return one, nil
		}
		names = append(names, one.Name)
	}
	if len(names) == 0 {
		return Store{}, fmt.Errorf("stack %s has no database and no cache", s.Name)
	}
	return Store{}, fmt.Errorf("got %q, want one of %s%s", name, strings.Join(names, ", "), meant(name, names))
}

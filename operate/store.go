package operate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rung-dev/rung/resource"
	"github.com/rung-dev/rung/resource/token"
)

// Store is a database or a cache, as machines of the stack reach it.
type Store struct {
	// Name is the component's; on the one server "database" and "cache".
	Name string
	// Kind is Database, Cluster or Cache, Region where it is.
	Kind   Kind
	Region string
	Host   string
	Port   int
	// Secret is the ARN of the secret that opens it, Database the database's name there;
	// empty where the state does not tell.
	Secret, Database string
}

// SQL reports whether the store takes SQL.
func (s Store) SQL() bool { return s.Kind == Database || s.Kind == Cluster }

// Login is how somebody logs in to a database.
type Login struct{ User, Password, Database string }

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
		one := storeOf(r)
		if one.Host == "" || one.Port == 0 {
			continue
		}
		if one.Region == "" {
			one.Region = s.Region
		}
		one.Secret = secretOf(r.Component, resources)
		all = append(all, one)
	}
	for _, p := range s.Parts {
		if p.Kind == Server && len(all) == 0 {
			return []Store{{Name: "database", Kind: Database, Region: p.Region, Host: Beside, Port: postgresPort},
				{Name: "cache", Kind: Cache, Region: p.Region, Host: Beside, Port: valkeyPort}}
		}
	}
	return all
}

// storeOf is the store that a resource is; one without a host is none.
func storeOf(r resource.Resource) Store {
	s := Store{Name: r.Component, Region: r.Region, Port: number(r, "port")}
	switch r.Type {
	case token.RDSInstance:
		if text(r, "replicateSourceDb") == "" {
			s.Kind, s.Host, s.Database = Database, text(r, "address"), text(r, "dbName")
		}
	case token.RDSCluster:
		s.Kind, s.Host, s.Database = Cluster, text(r, "endpoint"), text(r, "databaseName")
	case token.ElastiCacheReplicationGroup:
		s.Kind = Cache
		if s.Host = text(r, "configurationEndpointAddress"); s.Host == "" {
			s.Host = text(r, "primaryEndpointAddress")
		}
	}
	return s
}

// secretOf is the ARN of a component's own secret, which is named after it.
func secretOf(component string, resources []resource.Resource) string {
	for _, r := range resources {
		if r.Type == token.SecretsManagerSecret && r.Component == component+"-secret" {
			return text(r, "arn")
		}
	}
	return ""
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

// Database is the store of that name, which takes SQL; an empty name is the one called
// database, or the first.
func (s Stack) Database(name string) (Store, error) {
	var names []string
	for _, one := range s.Stores {
		if one.SQL() {
			names = append(names, one.Name)
		}
	}
	if name == "" && len(names) > 0 {
		name = names[0]
		if slices.Contains(names, "database") {
			name = "database"
		}
	}
	one, err := s.Store(name)
	if err == nil && !one.SQL() {
		err = fmt.Errorf("%s is no database, want one of %s; `rung tunnel %s` opens a way to it", name,
			strings.Join(names, ", "), name)
	}
	return one, err
}

// Package search lets a PostgreSQL server stand in for OpenSearch' domains: the app's
// search service looks through that, as it does wherever it is told of no engine.
package search

import (
	"fmt"
	"net/url"

	"github.com/rung-dev/rung/lab/cloud"
	"github.com/rung-dev/rung/lab/postgres"
	"github.com/rung-dev/rung/lab/site"
	"github.com/rung-dev/rung/lab/unit"
	"github.com/rung-dev/rung/resource/token"
)

// name is that of the stand-in's user and of its database.
const name = "search"

// Domains are the stand-ins' units, and the URL of the database for the endpoint of
// each domain.
func Domains(c cloud.Cloud, at site.Site, secret func(string) string) (unit.Part, map[string]string, error) {
	var part unit.Part
	stores := map[string]string{}
	for _, r := range c.All(token.OpenSearchDomain) {
		key := r.Region + "-" + r.Str("domainName")
		address, err := at.Address("opensearch/"+key, postgres.Port)
		if err != nil {
			return part, nil, err
		}
		s := postgres.Server{Name: key + "/search", Address: address, Dir: at.Data("opensearch-" + key),
			Role: "in place of OpenSearch", Admin: secret("opensearch-" + key + "-admin"), Hosts: []string{r.Str("endpoint")},
			User: name, Password: secret("opensearch-" + key), Database: name}
		part.Add(unit.Part{Units: []unit.Unit{s.Unit(at)}}.In(r.Region))
		part.Keep = append(part.Keep, unit.Kept{Dir: s.Dir})
		part.Hosts = append(part.Hosts, unit.Host{Name: r.Str("endpoint"), Address: address})
		part.Notes = append(part.Notes, unit.Note{About: r.Name,
			Text: "PostgreSQL's search stands in for OpenSearch, in one server: other words may be found, in another order"})
		where := url.URL{Scheme: "postgres", User: url.UserPassword(s.User, s.Password), Path: "/" + name,
			Host: fmt.Sprintf("%s:%d", address, postgres.Port), RawQuery: "sslmode=disable"}
		stores[r.Str("endpoint")] = where.String()
	}
	return part, stores, nil
}

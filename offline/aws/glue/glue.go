// Package glue simulates Glue's catalogue: databases and tables, of which nothing is read.
package glue

import (
	"regexp"
	"strings"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

const (
	missing = "EntityNotFoundException"
	taken   = "AlreadyExistsException"
)

// lower is what the provider takes as a name in the catalogue.
var lower = sim.Pattern{Match: regexp.MustCompile(`^[^A-Z]+$`), Want: "no capital letters"}

// Kinds is the table of Glue.
func Kinds() []sim.Kind { return []sim.Kind{database(), table()} }

func database() sim.Kind {
	return sim.Kind{
		Token: token.GlueCatalogDatabase, Service: "Glue", API: "Database", Noun: "Glue Catalog Database",
		Verbs:     map[sim.Verb]string{sim.Update: "UpdateDatabase"},
		Name:      &sim.Name{Auto: true, Lower: true, Max: 255, Pattern: lower, Taken: taken},
		Lengths:   map[string]sim.Range{"description": {Max: 2048}},
		ReplaceOn: []string{"catalogId", "name"},
		ID:        func(o *sim.Op) string { return o.Account + ":" + o.NameOf() },
		Outputs: func(o *sim.Op) sim.Props {
			return sim.Props{
				"arn": o.ARN("glue", "database/"+o.NameOf()), "catalogId": o.Account, "locationUri": "",
				"createTableDefaultPermissions": []any{map[string]any{
					"permissions": sim.List("ALL"), "principal": map[string]any{"dataLakePrincipalIdentifier": "IAM_ALLOWED_PRINCIPALS"},
				}},
			}
		},
		Rules: sim.Many(sim.Delete, func(o *sim.Op) error { // a database takes its tables along
			for _, t := range o.All(token.GlueCatalogTable) {
				if t.Props.Str("databaseName") == o.In.Str("name") {
					o.Drop(t)
				}
			}
			return nil
		}),
		Quota: &sim.Quota{Key: "glue.databases", Default: 10000, Code: "ResourceNumberLimitExceededException"},
	}
}

func table() sim.Kind {
	return sim.Kind{
		Token: token.GlueCatalogTable, Service: "Glue", API: "Table", Noun: "Glue Catalog Table",
		Verbs:     map[sim.Verb]string{sim.Update: "UpdateTable"},
		Name:      &sim.Name{Auto: true, Lower: true, Max: 255, Pattern: lower, Taken: taken, Within: []string{"databaseName"}},
		ReplaceOn: []string{"catalogId", "databaseName", "name", "openTableFormatInput", "partitionIndices"},
		ID: func(o *sim.Op) string {
			return strings.Join([]string{o.Account, o.In.Str("databaseName"), o.NameOf()}, ":")
		},
		Outputs: func(o *sim.Op) sim.Props {
			return sim.Props{"arn": o.ARN("glue", "table/"+o.In.Str("databaseName")+"/"+o.NameOf()), "catalogId": o.Account,
				"partitionIndices": []any{}}
		},
		Refs: []sim.Ref{InDatabase("databaseName", missing)},
	}
}

// InDatabase is a reference to a database of the catalogue by its name.
func InDatabase(path, code string) sim.Ref {
	return sim.Ref{Path: path, To: []sim.Target{{Token: token.GlueCatalogDatabase, By: "name"},
		{Token: token.AthenaDatabase, By: "name"}},
		Missing: code}
}

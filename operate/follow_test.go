package operate_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/rung-dev/rung/operate"
	"github.com/rung-dev/rung/resource"
	"github.com/rung-dev/rung/resource/token"
)

// instance is a database of a component in a region, which copies another by its ARN.
func instance(component, region, source string) resource.Resource {
	r := thing(token.RDSInstance, component, component, map[string]any{"arn": "arn:" + component, "address": component,
		"port": 5432.0, "replicateSourceDb": source})
	r.Region = region
	return r
}

func TestSuccessors(t *testing.T) {
	home, away := "us-east-1", "eu-west-1"
	tests := map[string]struct {
		give []resource.Resource
		to   string
		want map[string]string // copies by their sources
	}{
		"each database's copy": {
			[]resource.Resource{instance("database", home, ""), instance("database-euw1", away, "arn:database"),
				instance("users-database", home, ""), instance("users-database-euw1", away, "arn:users-database")},
			away, map[string]string{"database": "database-euw1", "users-database": "users-database-euw1"}},
		"a shard is no later copy": {
			[]resource.Resource{instance("database", home, ""), instance("database-euw1", away, "arn:database"),
				instance("database-2", home, ""), instance("database-2-euw1", away, "arn:database-2")},
			away, map[string]string{"database": "database-euw1", "database-2": "database-2-euw1"}},
		"a reader of its own region is none": {
			[]resource.Resource{instance("database", home, ""), instance("reader", home, "database")}, home, nil},
		"none in that region": {
			[]resource.Resource{instance("database", home, ""), instance("database-euw1", away, "arn:database")},
			"eu-central-1", nil},
		"moved there and back": {
			[]resource.Resource{instance("database", home, ""), instance("database-euw1", away, ""),
				instance("database-use1-2", home, ""), instance("database-euw1-3", away, "arn:database-use1-2"),
				instance("database-euc1", "eu-central-1", "arn:database"),
				instance("database-euc1-3", "eu-central-1", "arn:database-use1-2")},
			"eu-central-1", map[string]string{"database-use1-2": "database-euc1-3"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var got map[string]string
			for _, f := range operate.Of("dev", home, tt.give).Successors(tt.to) {
				if got == nil {
					got = map[string]string{}
				}
				got[f.Source.Name] = f.Copy.Name
			}
			assert.Equal(t, tt.want, got)
		})
	}
}

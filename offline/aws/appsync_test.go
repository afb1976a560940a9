package aws_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

const asking = `type Query { getOrder(id: ID!): Order }
type Order { id: ID! total: Int }
schema { query: Query }`

func TestGraphQL(t *testing.T) {
	c := cloud(t, "us-east-1")
	in := sim.Props{"authenticationType": "API_KEY", "schema": asking}
	api := c.Settled(token.AppSyncGraphQLApi, "orders", in)
	assert.Regexp(t, `^https://[a-z0-9]{26}\.appsync-api\.us-east-1\.amazonaws\.com/graphql$`, api.Get("uris.GRAPHQL"))
	replacedBy(t, c, api, in, map[string]sim.Props{"traced": {"xrayEnabled": true}, "seen": {"visibility": "PRIVATE"},
		"name": {"name": "x"}},
		map[string]bool{"seen": true})
	key := c.Settled(token.AppSyncApiKey, "k", sim.Props{"apiId": api.ID})
	assert.True(t, key.Outputs["key"].IsSecret())
	role := trusting(c, "asks", "appsync.amazonaws.com")
	from := sim.Props{"apiId": api.ID, "type": "AMAZON_DYNAMODB", "dynamodbConfig": obj{"tableName": "orders"},
		"serviceRoleArn": role.Str("arn")}
	s := c.Settled(token.AppSyncDataSource, "the-orders", from)
	assert.Regexp(t, `^the_orders_[0-9a-f]{7}$`, s.Str("name"), "no hyphens are taken")
	f := c.Settled(token.AppSyncFunction, "look-up", sim.Props{"apiId": api.ID, "dataSource": s.Str("name"),
		"requestMappingTemplate": "{}"})
	asked := sim.Props{"apiId": api.ID, "type": "Query", "field": "getOrder", "dataSource": s.Str("name"),
		"requestTemplate": "{}"}
	r := c.Settled(token.AppSyncResolver, "getOrder", asked)
	assert.Equal(t, api.ID+"-Query-getOrder", r.ID)
	c.Settled(token.AppSyncResolver, "total", sim.Props{"apiId": api.ID, "type": "Order", "field": "total",
		"kind":           "PIPELINE",
		"pipelineConfig": obj{"functions": list{f.Str("functionId")}}})
	replacedBy(t, c, r, asked, map[string]sim.Props{"template": {"requestTemplate": "{ }"}, "field": {"field": "x"}},
		map[string]bool{"field": true})
	bad := func(kind string, in, changes sim.Props, want ...string) mistake {
		return mistake{kind, with(in, changes),
			want}
	}
	allRefused(t, c, map[string]mistake{
		"way in":  bad(token.AppSyncGraphQLApi, in, sim.Props{"authenticationType": "PASSWORD"}, "API_KEY"),
		"pool":    bad(token.AppSyncGraphQLApi, in, sim.Props{"authenticationType": "AMAZON_COGNITO_USER_POOLS"}, "BadRequestException", "userPoolConfig"),
		"schema":  bad(token.AppSyncGraphQLApi, in, sim.Props{"schema": "type Query {"}, "BadRequestException", "parse schema"),
		"no API":  bad(token.AppSyncApiKey, sim.Props{}, sim.Props{"apiId": "none"}, "NotFoundException"),
		"hyphen":  bad(token.AppSyncDataSource, from, sim.Props{"name": "a-b"}, "underscores"),
		"taken":   bad(token.AppSyncDataSource, from, sim.Props{"name": s.Str("name")}, "BadRequestException"),
		"where":   bad(token.AppSyncDataSource, from, sim.Props{"type": "HTTP"}, "BadRequestException", "httpConfig"),
		"twice":   bad(token.AppSyncResolver, asked, nil, "BadRequestException", "Only one resolver"),
		"source":  bad(token.AppSyncResolver, asked, sim.Props{"field": "a", "dataSource": "none"}, "NotFoundException", "No data source found named none"),
		"field":   bad(token.AppSyncResolver, asked, sim.Props{"field": "getAll"}, "NotFoundException", "No field named getAll found on type Query"),
		"runtime": bad(token.AppSyncFunction, sim.Props{"apiId": api.ID, "dataSource": s.Str("name")}, sim.Props{"code": "export {}"}, "BadRequestException", "APPSYNC_JS"),
		"lost":    bad(token.AppSyncFunction, sim.Props{"apiId": api.ID}, sim.Props{"dataSource": "none"}, "NotFoundException"),
	})
	require.NoError(t, c.Delete(api))
	gone, err := c.Read(r)
	require.NoError(t, err)
	assert.Nil(t, gone, "an API takes its resolvers along")
}

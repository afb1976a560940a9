// Package appsync simulates AppSync: GraphQL APIs, what they ask, and which field is answered by what.
// Of a schema the types with their fields are looked at, and nothing else.
package appsync

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/rung-dev/rung/offline/aws/internal/made"
	"github.com/rung-dev/rung/offline/aws/internal/refer"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

const (
	service = "AppSync"
	missing = "NotFoundException"
	bad     = "BadRequestException"
)

// Kinds is the table of AppSync.
func Kinds() []sim.Kind { return []sim.Kind{api(), key(), source(), function(), resolver()} }

// ofAPI is the reference of everything that belongs to an API.
func ofAPI() sim.Ref {
	return sim.Ref{Path: "apiId", To: []sim.Target{{Token: token.AppSyncGraphQLApi}}, Missing: missing}
}

var authentications = []string{"API_KEY", "AWS_IAM", "AMAZON_COGNITO_USER_POOLS", "OPENID_CONNECT", "AWS_LAMBDA"}

func api() sim.Kind {
	return sim.Kind{
		Token: token.AppSyncGraphQLApi, Service: service, API: "GraphqlApi", Noun: "AppSync GraphQL API",
		Verbs: map[sim.Verb]string{sim.Update: "UpdateGraphqlApi"}, Name: &sim.Name{Auto: true, Max: 65536},
		Defaults: sim.Props{
			"apiType": "GRAPHQL", "introspectionConfig": "ENABLED", "queryDepthLimit": 0.0, "resolverCountLimit": 0.0, "visibility": "GLOBAL",
			"xrayEnabled": false, "logConfig.excludeVerboseContent": false,
		},
		Enums: map[string][]string{
			"apiType": {"GRAPHQL", "MERGED"}, "introspectionConfig": {"ENABLED", "DISABLED"}, "visibility": {"GLOBAL", "PRIVATE"},
			"authenticationType": authentications, "additionalAuthenticationProviders.authenticationType": authentications,
			"logConfig.fieldLogLevel": {"ALL", "ERROR", "NONE", "INFO", "DEBUG"}, "userPoolConfig.defaultAction": {"ALLOW", "DENY"},
		},
		Ranges:    map[string]sim.Range{"queryDepthLimit": {Min: 0, Max: 75}, "resolverCountLimit": {Min: 0, Max: 10000}},
		ReplaceOn: []string{"apiType", "visibility"},
		ID:        func(o *sim.Op) string { return o.Lower(26, "api") },
		Outputs: func(o *sim.Op) sim.Props {
			host := o.Lower(26, "host")
			return sim.Props{"arn": o.ARN("appsync", "apis/"+o.ID), "userPoolConfig.awsRegion": o.Region, "uris": map[string]any{
				"GRAPHQL":  "https://" + host + ".appsync-api." + o.Region + ".amazonaws.com/graphql",
				"REALTIME": "wss://" + host + ".appsync-realtime-api." + o.Region + ".amazonaws.com/graphql",
			}}
		},
		Refs: []sim.Ref{
			refer.Role("logConfig.cloudwatchLogsRoleArn", bad),
			{Path: "userPoolConfig.userPoolId", To: []sim.Target{{Token: token.CognitoUserPool}}, Missing: bad, AnyRegion: true},
		},
		Rules: append(sim.Many(sim.Create|sim.Update, authenticationSet, schemaReads), sim.Many(sim.Delete,
			refer.TakesAlong(token.AppSyncApiKey, "apiId"), refer.TakesAlong(token.AppSyncResolver, "apiId"),
			refer.TakesAlong(token.AppSyncFunction, "apiId"), refer.TakesAlong(token.AppSyncDataSource, "apiId"))...),
		Quota: &sim.Quota{Key: "appsync.apis", Default: 50, Code: "ApiLimitExceededException"},
	}
}

// authenticationSet: the wording is from memory.
func authenticationSet(o *sim.Op) error {
	want := map[string]string{"AMAZON_COGNITO_USER_POOLS": "userPoolConfig", "OPENID_CONNECT": "openidConnectConfig",
		"AWS_LAMBDA": "lambdaAuthorizerConfig"}[o.In.Str("authenticationType")]
	if want == "" || o.In.Has(want) {
		return nil
	}
	return sim.Refuse(bad, "Invalid request: "+want+" must be provided for "+o.In.Str("authenticationType"),
		"Give "+want+".")
}

var typeOf = regexp.MustCompile(`(?s)\btype\s+(\w+)[^{]*\{(.*?)\}`)

// schemaReads: AppSync refuses a schema that says nothing to ask. The wording is from memory.
func schemaReads(o *sim.Op) error {
	text := o.In.Str("schema")
	if text == "" || typeOf.MatchString(text) && strings.Count(text, "{") == strings.Count(text, "}") {
		return nil
	}
	return sim.Refuse(bad, "Schema Creation Status is FAILED with Details: Failed to parse schema document",
		"Correct the document in schema.")
}

// fields gives the text of a type's fields; false where the schema is not known.
func fields(o *sim.Op, name string) (text string, known bool) {
	of, _ := o.Find(token.AppSyncGraphQLApi, o.In.Str("apiId"))
	for _, found := range typeOf.FindAllStringSubmatch(of.Str("schema"), -1) {
		if found[1] == name {
			text += found[2]
		}
	}
	return text, of.Str("schema") != ""
}

func key() sim.Kind {
	return sim.Kind{
		Token: token.AppSyncApiKey, Service: service, API: "ApiKey", Verbs: map[sim.Verb]string{sim.Update: "UpdateApiKey"},
		Defaults: sim.Props{"description": made.ByPulumi}, ReplaceOn: []string{"apiId"}, Secrets: []string{"key"},
		ID: func(o *sim.Op) string { return o.In.Str("apiId") + ":da2-" + o.Lower(26, "key") },
		Outputs: func(o *sim.Op) sim.Props {
			id := "da2-" + o.Lower(26, "key")
			return sim.Props{"apiKeyId": id, "key": id, "expires": "2026-01-08T00:00:00Z"}
		},
		Refs: []sim.Ref{ofAPI()},
		Quota: &sim.Quota{Key: "appsync.keys-per-api", Default: 50, Code: "ApiKeyLimitExceededException",
			Within: func(o *sim.Op) string { return o.In.Str("apiId") }},
	}
}

// sources are the sorts of data sources, each with the property that says where.
var sources = map[string]string{
	"AWS_LAMBDA": "lambdaConfig", "AMAZON_DYNAMODB": "dynamodbConfig", "AMAZON_ELASTICSEARCH": "elasticsearchConfig", "HTTP": "httpConfig", "NONE": "",
	"RELATIONAL_DATABASE": "relationalDatabaseConfig", "AMAZON_EVENTBRIDGE": "eventBridgeConfig", "AMAZON_OPENSEARCH_SERVICE": "opensearchserviceConfig",
}

var name = sim.Pattern{Match: regexp.MustCompile(`^[_A-Za-z][_0-9A-Za-z]*$`), Want: "letters, digits and underscores"}

func source() sim.Kind {
	sorts := []string{}
	for sort := range sources {
		sorts = append(sorts, sort)
	}
	return sim.Kind{
		Token: token.AppSyncDataSource, Service: service, API: "DataSource", Noun: "AppSync Data Source", Verbs: map[sim.Verb]string{sim.Update: "UpdateDataSource"},
		Name:      &sim.Name{Auto: true, Underscored: true, Max: 255, Pattern: name, Taken: bad, Within: []string{"apiId"}},
		Enums:     map[string][]string{"type": sorts},
		ReplaceOn: []string{"apiId", "name"},
		ID:        func(o *sim.Op) string { return o.In.Str("apiId") + "-" + o.NameOf() },
		Outputs: func(o *sim.Op) sim.Props {
			return sim.Props{"arn": o.ARN("appsync", "apis/"+o.In.Str("apiId")+"/datasources/"+o.NameOf()),
				"dynamodbConfig.region": o.Region}
		},
		Refs:  []sim.Ref{ofAPI(), refer.Role("serviceRoleArn", bad)},
		Rules: sim.Many(sim.Create|sim.Update, placeGiven),
	}
}

// placeGiven: the wording is from memory.
func placeGiven(o *sim.Op) error {
	want := sources[o.In.Str("type")]
	if want == "" || o.In.Has(want) {
		return nil
	}
	return sim.Refuse(bad, fmt.Sprintf("Data source of type %s needs its configuration", o.In.Str("type")),
		"Give "+want+".")
}

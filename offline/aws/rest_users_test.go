package aws_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/offline/simtest"
	"github.com/rung-dev/rung/resource/token"
)

// mockedAPI is a REST API with a method that is mocked, and its stage.
func mockedAPI(c *simtest.Cloud) (api, method *simtest.Resource, of sim.Props) {
	api = c.Must(token.APIGatewayRestApi, "api", sim.Props{})
	of = sim.Props{"restApi": api.ID, "resourceId": api.Str("rootResourceId"), "httpMethod": "GET"}
	method = c.Must(token.APIGatewayMethod, "m", with(of, sim.Props{"authorization": "NONE"}))
	return api, method, of
}

func stageOf(c *simtest.Cloud, api *simtest.Resource) {
	d := c.Must(token.APIGatewayDeployment, "d", sim.Props{"restApi": api.ID})
	c.Must(token.APIGatewayStage, "live", sim.Props{"restApi": api.ID, "deployment": d.ID, "stageName": "live"})
}

func TestRESTAnswers(t *testing.T) {
	c := cloud(t, "us-east-1")
	api, _, of := mockedAPI(c)
	ok := with(of, sim.Props{"statusCode": "200"})
	_, err := c.Create(token.APIGatewayMethodResponse, "r", with(ok, sim.Props{"httpMethod": "PUT"}))
	mustRefuse(t, err, "NotFoundException", "Make the method PUT")
	_, err = c.Create(token.APIGatewayIntegrationResponse, "i", ok)
	mustRefuse(t, err, "NotFoundException", "Depend on the integration")
	c.Must(token.APIGatewayIntegration, "i", with(of, sim.Props{"type": "MOCK"}))
	_, err = c.Create(token.APIGatewayIntegrationResponse, "i", ok)
	mustRefuse(t, err, "NotFoundException", "MethodResponse of status 200")
	r := c.Settled(token.APIGatewayMethodResponse, "ok", ok)
	assert.Equal(t, "agmr-"+api.ID+"-"+api.Str("rootResourceId")+"-GET-200", r.ID)
	c.Settled(token.APIGatewayIntegrationResponse, "ok", ok)
	c.Settled(token.APIGatewayResponse, "4xx", sim.Props{"restApiId": api.ID, "responseType": "DEFAULT_4XX"})
	c.Settled(token.APIGatewayRequestValidator, "v", sim.Props{"restApi": api.ID, "validateRequestBody": true})
	replacedBy(t, c, r, ok, map[string]sim.Props{"status": {"statusCode": "404"},
		"models": {"responseModels": obj{"application/json": "Empty"}}},
		map[string]bool{"status": true})
	settings := sim.Props{"restApi": api.ID, "stageName": "live", "methodPath": "*/*",
		"settings": obj{"loggingLevel": "INFO"}}
	_, err = c.Create(token.APIGatewayMethodSettings, "all", settings)
	mustRefuse(t, err, "NotFoundException", "Make the stage live")
	stageOf(c, api)
	_, err = c.Create(token.APIGatewayMethodSettings, "all", settings)
	mustRefuse(t, err, "BadRequestException", "cloudwatchRoleArn")
	role := trusting(c, "logs", "apigateway.amazonaws.com")
	_, err = c.Create(token.APIGatewayAccount, "a", sim.Props{"cloudwatchRoleArn": role.Str("arn")})
	mustRefuse(t, err, "BadRequestException", "logs:PutLogEvents")
	allows(c, "logs", "write", "logs:*", "*")
	c.Settled(token.APIGatewayAccount, "a", sim.Props{"cloudwatchRoleArn": role.Str("arn")})
	c.Settled(token.APIGatewayMethodSettings, "all", settings)
	allRefused(t, c, map[string]mistake{
		"twice":  {token.APIGatewayMethodResponse, ok, []string{"ConflictException"}},
		"again":  {token.APIGatewayIntegrationResponse, ok, []string{"ConflictException"}},
		"status": {token.APIGatewayMethodResponse, with(ok, sim.Props{"statusCode": "OK"}), []string{"200"}},
		"type":   {token.APIGatewayResponse, sim.Props{"restApiId": api.ID, "responseType": "4xx"}, []string{"DEFAULT_4XX"}},
		"level":  {token.APIGatewayMethodSettings, with(settings, sim.Props{"settings": obj{"loggingLevel": "ALL"}}), []string{"INFO"}},
		"trust":  {token.APIGatewayAccount, sim.Props{"cloudwatchRoleArn": trusting(c, "other", "lambda.amazonaws.com").Str("arn")}, []string{"BadRequestException", "trust permission"}},
	})
	require.NoError(t, c.Delete(api))
	gone, err := c.Read(r)
	require.NoError(t, err)
	assert.Nil(t, gone, "an API takes its answers along")
}

func TestRESTUsers(t *testing.T) {
	c := cloud(t, "us-east-1")
	api, _, of := mockedAPI(c)
	c.Must(token.APIGatewayIntegration, "i", with(of, sim.Props{"type": "MOCK"}))
	pool := c.Must(token.CognitoUserPool, "people", sim.Props{})
	in := sim.Props{"restApi": api.ID, "type": "COGNITO_USER_POOLS", "providerArns": list{pool.Str("arn")},
		"name": "people"}
	a := c.Settled(token.APIGatewayAuthorizer, "people", in)
	replacedBy(t, c, a, in, map[string]sim.Props{"ttl": {"authorizerResultTtlInSeconds": 10.0},
		"api": {"restApi": "other"}}, map[string]bool{"api": true})
	key := c.Settled(token.APIGatewayApiKey, "partner", sim.Props{"name": "partner"})
	assert.True(t, key.Outputs["value"].IsSecret())
	plan := sim.Props{"apiStages": list{obj{"apiId": api.ID, "stage": "live"}}, "quotaSettings": obj{"limit": 1000.0,
		"period": "DAY"}}
	_, err := c.Create(token.APIGatewayUsagePlan, "p", plan)
	mustRefuse(t, err, "NotFoundException", "Make the stage live")
	stageOf(c, api)
	p := c.Settled(token.APIGatewayUsagePlan, "p", plan)
	member := sim.Props{"keyId": key.ID, "keyType": "API_KEY", "usagePlanId": p.ID}
	k := c.Settled(token.APIGatewayUsagePlanKey, "k", member)
	assert.Equal(t, key.Str("value"), k.Str("value"))
	allRefused(t, c, map[string]mistake{
		"taken":     {token.APIGatewayAuthorizer, in, []string{"ConflictException"}},
		"no pool":   {token.APIGatewayAuthorizer, with(in, sim.Props{"name": "x", "providerArns": list{"arn:aws:cognito-idp:us-east-1:1:userpool/x"}}), []string{"BadRequestException"}},
		"nobody":    {token.APIGatewayAuthorizer, sim.Props{"restApi": api.ID, "type": "COGNITO_USER_POOLS"}, []string{"providerArns"}},
		"no asking": {token.APIGatewayAuthorizer, sim.Props{"restApi": api.ID}, []string{"authorizerUri"}},
		"short":     {token.APIGatewayApiKey, sim.Props{"value": "abc"}, []string{"20"}},
		"twice":     {token.APIGatewayUsagePlanKey, member, []string{"ConflictException"}},
		"no key":    {token.APIGatewayUsagePlanKey, with(member, sim.Props{"keyId": "none"}), []string{"NotFoundException"}},
	})
	http := c.Must(token.APIGatewayV2Api, "http", sim.Props{"protocolType": "HTTP"})
	socket := c.Must(token.APIGatewayV2Api, "socket", sim.Props{"protocolType": "WEBSOCKET",
		"routeSelectionExpression": "$request.body.action"})
	jwt := sim.Props{"apiId": http.ID, "authorizerType": "JWT", "identitySources": list{"$request.header.Authorization"},
		"jwtConfiguration": obj{"issuer": "https://" + pool.Str("endpoint"), "audiences": list{"a"}}}
	c.Settled(token.APIGatewayV2Authorizer, "jwt", jwt)
	allRefused(t, c, map[string]mistake{
		"issuer":   {token.APIGatewayV2Authorizer, with(jwt, sim.Props{"jwtConfiguration": nil}), []string{"BadRequestException", "jwtConfiguration"}},
		"function": {token.APIGatewayV2Authorizer, with(jwt, sim.Props{"authorizerType": "REQUEST"}), []string{"BadRequestException", "authorizerUri"}},
		"socket":   {token.APIGatewayV2Authorizer, with(jwt, sim.Props{"apiId": socket.ID}), []string{"BadRequestException", "HTTP APIs"}},
		"no API":   {token.APIGatewayV2Authorizer, with(jwt, sim.Props{"apiId": "none"}), []string{"NotFoundException"}},
	})
}

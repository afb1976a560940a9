package apigateway

import (
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// authorizer says who may call an HTTP API, by a token or by a function that is asked.
func authorizer() sim.Kind {
	return sim.Kind{
		Token: token.APIGatewayV2Authorizer, Service: gatewayService, API: "Authorizer", Verbs: map[sim.Verb]string{sim.Update: "UpdateAuthorizer"},
		Name:      &sim.Name{Auto: true, Max: 128, Taken: gatewayBad, Within: []string{"apiId"}},
		Enums:     map[string][]string{"authorizerType": {"JWT", "REQUEST"}, "authorizerPayloadFormatVersion": {"1.0", "2.0"}},
		Ranges:    map[string]sim.Range{"authorizerResultTtlInSeconds": {Min: 0, Max: 3600}},
		ReplaceOn: []string{"apiId"},
		ID:        func(o *sim.Op) string { return o.Lower(6, "authorizer") },
		Outputs: func(o *sim.Op) sim.Props {
			ttl := 0
			if o.In.Str("authorizerType") == "REQUEST" {
				ttl = 300
			}
			return sim.Props{"authorizerResultTtlInSeconds": ttl}
		},
		Refs:  []sim.Ref{apiRef()},
		Rules: sim.Many(sim.Create|sim.Update, tokenOrFunction, jwtIsHTTP),
	}
}

// tokenOrFunction: the wording is from memory.
func tokenOrFunction(o *sim.Op) error {
	switch kind := o.In.Str("authorizerType"); {
	case kind == "JWT" && !o.In.Has("jwtConfiguration"):
		return sim.Refuse(gatewayBad, "JwtConfiguration is required for JWT authorizers", "Give jwtConfiguration.")
	case kind == "REQUEST" && !o.In.Has("authorizerUri"):
		return sim.Refuse(gatewayBad, "AuthorizerUri is required for REQUEST authorizers",
			"Give authorizerUri: the invokeArn of a function.")
	}
	return nil
}

// jwtIsHTTP: the wording is from memory.
func jwtIsHTTP(o *sim.Op) error {
	api, _ := o.Find(token.APIGatewayV2Api, o.In.Str("apiId"))
	if o.In.Str("authorizerType") != "JWT" || api.Str("protocolType") != "WEBSOCKET" {
		return nil
	}
	return sim.Refuse(gatewayBad, "JWT authorizers are only supported for HTTP APIs", "Let a function decide: REQUEST.")
}

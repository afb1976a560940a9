package apigateway

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rung-dev/rung/offline/aws/acm"
	"github.com/rung-dev/rung/offline/aws/internal/made"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// regionalZones are the hosted zones of regional domains. Only the one of
// us-east-1 is known here; the others are made up in the same form.
var regionalZones = map[string]string{"us-east-1": "Z1UJRXOUMOOFQ8"}

func apiDomain() sim.Kind {
	const config = "domainNameConfiguration"
	return sim.Kind{
		Token: token.APIGatewayV2DomainName, Service: gatewayService, API: "DomainName", Verbs: map[sim.Verb]string{sim.Update: "UpdateDomainName"},
		Name:      &sim.Name{Property: "domainName", Max: 512, Taken: gatewayConflict},
		Enums:     map[string][]string{config + ".endpointType": {"REGIONAL"}, config + ".securityPolicy": {"TLS_1_2"}},
		ReplaceOn: []string{"domainName"},
		Outputs: func(o *sim.Op) sim.Props {
			zone := regionalZones[o.Region]
			if zone == "" {
				zone = strings.ToUpper("Z" + made.Digits("api gateway", o.Region)[1:14])
			}
			return sim.Props{
				"arn":                           "arn:" + o.Partition + ":apigateway:" + o.Region + "::/domainnames/" + o.NameOf(),
				"apiMappingSelectionExpression": "$request.basepath", config + ".hostedZoneId": zone,
				config + ".targetDomainName": "d-" + o.Lower(10, "domain") + ".execute-api." + o.Region + ".amazonaws.com",
				config + ".ipAddressType":    "ipv4",
			}
		},
		Rules: sim.Many(sim.Create|sim.Update, domainCertificate),
	}
}

func domainCertificate(o *sim.Op) error {
	arn, host := o.In.Str("domainNameConfiguration.certificateArn"), o.In.Str("domainName")
	bad := func(hint string) error {
		return sim.Refuse(gatewayBad, fmt.Sprintf("The provided certificate %s cannot be used for %s", arn, host), hint)
	}
	switch _, ok := o.Find(token.ACMCertificate, arn); {
	case !strings.Contains(arn, ":acm:"+o.Region+":"):
		return bad("A regional domain needs a certificate of its own region, " + o.Region + ".")
	case !ok:
		return bad("There is no such certificate.")
	case !acm.Issued(o, arn):
		return bad("It has not been issued yet: take its ARN from an acm.CertificateValidation.")
	case !acm.Covers(o, arn, host):
		return bad("It does not hold the name: add it to subjectAlternativeNames.")
	}
	return nil
}

func apiMapping() sim.Kind {
	return sim.Kind{
		Token: token.APIGatewayV2ApiMapping, Service: gatewayService, API: "ApiMapping", Verbs: map[sim.Verb]string{sim.Update: "UpdateApiMapping"},
		ReplaceOn: []string{"apiId", "domainName"},
		ID:        func(o *sim.Op) string { return o.Lower(6, "mapping") },
		Refs: []sim.Ref{apiRef(), {
			Path: "domainName", To: []sim.Target{{Token: token.APIGatewayV2DomainName, By: "domainName"}}, Missing: gatewayMissing,
		}},
		Rules: sim.Many(sim.Create|sim.Update, mappingGood),
	}
}

func mappingGood(o *sim.Op) error {
	found := slices.ContainsFunc(o.All(token.APIGatewayV2Stage), func(s sim.Found) bool {
		return s.Props.Str("apiId") == o.In.Str("apiId") && s.Props.Str("name") == o.In.Str("stage")
	})
	if !found {
		return sim.Refuse(gatewayBad, "Invalid stage identifier specified",
			fmt.Sprintf("The API has no stage %q.", o.In.Str("stage")))
	}
	for _, other := range o.Others() {
		if other.Props.Str("domainName") == o.In.Str("domainName") &&
			other.Props.Str("apiMappingKey") == o.In.Str("apiMappingKey") {
			return sim.Refuse(gatewayConflict, "ApiMapping key already exists for this domain name",
				"Choose another apiMappingKey.")
		}
	}
	return nil
}

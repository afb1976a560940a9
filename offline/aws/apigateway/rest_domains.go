package apigateway

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/rung-dev/rung/offline/aws/acm"
	"github.com/rung-dev/rung/offline/aws/internal/check"
	"github.com/rung-dev/rung/offline/aws/internal/made"
	"github.com/rung-dev/rung/offline/aws/internal/refer"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// restNames are the names under which REST APIs answer, and the models of what they take.
func restNames() []sim.Kind { return []sim.Kind{restDomain(), restMapping(), restModel()} }

// edgeZone is the hosted zone of CloudFront, which answers for edge-optimized domains.
const edgeZone = "Z2FDTNDATAQYW2"

func restDomain() sim.Kind {
	return sim.Kind{
		Token: token.APIGatewayDomainName, Service: restService, API: "DomainName", Noun: "API Gateway Domain Name",
		Verbs:       map[sim.Verb]string{sim.Update: "UpdateDomainName"},
		Name:        &sim.Name{Property: "domainName", Max: 512, Taken: gatewayBad},
		AtMostOneOf: [][]string{{"certificateArn", "certificateBody", "certificateName", "regionalCertificateArn", "regionalCertificateName"}},
		Enums: map[string][]string{
			"endpointConfiguration.types": {"EDGE", "REGIONAL", "PRIVATE"}, "securityPolicy": {"TLS_1_0", "TLS_1_2"},
			"endpointConfiguration.ipAddressType": {"ipv4", "dualstack"},
		},
		Checks:    []sim.Check{certificateOfEndpoint},
		ReplaceOn: []string{"certificateBody", "certificateChain", "certificatePrivateKey", "domainName"}, JSON: []string{"policy"},
		Outputs: restDomainOutputs,
		Rules:   sim.Many(sim.Create|sim.Update, restCertificate),
	}
}

// certificateOfEndpoint is the provider's own check, made in previews too: a regional name has
// a regional certificate, one of the edge one of CloudFront.
func certificateOfEndpoint(in sim.Props) []sim.Failure {
	regional := in.Str("endpointConfiguration.types") == "REGIONAL"
	switch {
	case regional && in.Has("certificateArn"):
		return check.Wrong("certificateArn", "is for names at the edge; give regionalCertificateArn to a REGIONAL one")
	case !regional && in.Has("regionalCertificateArn") && in.Known("endpointConfiguration"):
		return check.Wrong("regionalCertificateArn",
			"is for a REGIONAL name; give endpointConfiguration.types REGIONAL, or certificateArn")
	}
	return nil
}

func restDomainOutputs(o *sim.Op) sim.Props {
	zone := regionalZones[o.Region]
	if zone == "" {
		zone = strings.ToUpper("Z" + made.Digits("api gateway", o.Region)[1:14])
	}
	out := sim.Props{
		"arn":                  "arn:" + o.Partition + ":apigateway:" + o.Region + "::/domainnames/" + o.NameOf(),
		"cloudfrontDomainName": "", "cloudfrontZoneId": edgeZone, "regionalDomainName": "", "regionalZoneId": "",
		"certificateUploadDate": made.At, "domainNameId": "", "securityPolicy": "TLS_1_2", "ownershipVerificationCertificateArn": "",
		"policy": "", "endpointConfiguration": map[string]any{"types": "EDGE", "ipAddressType": "ipv4"},
		"endpointConfiguration.ipAddressType": "ipv4",
	}
	if o.In.Str("endpointConfiguration.types") == "REGIONAL" {
		out["regionalDomainName"], out["regionalZoneId"] = "d-"+o.Lower(10,
			"domain")+".execute-api."+o.Region+".amazonaws.com", zone
	} else {
		out["cloudfrontDomainName"] = "d" + o.Lower(13, "edge") + ".cloudfront.net"
	}
	return out
}

// restCertificate: CloudFront looks in us-east-1, a regional name in its own region.
func restCertificate(o *sim.Op) error {
	arn, home := o.In.Str("certificateArn"), "us-east-1"
	if arn == "" {
		arn, home = o.In.Str("regionalCertificateArn"), o.Region
	}
	host := o.In.Str("domainName")
	bad := func(hint string) error {
		return sim.Refuse(gatewayBad, fmt.Sprintf("The provided certificate %s cannot be used for %s", arn, host), hint)
	}
	switch {
	case arn == "":
		return nil
	case !strings.Contains(arn, ":acm:"+home+":"):
		return bad("This kind of name needs a certificate of " + home + ".")
	case home != o.Region: // what stands there is not looked at from here
		return nil
	case !acm.Issued(o, arn):
		return bad("It has not been issued yet: take its ARN from an acm.CertificateValidation.")
	case !acm.Covers(o, arn, host):
		return bad("It does not hold the name: add it to subjectAlternativeNames.")
	}
	return nil
}

func restMapping() sim.Kind {
	return sim.Kind{
		Token: token.APIGatewayBasePathMapping, Service: restService, API: "BasePathMapping",
		Verbs:    map[sim.Verb]string{sim.Update: "UpdateBasePathMapping"},
		Required: []string{"restApi"}, ReplaceOn: []string{"domainName", "domainNameId"},
		ID: func(o *sim.Op) string { return o.In.Str("domainName") + "/" + o.In.Str("basePath") },
		Refs: []sim.Ref{restRef(), {
			Path: "domainName", To: []sim.Target{{Token: token.APIGatewayDomainName}}, Missing: gatewayMissing,
		}},
		Rules: append(sim.Many(sim.Create, refer.TakenID(gatewayConflict)), sim.Many(sim.Create|sim.Update, mappedStageStands)...),
	}
}

// mappedStageStands: the code is that of CreateBasePathMapping.
func mappedStageStands(o *sim.Op) error {
	stage := o.In.Str("stageName")
	if stage == "" || stageStands(o, o.In.Str("restApi"), stage) == nil {
		return nil
	}
	return sim.Refuse(gatewayBad, "Invalid stage identifier specified", fmt.Sprintf("The API has no stage %q.", stage))
}

func restModel() sim.Kind {
	return sim.Kind{
		Token: token.APIGatewayModel, Service: restService, API: "Model", Verbs: map[sim.Verb]string{sim.Update: "UpdateModel"},
		Name: &sim.Name{Auto: true, Within: []string{"restApi"}, Taken: gatewayConflict, Pattern: sim.Pattern{
			Match: regexp.MustCompile(`^[A-Za-z0-9]+$`), Want: "letters and digits",
		}},
		Required: []string{"restApi"}, JSON: []string{"schema"},
		ReplaceOn: []string{"contentType", "name", "restApi"},
		ID:        func(o *sim.Op) string { return o.Lower(6, "model") },
		Refs:      []sim.Ref{restRef()},
		Rules: sim.Many(sim.Create|sim.Update, func(o *sim.Op) error {
			if text := o.In.Str("schema"); text != "" && !json.Valid([]byte(text)) {
				return sim.Refuse(gatewayBad,
					"Invalid model specified: Validation Result: warnings : [], errors : [Invalid model schema specified]",
					"Give a JSON schema.")
			}
			return nil
		}),
	}
}

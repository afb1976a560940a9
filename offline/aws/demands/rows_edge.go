package demands

import "github.com/rung-dev/rung/resource/token"

// edgeRows are names, certificates, CDN, gateway and firewall. Delegation sets and
// authorizations of a network for another account's zone are not simulated.
var edgeRows = map[string]Row{
	token.Route53Zone:            nothing,
	token.Route53ZoneAssociation: nothing,
	token.Route53HealthCheck:     nothing,
	token.Route53Record:          nothing,

	token.ACMCertificate: nothing,
	token.ACMCertificateValidation: needs("the records of the validation, and the delegation of the domain",
		"PENDING_VALIDATION"),

	token.CloudFrontDistribution: needs("the validation of its certificate; functions that are published; certificates "+
		"and names of its origins; ownership controls, for logs of the older kind",
		"InvalidViewerCertificate", "InvalidFunctionAssociation", "502 Bad Gateway", "InvalidArgument").
		with(originsTrusted, oldLogsTaken),
	token.CloudFrontFunction:               nothing,
	token.CloudFrontKeyValueStore:          nothing,
	token.CloudFrontKeyvaluestoreKey:       nothing,
	token.CloudFrontCachePolicy:            nothing,
	token.CloudFrontOriginRequestPolicy:    nothing,
	token.CloudFrontResponseHeadersPolicy:  nothing,
	token.CloudFrontOriginAccessControl:    nothing,
	token.CloudFrontOriginAccessIdentity:   nothing,
	token.CloudFrontMonitoringSubscription: nothing,
	token.CloudFrontVpcOrigin: needs("an internet gateway in the network of the load balancer", "InvalidArgument").
		with(originNetworkIsOpen),

	token.APIGatewayV2Api:         nothing,
	token.APIGatewayV2Integration: nothing,
	token.APIGatewayV2Route:       nothing,
	token.APIGatewayV2VpcLink:     nothing,
	// Its access log needs no policy: API Gateway adds its own.
	token.APIGatewayV2Stage:      needs("the routes that its settings name", "NotFoundException"),
	token.APIGatewayV2DomainName: needs("the validation of its certificate", "BadRequestException"),
	token.APIGatewayV2ApiMapping: needs("the stage that it names", "BadRequestException"),

	token.APIGatewayRestApi:     nothing,
	token.APIGatewayResource:    nothing,
	token.APIGatewayMethod:      nothing,
	token.APIGatewayIntegration: needs("the method that it answers", "NotFoundException"),
	token.APIGatewayDeployment:  needs("the methods and what answers them", "BadRequestException"),
	token.APIGatewayStage:       nothing,

	token.APIGatewayAccount:             needs("the policies of its role", "BadRequestException").with(accountMayLog),
	token.APIGatewayAuthorizer:          nothing,
	token.APIGatewayApiKey:              nothing,
	token.APIGatewayUsagePlan:           needs("the stages that it names", "NotFoundException"),
	token.APIGatewayUsagePlanKey:        nothing,
	token.APIGatewayModel:               nothing,
	token.APIGatewayDomainName:          needs("the validation of its certificate", "BadRequestException"),
	token.APIGatewayBasePathMapping:     needs("the stage that it names", "BadRequestException"),
	token.APIGatewayMethodResponse:      needs("the method that it is of", "NotFoundException"),
	token.APIGatewayIntegrationResponse: needs("the integration, and the answer of the method", "NotFoundException"),
	token.APIGatewayResponse:            nothing,
	token.APIGatewayRequestValidator:    nothing,
	token.APIGatewayMethodSettings:      needs("the stage, and for logs the role of the account", "NotFoundException", "BadRequestException"),
	token.APIGatewayV2Authorizer:        nothing,

	token.AppSyncGraphQLApi: nothing,
	token.AppSyncApiKey:     nothing,
	token.AppSyncDataSource: nothing,
	token.AppSyncFunction:   needs("the data source, which it names by its name", "NotFoundException"),
	token.AppSyncResolver:   needs("the data source, and the field in the schema", "NotFoundException"),

	token.WAFv2WebAcl:            nothing,
	token.WAFv2WebAclAssociation: nothing,
	// AWS adds what WAF needs to the log group's policy.
	token.WAFv2WebAclLoggingConfiguration: nothing,
}

// Package gateway builds an HTTP API in front of services: API Gateway, a link
// into the network, and an internal load balancer behind it.
//
// A system needs it when several services answer under one name and somebody
// outside calls them: stage 4. It gives what a balancer cannot: limits for each
// route, a log line in JSON for each call, CORS in one place. It costs $1.00
// for a million calls (us-east-1, calls of up to 512 KB) and $0.50 for each GB
// of log; the link is free. Paths on the balancer itself are the cheaper
// choice where none of this is needed.
//
// A call may take 30 seconds and carry 10 MB, which AWS does not raise: longer
// work belongs into a queue. AWS's web application firewall cannot be put
// before an HTTP API; it belongs on the CDN or the balancer. The package
// refuses a gateway without limits or log, longer time-outs, CORS that lets any
// site act for a visitor, and a domain without its certificate.
package gateway

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/apigatewayv2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Token is the component's type. It stands in every stack's state, so it is frozen.
const Token = "rung:components:Gateway"

var _ pulumi.ComponentResource = (*Gateway)(nil)

// Gateway is an HTTP API.
type Gateway struct {
	pulumi.ResourceState

	// APIID is the API's id, the dimension of its metrics.
	APIID pulumi.StringOutput
	// Host is the name that callers and CDNs use: Domain, or AWS's own.
	Host pulumi.StringOutput
	// Target and TargetZoneID are what an alias record of Domain names; both
	// are unset without one.
	Target, TargetZoneID pulumi.StringOutput
	// Names are the addresses of Args.Names, by label.
	Names map[string]Address
	// LogGroup is the name of the access log's group.
	LogGroup pulumi.StringOutput
	// GateAlarms are the names of the alarms that should stop a rollout.
	GateAlarms pulumi.StringArray

	api         *apigatewayv2.Api
	integration *apigatewayv2.Integration
	stage       *apigatewayv2.Stage
	routes      []pulumi.Resource
}

// stageName is the stage that stands at the root of the host.
const stageName = "$default"

// New builds the gateway. It fails before touching the cloud when args are
// inconsistent; the error lists every wrong field.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Gateway, error) {
	args = args.withDefaults()
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("gateway %s: %w", name, err)
	}
	g := &Gateway{}
	if err := ctx.RegisterComponentResource(Token, name, g, opts...); err != nil {
		return nil, fmt.Errorf("register gateway %s: %w", name, err)
	}
	for _, step := range []func(*pulumi.Context, string, Args) error{g.buildAPI, g.buildRoutes, g.buildStage,
		g.buildDomain, g.watch} {
		if err := step(ctx, name, args); err != nil {
			return nil, fmt.Errorf("gateway %s: %w", name, err)
		}
	}
	return g, ctx.RegisterResourceOutputs(g, pulumi.Map{"apiId": g.APIID, "host": g.Host})
}

func (g *Gateway) buildAPI(ctx *pulumi.Context, name string, args Args) (err error) {
	g.api, err = apigatewayv2.NewApi(ctx, name+"-api", &apigatewayv2.ApiArgs{
		ProtocolType:              pulumi.String("HTTP"),
		Description:               pulumi.String("The services of stack " + ctx.Stack()),
		CorsConfiguration:         args.CORS.inputs(),
		DisableExecuteApiEndpoint: pulumi.Bool(args.Domain != ""),
		Tags:                      args.TagsFor(ctx, name),
	}, pulumi.Parent(g))
	if err != nil {
		return fmt.Errorf("create the API: %w", err)
	}
	g.APIID = g.api.ID().ToStringOutput()
	g.Host = g.api.ApiEndpoint.ApplyT(func(url string) string {
		return strings.TrimPrefix(url, "https://")
	}).(pulumi.StringOutput)
	integration := &apigatewayv2.IntegrationArgs{
		ApiId:                g.APIID,
		IntegrationType:      pulumi.String("HTTP_PROXY"),
		IntegrationMethod:    pulumi.String("ANY"),
		IntegrationUri:       args.ListenerARN.ToStringOutput().ToStringPtrOutput(),
		ConnectionType:       pulumi.String("VPC_LINK"),
		ConnectionId:         args.Link.ID.ToStringPtrOutput(),
		PayloadFormatVersion: pulumi.String("1.0"),
		TimeoutMilliseconds:  pulumi.Int(args.TimeoutSeconds * 1000),
		RequestParameters:    args.headers(),
	}
	if args.ServerName != "" {
		integration.TlsConfig = &apigatewayv2.IntegrationTlsConfigArgs{ServerNameToVerify: pulumi.String(args.ServerName)}
	}
	g.integration, err = apigatewayv2.NewIntegration(ctx, name+"-balancer", integration, pulumi.Parent(g))
	if err != nil {
		return fmt.Errorf("connect the API to the balancer: %w", err)
	}
	return nil
}

func (g *Gateway) buildRoutes(ctx *pulumi.Context, name string, args Args) error {
	for _, r := range append([]Route{{Name: "default", Key: stageName}}, args.Routes...) {
		made, err := apigatewayv2.NewRoute(ctx, name+"-route-"+r.Name, &apigatewayv2.RouteArgs{
			ApiId:    g.APIID,
			RouteKey: pulumi.String(r.Key),
			Target:   pulumi.Sprintf("integrations/%s", g.integration.ID()),
		}, pulumi.Parent(g))
		if err != nil {
			return fmt.Errorf("create route %s: %w", r.Name, err)
		}
		g.routes = append(g.routes, made)
	}
	return nil
}

// buildStage publishes the API. It comes after the routes: AWS refuses limits
// for a route that there is not.
func (g *Gateway) buildStage(ctx *pulumi.Context, name string, args Args) error {
	log, err := cloudwatch.NewLogGroup(ctx, name+"-access", &cloudwatch.LogGroupArgs{
		NamePrefix:      pulumi.String(logPrefix + ctx.Stack() + "-" + name + "-"),
		RetentionInDays: pulumi.Int(args.LogDays),
		Tags:            args.TagsFor(ctx, name),
	}, pulumi.Parent(g))
	if err != nil {
		return fmt.Errorf("create the access log: %w", err)
	}
	g.LogGroup = log.Name
	format, err := logFormat()
	if err != nil {
		return err
	}
	g.stage, err = apigatewayv2.NewStage(ctx, name+"-stage", &apigatewayv2.StageArgs{
		ApiId:      g.APIID,
		Name:       pulumi.String(stageName),
		AutoDeploy: pulumi.Bool(true),
		AccessLogSettings: &apigatewayv2.StageAccessLogSettingsArgs{
			DestinationArn: log.Arn, Format: pulumi.String(format),
		},
		DefaultRouteSettings: &apigatewayv2.StageDefaultRouteSettingsArgs{
			DetailedMetricsEnabled: pulumi.Bool(false), // each route's metrics are paid as custom ones
			ThrottlingRateLimit:    pulumi.Float64(args.RequestsPerSecond),
			ThrottlingBurstLimit:   pulumi.Int(args.Burst),
		},
		RouteSettings: args.routeSettings(),
		Tags:          args.TagsFor(ctx, name),
	}, pulumi.Parent(g), pulumi.DependsOn(g.routes))
	if err != nil {
		return fmt.Errorf("publish the API: %w", err)
	}
	return nil
}

// logPrefix is the one below which AWS's services may write without a policy of
// the log's, of which a region has ten.
const logPrefix = "/aws/vendedlogs/apis/"

func (g *Gateway) buildDomain(ctx *pulumi.Context, name string, args Args) error {
	if args.Domain == "" {
		return nil
	}
	at, host, err := g.serve(ctx, name, args, name, Name{Domain: args.Domain, CertificateARN: args.CertificateARN})
	if err != nil {
		return err
	}
	g.Target, g.TargetZoneID, g.Host = at.Target, at.ZoneID, host
	g.Names = map[string]Address{}
	for _, n := range args.Names {
		if g.Names[n.Label], _, err = g.serve(ctx, name, args, name+"-"+n.Label, n); err != nil {
			return err
		}
	}
	return nil
}

// serve lets the API answer to a name. The host that it returns is known once
// whoever calls it finds the API behind it.
func (g *Gateway) serve(ctx *pulumi.Context, name string, args Args, child string, n Name) (at Address,
	host pulumi.StringOutput, err error) {
	domain, err := apigatewayv2.NewDomainName(ctx, child+"-domain", &apigatewayv2.DomainNameArgs{
		DomainName: pulumi.String(n.Domain),
		DomainNameConfiguration: &apigatewayv2.DomainNameDomainNameConfigurationArgs{
			CertificateArn: n.CertificateARN.ToStringOutput(),
			EndpointType:   pulumi.String("REGIONAL"),
			SecurityPolicy: pulumi.String("TLS_1_2"),
		},
		Tags: args.TagsFor(ctx, name),
	}, pulumi.Parent(g))
	if err != nil {
		return at, host, fmt.Errorf("create the domain %s: %w", n.Domain, err)
	}
	mapping, err := apigatewayv2.NewApiMapping(ctx, child+"-mapping", &apigatewayv2.ApiMappingArgs{
		ApiId: g.APIID, DomainName: domain.ID(), Stage: g.stage.ID(),
	}, pulumi.Parent(g))
	if err != nil {
		return at, host, fmt.Errorf("map the domain %s to the API: %w", n.Domain, err)
	}
	config := domain.DomainNameConfiguration
	at = Address{Target: config.TargetDomainName().Elem(), ZoneID: config.HostedZoneId().Elem()}
	return at, pulumi.All(n.Domain, mapping.ID()).ApplyT(func(v []any) string {
		return v[0].(string)
	}).(pulumi.StringOutput), nil
}

package gateway

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/apigatewayv2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/part"
)

// Args describe a gateway. Link and ListenerARN are required.
type Args struct {
	part.Common
	// Link is the way into the network.
	Link *Link
	// ListenerARN is the internal balancer's listener that gets every call.
	ListenerARN pulumi.StringInput
	// ServerName is the name on the listener's certificate. Empty speaks plain
	// HTTP to the balancer, inside the network.
	ServerName string
	// Headers are added to every call, or replace what the caller sent: the
	// origin's secret say. Values may be secret.
	Headers map[string]pulumi.StringInput

	// RequestsPerSecond is what the gateway takes in a second on average, and
	// Burst at once; calls beyond are answered with 429. Zero means AWS's own
	// quota of an account: DefaultRequestsPerSecond and DefaultBurst.
	RequestsPerSecond float64
	Burst             int
	// Routes have limits of their own. Calls that no route names go the same
	// way, under the gateway's limits.
	Routes []Route
	// TimeoutSeconds is how long an answer may take, 1 to 30. Zero means 30.
	TimeoutSeconds int
	// CORS lets browsers call from other sites. Nil lets none.
	CORS *CORS

	// Domain is the name of the API, "api.example.com" say, with its
	// CertificateARN in the gateway's region. Empty means AWS's own name,
	// which stays open only then.
	Domain         string
	CertificateARN pulumi.StringInput
	// Names are further names of the API beside Domain: one that gateways of
	// several regions share, say, or one by which this very gateway is asked.
	Names []Name

	// LogDays is how long the access log is kept, in days. Zero means DefaultLogDays.
	LogDays int
	// AlarmErrors is how many answers of 500 and above a minute raise an
	// alarm. Zero means DefaultAlarmErrors.
	AlarmErrors int
	// AlarmP95Seconds is the slowest that one answer in twenty may be. Zero
	// means DefaultAlarmP95Seconds.
	AlarmP95Seconds float64
	// AlarmClientErrorPercent is the share of calls that may be answered with
	// 400 to 499. Zero means DefaultAlarmClientErrorPercent.
	AlarmClientErrorPercent float64
}

// Name is a further name of the API.
type Name struct {
	// Label is the name's part of logical names, "shared" say.
	Label string
	// Domain and CertificateARN are as those of [Args]. Both are required.
	Domain         string
	CertificateARN pulumi.StringInput
}

// Address is what an alias record of a name leads to.
type Address struct{ Target, ZoneID pulumi.StringOutput }

// Route is a path with limits of its own.
type Route struct {
	// Name is the route's part of logical names, "search" say.
	Name string
	// Key is a method and a path, "GET /api/search" or "ANY /api/users/{proxy+}".
	Key string
	// RequestsPerSecond and Burst limit the route. Zero means the gateway's.
	RequestsPerSecond float64
	Burst             int
}

// CORS says which sites' pages may call.
type CORS struct {
	// Origins are the sites, "https://example.com" say; * is any, without Credentials only.
	Origins []string
	// Methods and Headers that they may use. Nil means GET, HEAD, POST, PUT,
	// PATCH, DELETE and OPTIONS, and content-type and authorization.
	Methods, Headers []string
	// Credentials lets pages send the visitor's cookies.
	Credentials bool
	// MaxAgeSeconds is how long a browser keeps the answer, 0 to 86,400.
	MaxAgeSeconds int
}

// headers overwrite what callers send, so that nobody outside can set them.
func (a Args) headers() pulumi.StringMapInput {
	if len(a.Headers) == 0 {
		return nil
	}
	all := pulumi.StringMap{}
	for header, value := range a.Headers {
		all["overwrite:header."+header] = value
	}
	return all
}

// routeSettings are the limits of the routes that have their own.
func (a Args) routeSettings() apigatewayv2.StageRouteSettingArray {
	var list apigatewayv2.StageRouteSettingArray
	for _, r := range a.Routes {
		if r.RequestsPerSecond == a.RequestsPerSecond && r.Burst == a.Burst {
			continue
		}
		list = append(list, &apigatewayv2.StageRouteSettingArgs{
			RouteKey:             pulumi.String(r.Key),
			ThrottlingRateLimit:  pulumi.Float64(r.RequestsPerSecond),
			ThrottlingBurstLimit: pulumi.Int(r.Burst),
		})
	}
	return list
}

func (c *CORS) inputs() apigatewayv2.ApiCorsConfigurationPtrInput {
	if c == nil {
		return nil
	}
	return &apigatewayv2.ApiCorsConfigurationArgs{
		AllowOrigins:     pulumi.ToStringArray(c.Origins),
		AllowMethods:     pulumi.ToStringArray(c.Methods),
		AllowHeaders:     pulumi.ToStringArray(c.Headers),
		AllowCredentials: pulumi.Bool(c.Credentials),
		MaxAge:           pulumi.Int(c.MaxAgeSeconds),
	}
}

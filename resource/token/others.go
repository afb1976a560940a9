package token

// Cloudflare's types.
const (
	CloudflareArgo                                = "cloudflare:index/argo:Argo"
	CloudflareAuthenticatedOriginPulls            = "cloudflare:index/authenticatedOriginPulls:AuthenticatedOriginPulls"
	CloudflareAuthenticatedOriginPullsCertificate = "cloudflare:index/authenticatedOriginPullsCertificate:AuthenticatedOriginPullsCertificate"
	CloudflareLoadBalancer                        = "cloudflare:index/loadBalancer:LoadBalancer"
	CloudflareLoadBalancerMonitor                 = "cloudflare:index/loadBalancerMonitor:LoadBalancerMonitor"
	CloudflareLoadBalancerPool                    = "cloudflare:index/loadBalancerPool:LoadBalancerPool"
	CloudflareOriginCaCertificate                 = "cloudflare:index/originCaCertificate:OriginCaCertificate"
	CloudflarePageRule                            = "cloudflare:index/pageRule:PageRule"
	CloudflareRateLimit                           = "cloudflare:index/rateLimit:RateLimit"
	CloudflareRecord                              = "cloudflare:index/record:Record"
	CloudflareRuleset                             = "cloudflare:index/ruleset:Ruleset"
	CloudflareTieredCache                         = "cloudflare:index/tieredCache:TieredCache"
	CloudflareWorkerScript                        = "cloudflare:index/workerScript:WorkerScript"
	CloudflareWorkersKv                           = "cloudflare:index/workersKv:WorkersKv"
	CloudflareWorkersKvNamespace                  = "cloudflare:index/workersKvNamespace:WorkersKvNamespace"
	CloudflareWorkersRoute                        = "cloudflare:index/workersRoute:WorkersRoute"
	CloudflareWorkersScript                       = "cloudflare:index/workersScript:WorkersScript"
	CloudflareZone                                = "cloudflare:index/zone:Zone"
	CloudflareZoneDnssec                          = "cloudflare:index/zoneDnssec:ZoneDnssec"
	CloudflareZoneSettingsOverride                = "cloudflare:index/zoneSettingsOverride:ZoneSettingsOverride"
)

// Types of random.
const (
	RandomId       = "random:index/randomId:RandomId"
	RandomInteger  = "random:index/randomInteger:RandomInteger"
	RandomPassword = "random:index/randomPassword:RandomPassword"
	RandomPet      = "random:index/randomPet:RandomPet"
	RandomString   = "random:index/randomString:RandomString"
	RandomUuid     = "random:index/randomUuid:RandomUuid"
	Thing          = "random:index/thing:Thing"
)

// Pulumi's own types.
const (
	Stack = "pulumi:pulumi:Stack"

	StackReference = "pulumi:pulumi:StackReference"
)

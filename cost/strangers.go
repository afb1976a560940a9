package cost

import "strings"

// clouds are the providers of what others than AWS and Cloudflare bill, as people
// call them.
var clouds = map[string]string{
	"azure": "Azure", "azure-native": "Azure", "azuread": "Microsoft Entra", "gcp": "Google Cloud", "google-native": "Google Cloud",
	"digitalocean": "DigitalOcean", "hcloud": "Hetzner Cloud", "linode": "Linode", "vultr": "Vultr", "oci": "Oracle Cloud",
	"alicloud": "Alibaba Cloud", "tencentcloud": "Tencent Cloud", "ovh": "OVHcloud", "scaleway": "Scaleway", "civo": "Civo",
	"fastly": "Fastly", "mongodbatlas": "MongoDB Atlas", "snowflake": "Snowflake", "confluentcloud": "Confluent Cloud",
	"datadog": "Datadog", "newrelic": "New Relic", "pagerduty": "PagerDuty", "auth0": "Auth0", "okta": "Okta", "ec": "Elastic Cloud",
	"aiven": "Aiven", "equinix-metal": "Equinix Metal", "equinix": "Equinix", "vercel": "Vercel", "upstash": "Upstash",
	"neon": "Neon", "planetscale": "PlanetScale", "render": "Render", "fly": "Fly.io", "netlify": "Netlify", "exoscale": "Exoscale",
	"ibm": "IBM Cloud", "yandex": "Yandex Cloud", "ionoscloud": "IONOS Cloud", "upcloud": "UpCloud", "stackit": "STACKIT",
	"dnsimple": "DNSimple", "ns1": "NS1", "splunk": "Splunk", "signalfx": "Splunk", "dynatrace": "Dynatrace", "sentry": "Sentry",
	"rediscloud": "Redis Cloud", "astra": "DataStax", "cockroach": "Cockroach Cloud", "pinecone": "Pinecone", "twilio": "Twilio",
	"opsgenie": "Opsgenie", "launchdarkly": "LaunchDarkly", "buildkite": "Buildkite", "circleci": "CircleCI", "tailscale": "Tailscale", "openstack": "OpenStack", "vsphere": "vSphere", "databricks": "Databricks",
}

// whyUnknown says why a type has no model. Resources of one provider have one
// reason, so that they are one line of a report.
func whyUnknown(typ string) string {
	provider, _, _ := strings.Cut(typ, ":")
	if cloud, ok := clouds[provider]; ok {
		return "billed by " + cloud + ", whose prices rung does not know"
	}
	switch provider {
	case "aws", "aws-native", "cloudflare":
		return "unknown type: rung has no price model for it"
	}
	return "unknown type: of the provider " + provider + ", whose prices rung does not know"
}

package stacks

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/rung-dev/rung/record/recordtest"
	"github.com/rung-dev/rung/resource/token"
)

// Programs call one name, which is answered by the cell that suits them; each
// gateway also has a name of its own, under which Route 53 asks it.
func TestTheAPIHasOneName(t *testing.T) {
	rec := built(t, 5, "regions", two, "domain", "example.com")
	for code, of := range map[string]struct{ region, domain string }{
		"use1": {"us-east-1", "gateway-domain"}, "euw1": {"eu-west-1", "gateway-euw1-shared-domain"},
	} {
		r := recordtest.Named(t, rec, token.Route53Record, "dns-api-nearest-"+code)
		assert.Equal(t, of.region, r.String("latencyRoutingPolicies[0].region"))
		domain := recordtest.Named(t, rec, token.APIGatewayV2DomainName, of.domain)
		assert.Equal(t, "api.example.com", domain.String("domainName"), "the gateway answers to the name that programs call")
		assert.Equal(t, of.region, domain.Region)
		assert.Contains(t, r.Dependencies, domain.URN, "it leads to that domain")
		check := recordtest.Named(t, rec, token.Route53HealthCheck, "dns-api-nearest-"+code+"-check")
		assert.Equal(t, "api-"+code+".example.com", check.String("fqdn"))
		assert.Equal(t, check.ID, r.Value("healthCheckId"))
		assert.Equal(t, "api-"+code+".example.com",
			recordtest.Named(t, rec, token.Route53Record, "dns-api-"+code).String("name"))
	}
	one := recordtest.Named(t, rec, token.Route53Record, "dns-api")
	assert.Equal(t, "api.example.com", one.String("name"))
	assert.Equal(t, "api-nearest.example.com", one.Value("aliases[0].name"))
	assert.Contains(t, one.Dependencies, recordtest.Named(t, rec, token.Route53Record, "dns-api-nearest-euw1").URN)
}

// The name is the same record on every stage, and under every way to a cell.
func TestTheAPIKeepsItsName(t *testing.T) {
	for name, tt := range map[string]struct {
		settings []string
		leads    string
	}{
		"home first":              {[]string{"traffic.routing", "failover"}, "api-standby.example.com"},
		"an accelerator":          {[]string{"traffic.routing", "accelerator"}, "api-nearest.example.com"},
		"no CDN":                  {[]string{"cdn", "none"}, "api-nearest.example.com"},
		"while the server serves": {[]string{"handover", "pending"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			rec := built(t, 5, append(tt.settings, "regions", two, "domain", "example.com")...)
			one := recordtest.Named(t, rec, token.Route53Record, "dns-api")
			if tt.leads != "" {
				assert.Equal(t, tt.leads, one.Value("aliases[0].name"))
				return
			}
			home := recordtest.Named(t, rec, token.APIGatewayV2DomainName, "gateway-domain")
			assert.Contains(t, one.Dependencies, home.URN, "it leads to home's gateway")
		})
	}
}

func TestOtherAPIsNeedNoSharedName(t *testing.T) {
	for name, settings := range map[string][]string{
		"no domain":             nil,
		"paths of the balancer": {"domain", "example.com", "services.api", "balancer"},
	} {
		t.Run(name, func(t *testing.T) {
			rec := built(t, 5, append(settings, "regions", two)...)
			recordtest.None(t, rec, token.APIGatewayV2DomainName)
			for _, r := range rec.All(token.Route53Record) {
				assert.NotContains(t, r.Name, "dns-api")
			}
		})
	}
}

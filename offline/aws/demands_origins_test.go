package aws_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/offline/simtest"
	"github.com/rung-dev/rung/resource/token"
)

// Policies that do and do not forward the visitor's Host header.
const (
	everything    = "216adef6-5c7f-47e4-b989-5492eafa07d3" // Managed-AllViewer
	exceptTheHost = "b689b0a8-53d0-40ab-baf2-68738e2966ac" // Managed-AllViewerExceptHostHeader
	uncached      = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad" // Managed-CachingDisabled
	asTheOrigin   = "83da9c7e-98b4-4e11-a168-04f0df8e2c65" // UseOriginCacheControlHeaders, with the host in its key
)

// proved is an issued certificate for hosts below example.com; the zone stands.
func proved(c *simtest.Cloud, z *simtest.Resource, name string, hosts ...string) string {
	made := c.Must(token.ACMCertificate, name,
		sim.Props{"domainName": hosts[0], "subjectAlternativeNames": sim.List(hosts[1:]...), "validationMethod": "DNS"})
	for _, o := range made.Get("domainValidationOptions").(list) {
		option := sim.Props(o.(obj))
		_, _ = c.Create(token.Route53Record, name+option.Str("domainName"), sim.Props{ // a wildcard and its name share theirs
			"zoneId": z.ID, "name": option.Str("resourceRecordName"), "type": "CNAME", "ttl": 60.0,
			"records": sim.List(option.Str("resourceRecordValue")), "allowOverwrite": true,
		})
	}
	return c.Must(token.ACMCertificateValidation, name, sim.Props{"certificateArn": made.ID}).Str("certificateArn")
}

// door is a load balancer under cells.example.com with a certificate for its own
// name, and one more for the given names.
func door(t *testing.T, also ...string) (c *simtest.Cloud, site string) {
	c = cloud(t, "us-east-1")
	z := c.Must(token.Route53Zone, "z", sim.Props{"name": "example.com"})
	v, subnets := balancedNet(c, "net", "10.0", true)
	group := c.Must(token.LBTargetGroup, "web", groupIn(v))
	lb := c.Must(token.LBLoadBalancer, "alb", sim.Props{"namePrefix": "rung-", "subnets": subnets})
	l := c.Must(token.LBListener, "https", sim.Props{
		"loadBalancerArn": lb.ID, "port": 443.0, "protocol": "HTTPS", "certificateArn": proved(c, z, "own", "balancer.example.com"),
		"defaultActions": forward(group), "sslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06",
	})
	if len(also) > 0 {
		c.Must(token.LBListenerCertificate, "more",
			sim.Props{"listenerArn": l.ID, "certificateArn": proved(c, z, "more", also...)})
	}
	for _, host := range []string{"cells.example.com", "balancer.example.com"} {
		c.Must(token.Route53Record, host, sim.Props{
			"zoneId": z.ID, "name": host, "type": "A", "aliases": list{obj{"name": lb.Str("dnsName"), "zoneId": lb.Str("zoneId"), "evaluateTargetHealth": true}},
		})
	}
	c.Must(token.Route53Record, "elsewhere",
		sim.Props{"zoneId": z.ID, "name": "ip.example.com", "type": "A", "ttl": 60.0, "records": sim.List("203.0.113.7")})
	return c, proved(c, z, "site", "example.com")
}

// behind are the inputs of a distribution before an HTTPS origin.
func behind(site, origin string, changes sim.Props) sim.Props {
	return distributed(sim.Props{
		"aliases": sim.List("example.com"), "viewerCertificate": tls(site), "defaultCacheBehavior": behavior(changes),
		"origins": list{obj{"originId": "app", "domainName": origin, "customOriginConfig": obj{
			"httpPort": 80.0, "httpsPort": 443.0, "originProtocolPolicy": "https-only", "originSslProtocols": sim.List("TLSv1.2"),
		}}},
	})
}

func TestCloudFrontTrustsTheOrigin(t *testing.T) {
	type names []string
	for name, tt := range map[string]struct {
		more     names
		origin   string
		policy   sim.Props
		untrusts string // words of the refusal; empty for none
	}{
		"the balancer's own name":                    {nil, "balancer.example.com", sim.Props{"originRequestPolicyId": everything}, ""},
		"a shared name without a certificate":        {nil, "cells.example.com", nil, "neither cells.example.com nor cells.example.com"},
		"a shared name with a wildcard, no host":     {names{"*.example.com"}, "cells.example.com", nil, ""},
		"a wildcard, and the host is left out":       {names{"*.example.com"}, "cells.example.com", sim.Props{"originRequestPolicyId": exceptTheHost}, ""},
		"a wildcard, and the host is passed on":      {names{"*.example.com"}, "cells.example.com", sim.Props{"originRequestPolicyId": everything}, "asked for example.com"},
		"a wildcard, and the host is in the key":     {names{"*.example.com"}, "cells.example.com", sim.Props{"cachePolicyId": asTheOrigin}, "asked for example.com"},
		"a wildcard with the apex":                   {names{"*.example.com", "example.com"}, "cells.example.com", sim.Props{"originRequestPolicyId": everything}, ""},
		"the apex alone, and the host is passed on":  {names{"example.com"}, "cells.example.com", sim.Props{"originRequestPolicyId": everything}, "asked for cells.example.com"},
		"a name that nobody has entered":             {nil, "gone.example.com", nil, "does not resolve"},
		"an address, whose certificate nobody knows": {nil, "ip.example.com", nil, ""},
		"a name outside of the account":              {nil, "origin.example.net", sim.Props{"originRequestPolicyId": everything}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			c, site := door(t, tt.more...)
			_, err := c.Create(token.CloudFrontDistribution, "cdn",
				behind(site, tt.origin, but(sim.Props{"cachePolicyId": uncached}, tt.policy)))
			if tt.untrusts == "" {
				require.NoError(t, err)
				return
			}
			mustRefuse(t, err, "502 Bad Gateway", tt.untrusts)
		})
	}
}

func TestCloudFrontIsHeardAtItsPort(t *testing.T) {
	c, site := door(t)
	in := behind(site, "balancer.example.com", nil)
	in["origins"].(list)[0].(obj)["customOriginConfig"].(obj)["httpsPort"] = 8443.0
	_, err := c.Create(token.CloudFrontDistribution, "cdn", in)
	mustRefuse(t, err, "502 Bad Gateway", "listener first")
	in["origins"].(list)[0].(obj)["customOriginConfig"].(obj)["originProtocolPolicy"] = "http-only"
	_, err = c.Create(token.CloudFrontDistribution, "cdn", in)
	assert.NoError(t, err, "without TLS nobody shows a certificate")
}

package stacks_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/resource/token"
	"github.com/rung-dev/rung/stacks"
	"github.com/rung-dev/rung/stacks/config"
	"github.com/rung-dev/rung/tests/inprocess"
)

// waysIn are the stages with each CDN and each way to several regions. Those
// without a mark are left to the nightly run.
func waysIn(nightly bool) []settings {
	var list []settings
	for _, stage := range []string{"1", "2", "3", "4", "5", "6"} {
		for _, cdn := range []string{"cloudfront", "cloudflare", "none"} {
			for _, routing := range []string{"latency", "failover", "accelerator"} {
				for _, handover := range []string{"none", "pending"} {
					s := settings{"stage": stage, "cdn": cdn, "domain": "example.com", "handover": handover}
					if stage >= "5" {
						s["traffic.routing"], s["regions"] = routing, "us-east-1,eu-west-1"
					}
					if cdn == "cloudflare" {
						s["cloudflareZone"], s["cloudflareAccount"] = strings.Repeat("0a", 16), strings.Repeat("0b", 16)
					}
					_, err := config.Parse(s)
					sampled := stage == "2" || stage == "3" && handover == "pending" || stage == "5" && handover == "none"
					if err == nil && (stage >= "5" || routing == "latency") && (nightly || sampled) {
						list = append(list, s)
					}
				}
			}
		}
	}
	return list
}

// Whoever is asked for a name over TLS must show a certificate for it, or a CDN
// answers 502 to everybody. The offline cloud refuses what CloudFront would not
// trust; the names that lead to a load balancer are looked up here.
func TestEveryNameHasACertificate(t *testing.T) {
	for _, s := range waysIn(os.Getenv("RUNG_SWEEP") != "") {
		t.Run(strings.Join([]string{s["stage"], s["cdn"], s["traffic.routing"], s["handover"]}, " "), func(t *testing.T) {
			_, rec, err := inprocess.Up(stacks.Program(app), nil, record.Config(namespaced(s)))
			require.NoError(t, err)
			for _, r := range rec.All(token.Route53Record) {
				shows(t, rec, r.String("name"), r.String("aliases[0].name"))
			}
			for _, r := range rec.All(token.CloudflareRecord) {
				if r.Bool("proxied") && s["stage"] >= "3" {
					shows(t, rec, "example.com", r.String("content"))
				}
			}
			for _, pool := range rec.All(token.CloudflareLoadBalancerPool) {
				shows(t, rec, "example.com", pool.String("origins[0].address"))
			}
		})
	}
}

// shows demands that the load balancer with the DNS name, if it is one, has a
// certificate for who is asked for.
func shows(t *testing.T, rec *record.Recording, asked, dnsName string) {
	t.Helper()
	for _, b := range rec.All(token.LBLoadBalancer) {
		if !strings.EqualFold(b.Outputs["dnsName"].(string), dnsName) {
			continue
		}
		var names []string
		for _, l := range rec.All(token.LBListener) {
			if l.String("loadBalancerArn") == b.ID && l.String("protocol") == "HTTPS" {
				names = append(names, certified(rec, l)...)
			}
		}
		_, parent, _ := strings.Cut(asked, ".")
		assert.True(t, slices.Contains(names, asked) || slices.Contains(names, "*."+parent),
			"%s has certificates for %v, and is asked for %s", b.Name, names, asked)
	}
}

// certified are the names on the certificates of a listener.
func certified(rec *record.Recording, l record.Resource) []string {
	arns := []string{l.String("certificateArn")}
	for _, more := range rec.All(token.LBListenerCertificate) {
		if more.String("listenerArn") == l.ID {
			arns = append(arns, more.String("certificateArn"))
		}
	}
	var names []string
	for _, c := range rec.All(token.ACMCertificate) {
		if slices.Contains(arns, c.ID) {
			also, _ := c.Value("subjectAlternativeNames").([]any)
			names = append(names, c.String("domainName"))
			for _, name := range also {
				names = append(names, name.(string))
			}
		}
	}
	return names
}

// A site without a CDN leads to the server by the domain itself.
func TestAServerWithoutACDNHasTheDomain(t *testing.T) {
	for _, stage := range []string{"1", "2"} {
		rec := build(t, settings{"stage": stage, "cdn": "none", "domain": "example.com"})
		var names []any
		for _, r := range rec.All(token.Route53Record) {
			names = append(names, r.Inputs["name"])
		}
		assert.Contains(t, names, "example.com", "stage %s", stage)
	}
}

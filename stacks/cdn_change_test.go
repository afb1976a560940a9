package stacks_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/record/recordtest"
	"github.com/rung-dev/rung/resource/token"
)

// apex is the record of the domain itself.
func apex(t *testing.T, rec *record.Recording) record.Resource {
	t.Helper()
	for _, r := range rec.All(token.Route53Record) {
		if r.String("name") == "example.com" && r.String("type") == "A" {
			return r
		}
	}
	require.Fail(t, "the domain has no record")
	return record.Resource{}
}

// While the CDN comes or goes, each way that people may still come by is open: the balancer
// refuses them once the domain leads elsewhere, and lets them in before it leads there.
func TestTheCDNComesAndGoesWhilePeopleAsk(t *testing.T) {
	with := build(t, settings{"stage": "3", "domain": "example.com"})
	without := build(t, settings{"stage": "3", "domain": "example.com", "cdn": "none"})

	closed := recordtest.Named(t, with, token.LBListenerRule, "loadbalancer-rest")
	assert.Equal(t, "fixed-response", closed.String("actions[0].type"))
	assert.Contains(t, closed.Dependencies, apex(t, with).URN)

	open := recordtest.Named(t, without, token.LBListenerRule, "loadbalancer-rest")
	assert.Equal(t, "forward", open.String("actions[0].type"))
	assert.Contains(t, apex(t, without).Dependencies, open.URN)

	const certificate = "dns-certificate-balancer"
	for _, key := range []string{"domainName", "subjectAlternativeNames"} {
		assert.Equal(t, recordtest.Named(t, with, token.ACMCertificate, certificate).Value(key),
			recordtest.Named(t, without, token.ACMCertificate, certificate).Value(key), "it speaks for both names all the time")
	}
}

// From stage 4 on the services' rules ask for the secret: nobody without it is to be served by
// the one app in their place.
func TestServicesAreNotGoneRound(t *testing.T) {
	rec := build(t, settings{"stage": "4", "domain": "example.com"})
	closed := recordtest.Named(t, rec, token.LBListenerRule, "loadbalancer-rest")
	assert.NotContains(t, closed.Dependencies, apex(t, rec).URN)
}

package stacks_test

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/contract"
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

// From stage 4 on the services' ways are changed in the same order, in each region: they ask
// for the secret after the balancer refuses those without it, and no longer before it lets them
// in, so that nobody is led to the one app for what a service has taken over.
func TestServicesAreNotGoneRoundWhileTheCDNComesAndGoes(t *testing.T) {
	for stage, regions := range map[string][]string{"4": {""}, "5": {"", "-euw1"}} {
		set := settings{"stage": stage, "domain": "example.com", "regions": "us-east-1"}
		if stage == "5" {
			set["regions"] = "us-east-1,eu-west-1"
		}
		with := build(t, set)
		set["cdn"] = "none"
		without := build(t, set)
		for _, of := range regions {
			balancer := "loadbalancer" + of
			closed := recordtest.Named(t, with, token.LBListenerRule, balancer+"-rest")
			assert.Contains(t, closed.Dependencies, apex(t, with).URN, balancer)
			asks := recordtest.Named(t, with, token.LBListenerRule, balancer+"-users-route-2")
			assert.Contains(t, asks.Dependencies, closed.URN, balancer)
			assert.True(t, asks.Has("conditions[1].httpHeader"))

			open := recordtest.Named(t, without, token.LBListenerRule, balancer+"-rest")
			assert.Contains(t, apex(t, without).Dependencies, open.URN, balancer)
			asked := recordtest.Named(t, without, token.LBListenerRule, balancer+"-users-route-2")
			assert.Contains(t, open.Dependencies, asked.URN, balancer)
			assert.False(t, asked.Has("conditions[1].httpHeader"))
		}
	}
}

// Machines know from the first day by what they recognise a CDN that comes later, and the
// password by which they do is the same one before and after.
func TestFleetsKnowTheCDNBeforeItComes(t *testing.T) {
	with := build(t, settings{"stage": "4", "domain": "example.com"})
	without := build(t, settings{"stage": "4", "domain": "example.com", "cdn": "none"})
	password := func(rec *record.Recording) record.Resource {
		return recordtest.Named(t, rec, token.RandomPassword, "origin-password")
	}
	assert.Equal(t, password(with).URN, password(without).URN)
	sum := sha256.Sum256([]byte(password(without).Output("result").(string)))
	for _, rec := range []*record.Recording{with, without} {
		for _, machine := range []string{"web", "workers", "users-service", "posts-service", "search-service"} {
			boot := recordtest.Named(t, rec, token.S3BucketObjectv2, "artifacts-boot-"+machine).String("content")
			assert.Contains(t, boot, contract.EnvOriginProof+"=\""+hex.EncodeToString(sum[:])+"\"", machine)
			assert.NotContains(t, boot, password(rec).Output("result"), machine)
		}
	}
	assert.Empty(t, without.Named("origin-store"), "what no machine reads is not paid for")
	assert.NotEmpty(t, with.Named("origin-store"))
}

package stacks

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/record/recordtest"
	"github.com/rung-dev/rung/resource/token"
	"github.com/rung-dev/rung/stacks/artifact"
	"github.com/rung-dev/rung/stacks/config"
)

const (
	three = "us-east-1,eu-west-1,ap-southeast-1"
)

// front builds stage 6, its settings changed.
func front(t *testing.T, change func(*config.Config)) *record.Recording {
	t.Helper()
	cfg, err := config.Parse(map[string]string{"stage": "3", "domain": "example.com"})
	require.NoError(t, err)
	cfg.Stage, cfg.Regions = 6, strings.Split(three, ",")
	cfg.Edge = config.Edge{Code: true, CacheGuard: true}
	cfg.Capacity, cfg.OriginShield = config.Capacity{Reserved: true, Partitions: 7}, true
	if change != nil {
		change(&cfg)
	}
	return recordtest.Run(t, func(ctx *pulumi.Context) error {
		c, err := newCell(ctx, cfg, artifact.Artifact{Path: "app", SHA256: strings.Repeat("a1", 32)})
		if err != nil {
			return err
		}
		return c.build(stage6(c))
	})
}

func TestStage6RunsCodeAtTheEdge(t *testing.T) {
	rec := front(t, func(c *config.Config) {
		c.Edge.Experiment, c.Edge.Percent = "home", 10
		c.Edge.APIKeys, c.Edge.APIKeyPaths = []string{"shop"}, []string{"/api/partner"}
	})
	d := recordtest.Only(t, rec, token.CloudFrontDistribution)
	guard := recordtest.Only(t, rec, token.LambdaFunction)
	for _, made := range []record.Resource{
		guard, recordtest.Named(t, rec, token.CloudFrontFunction, "edge-request"),
		recordtest.Named(t, rec, token.CloudFrontFunction, "edge-response"),
		recordtest.Only(t, rec, token.CloudFrontCachePolicy),
	} {
		assert.Contains(t, d.MadeFrom["defaultCacheBehavior"], made.URN)
	}
	assert.Equal(t, "us-east-1", guard.Region)
	assert.True(t, guard.RetainOnDelete, "its copies take hours to go")
	assert.Equal(t, "us-east-1", d.Value("tags").(map[string]any)["rung:origin-shield"])
	recordtest.Named(t, rec, token.SecretsManagerSecret, "edge-key-shop-store")
	for _, region := range strings.Split(three, ",") {
		recordtest.Named(t, rec, token.CloudWatchLogGroup, "edge-cache-guard-log-"+region)
	}
}

func TestStage6HoldsTheBaselineInEachZone(t *testing.T) {
	rec := front(t, nil)
	zones := map[string]float64{}
	for _, r := range rec.All(token.EC2CapacityReservation) {
		zones[r.String("availabilityZone")] = r.Number("instanceCount")
	}
	// Two machines of the one app and of each of three services.
	assert.Equal(t, map[string]float64{
		"us-east-1a": 4, "us-east-1b": 4, "eu-west-1a": 4, "eu-west-1b": 4, "ap-southeast-1a": 4, "ap-southeast-1b": 4,
	}, zones)
	for _, name := range []string{"web", "web-euw1", "web-apse1", "users-service", "search-service-apse1"} {
		assert.True(t, recordtest.Named(t, rec, token.AutoScalingGroup, name+"-group").Has("placementGroup"), name)
	}
}

// What stage 6 adds can each be left out.
func TestStage6WithLess(t *testing.T) {
	rec := front(t, func(c *config.Config) {
		c.Edge, c.Capacity, c.OriginShield = config.Edge{}, config.Capacity{}, false
	})
	for _, typ := range []string{token.LambdaFunction, token.CloudFrontFunction, token.EC2CapacityReservation,
		token.EC2PlacementGroup} {
		recordtest.None(t, rec, typ)
	}
	withoutCDN := front(t, func(c *config.Config) { c.CDN = config.NoCDN })
	recordtest.None(t, withoutCDN, token.CloudFrontFunction)
	assert.NotEmpty(t, withoutCDN.All(token.EC2CapacityReservation))
}

func TestStage6OnCloudflare(t *testing.T) {
	rec := front(t, func(c *config.Config) {
		c.CDN, c.CloudflareZone, c.CloudflareAccount = config.Cloudflare, strings.Repeat("0a", 16), strings.Repeat("0b", 16)
	})
	assert.Equal(t, "example.com/*",
		recordtest.Only(t, rec, token.CloudflareWorkersRoute).Value("pattern"))
	recordtest.None(t, rec, token.LambdaFunction)
	recordtest.None(t, rec, token.CloudFrontDistribution)
}

// Adding a region and shards makes new things, and what holds data keeps its URN.
func TestStage6GrowsByConfigAlone(t *testing.T) {
	data := func(rec *record.Recording) map[string]map[string]any {
		held := map[string]map[string]any{}
		for _, r := range rec.Custom() {
			if r.Protect {
				held[r.URN] = r.Inputs
			}
		}
		return held
	}
	before := data(front(t, func(c *config.Config) { c.Regions = c.Regions[:2] }))
	require.NotEmpty(t, before)
	after := data(front(t, func(c *config.Config) { c.Database.Shards = 4 }))
	for urn := range before {
		assert.Contains(t, after, urn)
	}
	assert.Greater(t, len(after), len(before))
}

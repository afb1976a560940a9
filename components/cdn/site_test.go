package cdn

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/record/recordtest"
	"github.com/rung-dev/rung/resource/token"
)

func siteArgs() Args {
	return Args{Kind: CloudFront, NotFoundPage: "/404.html",
		Files: &Files{DomainName: pulumi.String("site.s3.us-east-1.amazonaws.com"), ARN: pulumi.String("arn:aws:s3:::site")}}
}

func TestFilesMayBeAllThatThereIs(t *testing.T) {
	rec := recordtest.Run(t, func(ctx *pulumi.Context) error {
		_, err := New(ctx, "cdn", siteArgs())
		return err
	})
	d := recordtest.Only(t, rec, token.CloudFrontDistribution)
	assert.Len(t, d.Inputs["origins"], 1)
	assert.Equal(t, "files", d.Value("origins[0].originId"))
	assert.Equal(t, "files", d.Value("defaultCacheBehavior.targetOriginId"))
	assert.Equal(t, "index.html", d.String("defaultRootObject"))
	assert.Equal(t, "/404.html", d.Value("customErrorResponses[0].responsePagePath"))
	assert.Nil(t, d.Inputs["originGroups"])
	assert.Nil(t, d.Inputs["orderedCacheBehaviors"])
}

func TestASiteHasNothingOfAnApp(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(*Args)
		want   string
	}{
		"good":              {func(*Args) {}, ""},
		"a secret":          {func(a *Args) { a.OriginSecret = pulumi.String("s") }, "they are of an app"},
		"a page of words":   {func(a *Args) { a.NotFoundPage = "404" }, "want a path"},
		"nothing to serve":  {func(a *Args) { a.Files = nil }, "Origin.Host: required"},
		"a page and an app": {func(a *Args) { a.Origin.Host, a.OriginSecret = pulumi.String("h"), pulumi.String("s") }, "an app answers itself"},
	} {
		t.Run(name, func(t *testing.T) {
			args := siteArgs()
			tt.change(&args)
			err := args.withDefaults().validate()
			if tt.want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, tt.want)
		})
	}
}

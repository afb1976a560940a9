package assets

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/guard"
	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/record/recordtest"
	"github.com/rung-dev/rung/resource/token"
)

func TestTokenIsFrozen(t *testing.T) { assert.Equal(t, "rung:components:Assets", Token) }

func TestValidate(t *testing.T) {
	tests := map[string]struct {
		give Args
		want []string // parts of the message; none means valid
	}{
		"static":          {give: Args{Purpose: Static}},
		"backups, a week": {give: Args{Purpose: Backups, KeepDays: 7}},
		"logs":            {give: Args{Purpose: Logs, Region: "us-east-1", AccountID: pulumi.String("123456789012")}},
		"no purpose":      {want: []string{`Purpose: got "", want one of [static uploads backups artifacts logs]`}},
		"logs from nowhere": {give: Args{Purpose: Logs, KeepDays: 10},
			want: []string{"KeepDays: got 10, want 30 to 365", "Region: required", "AccountID: required"}},
		"logs of logs": {give: Args{Purpose: Logs, Region: "us-east-1", AccountID: pulumi.String("123456789012"), LogBucket: pulumi.String("logs")},
			want: []string{"LogBucket: a bucket for logs has none"}},
		"uploads that expire":   {give: Args{Purpose: Uploads, KeepDays: 30}, want: []string{"never expire"}},
		"backups for two days":  {give: Args{Purpose: Backups, KeepDays: 2}, want: []string{"at least 7"}},
		"files without a place": {give: Args{Purpose: Static, Files: []File{{Key: "/a"}}}, want: []string{"Files[0].Key", "Files[0].Path"}},
		"a file twice": {give: Args{Purpose: Static, Files: []File{{Key: "a", Path: "x"}, {Key: "a", Path: "y"}}},
			want: []string{`Files[1].Key: "a" stands twice`}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			err := tt.give.withDefaults().validate()
			if tt.want == nil {
				require.NoError(t, err)
				return
			}
			for _, part := range tt.want {
				require.ErrorContains(t, err, part)
			}
		})
	}
}

func TestLifecycle(t *testing.T) {
	tests := map[string]struct {
		purpose Purpose
		keep    int
		want    Lifecycle
	}{
		"uploads are kept":         {Uploads, 0, Lifecycle{NoncurrentDays: 30, AbortUploadDays: 7}},
		"logs expire, no versions": {Logs, 90, Lifecycle{AbortUploadDays: 7, ExpireDays: 90}},
		"backups of a year move twice": {Backups, 365, Lifecycle{NoncurrentDays: 30, AbortUploadDays: 7, ExpireDays: 365,
			Transitions: []Transition{{30, "STANDARD_IA"}, {90, "GLACIER_IR"}}}},
		"backups of two months move once": {Backups, 60, Lifecycle{NoncurrentDays: 30, AbortUploadDays: 7, ExpireDays: 60,
			Transitions: []Transition{{30, "STANDARD_IA"}}}},
		"backups of a week stay": {Backups, 7, Lifecycle{NoncurrentDays: 30, AbortUploadDays: 7, ExpireDays: 7}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) { assert.Equal(t, tt.want, tt.purpose.lifecycle(tt.keep)) })
	}
}

func TestCacheControl(t *testing.T) {
	for key, want := range map[string]string{
		"static/app.3f2a91bc.js": Immutable, "static/logo-3f2a91bc0d11.svg": Immutable, "static/app.3f2a91bc.js.map": Immutable,
		"index.html": Revalidate, "static/page.3f2a91bc.html": Revalidate, "static/app.js": Revalidate,
		"static/short.abc123.js": Revalidate, "3f2a91bc/app.js": Revalidate,
	} {
		assert.Equal(t, want, CacheControl(key), key)
	}
}

func TestContentType(t *testing.T) {
	for key, want := range map[string]string{
		"a.HTML": "text/html; charset=utf-8", "a.woff2": "font/woff2", "app/0123": "application/octet-stream", "a.js": "text/javascript; charset=utf-8",
	} {
		assert.Equal(t, want, ContentType(key), key)
	}
}

func TestPolicyDocument(t *testing.T) {
	text, err := policyDocument("arn:aws:s3:::b", nil, []string{"", `{"Sid":"CDN"}`})
	require.NoError(t, err)
	assert.JSONEq(t, `{"Version":"2012-10-17","Statement":[
		{"Sid":"DenyPlainHTTP","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::b","arn:aws:s3:::b/*"],
		 "Condition":{"Bool":{"aws:SecureTransport":"false"}}}, {"Sid":"CDN"}]}`, text)
	_, err = policyDocument("arn:aws:s3:::b", nil, []string{`[`})
	require.ErrorContains(t, err, "read statement 1 of the bucket policy")
}

func TestElbPrincipalDiffersByRegion(t *testing.T) {
	assert.Equal(t, map[string]any{"AWS": "arn:aws:iam::127311923021:root"}, elbPrincipal("us-east-1"))
	assert.Equal(t, map[string]any{"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
		elbPrincipal("eu-central-2"))
}

func run(t *testing.T, name string, args Args) *record.Recording {
	t.Helper()
	return recordtest.Run(t, func(ctx *pulumi.Context) error {
		_, err := New(ctx, name, args)
		return err
	})
}

func TestBucketIsHardened(t *testing.T) {
	for _, purpose := range Purposes() {
		args := Args{Purpose: purpose, Region: "us-east-1", AccountID: pulumi.String("123456789012")}
		rec := run(t, "box", args)
		bucket := recordtest.Only(t, rec, token.S3BucketV2)
		assert.True(t, bucket.Protect, purpose)
		assert.Equal(t, false, bucket.Value("forceDestroy"), purpose)
		assert.False(t, bucket.Has("bucket"), "a fixed name may be taken")
		block := recordtest.Only(t, rec, token.S3BucketPublicAccessBlock)
		for _, flag := range []string{"blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"} {
			assert.True(t, block.Bool(flag), flag)
		}
		owner := recordtest.Only(t, rec, token.S3BucketOwnershipControls)
		assert.Equal(t, "BucketOwnerEnforced", owner.String("rule.objectOwnership"))
		assert.Len(t, rec.All(token.S3BucketVersioningV2), map[bool]int{true: 1}[purpose.Versioned()])
		policy := recordtest.Only(t, rec, token.S3BucketPolicy)
		assert.Contains(t, policy.String("policy"), "DenyPlainHTTP")
		assert.Equal(t, purpose == Logs, strings.Contains(policy.String("policy"), "127311923021"), purpose)
		assert.Contains(t, policy.Dependencies, block.URN, "a policy before the block could be refused")
	}
}

func TestRequestsAreNotedInTheBucketOfLogs(t *testing.T) {
	rec := run(t, "uploads", Args{Purpose: Uploads, LogBucket: pulumi.String("logs-1")})
	logging := recordtest.Only(t, rec, token.S3BucketLoggingV2)
	assert.Equal(t, "logs-1", logging.String("targetBucket"))
	assert.Equal(t, "s3/uploads/", logging.String("targetPrefix"))
	recordtest.None(t, run(t, "uploads", Args{Purpose: Uploads}), token.S3BucketLoggingV2)

	logs := run(t, "logs", Args{Purpose: Logs, Region: "us-east-1", AccountID: pulumi.String("123456789012")})
	policy := recordtest.Only(t, logs, token.S3BucketPolicy).String("policy")
	assert.Contains(t, policy, `"Service":"logging.s3.amazonaws.com"`)
	assert.Contains(t, policy, `/s3/*"`)
}

func TestPolicyWaitsForTheCDN(t *testing.T) {
	rec := recordtest.Run(t, func(ctx *pulumi.Context) error {
		a, err := New(ctx, "assets", Args{Purpose: Static, PolicyLater: true})
		if err != nil {
			return err
		}
		return a.AttachPolicy(pulumi.String(`{"Sid":"ReadByCDN"}`))
	})
	assert.Contains(t, recordtest.Only(t, rec, token.S3BucketPolicy).String("policy"), "ReadByCDN")

	err := recordtest.Fails(t, func(ctx *pulumi.Context) error {
		a, err := New(ctx, "assets", Args{Purpose: Static})
		if err != nil {
			return err
		}
		return a.AttachPolicy()
	})
	require.ErrorContains(t, err, "set PolicyLater")
}

func TestFilesAreUploadedWithTheirHeaders(t *testing.T) {
	file := filepath.Join(t.TempDir(), "app.js")
	require.NoError(t, os.WriteFile(file, []byte("x"), 0o600))
	rec := run(t, "assets", Args{Purpose: Static, Files: []File{{Key: "static/app.3f2a91bc.js", Path: file}}})
	object := recordtest.Only(t, rec, token.S3BucketObjectv2)
	assert.Equal(t, "assets-file-static/app.3f2a91bc.js", object.Name)
	assert.Equal(t, Immutable, object.String("cacheControl"))
	assert.Equal(t, "text/javascript; charset=utf-8", object.String("contentType"))
	assert.True(t, object.RetainOnDelete, "old pages still ask for old files")

	err := recordtest.Fails(t, func(ctx *pulumi.Context) error {
		_, err := New(ctx, "assets", Args{Purpose: Static, Files: []File{{Key: "a", Path: "/no/such/file"}}})
		return err
	})
	require.ErrorContains(t, err, "/no/such/file")
}

func TestArtifactKeyContainsTheHash(t *testing.T) {
	file := filepath.Join(t.TempDir(), "app")
	require.NoError(t, os.WriteFile(file, []byte("program"), 0o600))
	sum, err := Hash(file)
	require.NoError(t, err)
	var artifact part.Artifact
	rec := recordtest.Run(t, func(ctx *pulumi.Context) error {
		a, err := New(ctx, "artifacts", Args{Purpose: Artifacts})
		if err != nil {
			return err
		}
		artifact, err = a.PutArtifact("app", file, "")
		return err
	})
	assert.Equal(t, sum, artifact.SHA256)
	object := recordtest.Named(t, rec, token.S3BucketObjectv2, "artifacts-app")
	assert.Equal(t, "app/"+sum, object.String("key"))
	assert.True(t, object.RetainOnDelete, "machines that roll back still ask for the old program")
}

func TestArtifactOfKnownHashNeedsNoFile(t *testing.T) {
	rec := recordtest.Run(t, func(ctx *pulumi.Context) error {
		a, err := New(ctx, "artifacts", Args{Purpose: Artifacts})
		if err != nil {
			return err
		}
		_, err = a.PutArtifact("app", "/no/such/file", "0a1b")
		return err
	})
	assert.Equal(t, "app/0a1b", recordtest.Only(t, rec, token.S3BucketObjectv2).String("key"))
}

func TestTextIsKeptInVersions(t *testing.T) {
	var kept part.Text
	rec := recordtest.Run(t, func(ctx *pulumi.Context) error {
		a, err := New(ctx, "artifacts", Args{Purpose: Artifacts})
		if err != nil {
			return err
		}
		kept, err = a.PutText("web", pulumi.String("#!/bin/bash\n"))
		ctx.Export("version", kept.Version)
		return err
	})
	object := recordtest.Named(t, rec, token.S3BucketObjectv2, "artifacts-boot-web")
	assert.Equal(t, "boot/web", object.String("key"))
	assert.Equal(t, "#!/bin/bash\n", object.String("content"))
	assert.NotEmpty(t, rec.Exports["version"])
	assert.Contains(t, object.Dependencies, recordtest.Only(t, rec, token.S3BucketVersioningV2).URN,
		"before, it would have no version")
	assert.False(t, object.RetainOnDelete, "another text is another version, so it goes with whose it is")
}

func TestConfirmationLetsTheObjectsGo(t *testing.T) {
	rec := recordtest.Run(t, func(ctx *pulumi.Context) error {
		g, err := guard.New(ctx, []string{"uploads-bucket"})
		if err != nil {
			return err
		}
		_, err = New(ctx, "uploads", Args{Common: part.Common{Guard: g}, Purpose: Uploads})
		return err
	})
	bucket := recordtest.Only(t, rec, token.S3BucketV2)
	assert.False(t, bucket.Protect)
	assert.True(t, bucket.Bool("forceDestroy"))
}

func TestPreviewNeedsNoOutputs(t *testing.T) {
	recordtest.Run(t, func(ctx *pulumi.Context) error {
		a, err := New(ctx, "assets", Args{Purpose: Static, PolicyLater: true})
		if err != nil {
			return err
		}
		return a.AttachPolicy(pulumi.String(`{}`))
	}, record.Preview(true))
}

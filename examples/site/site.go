// Package site is a static site: a folder of files in a private bucket, and a CDN
// in front. Ten cents a month for an alarm, and what is kept and served.
package site

import (
	"io/fs"
	"os"
	"path/filepath"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"

	"github.com/rung-dev/rung/components/assets"
	"github.com/rung-dev/rung/components/cdn"
	"github.com/rung-dev/rung/examples/begin"
)

// Program serves the folder that the configuration names (folder).
func Program(ctx *pulumi.Context) error {
	common, err := begin.Common(ctx)
	if err != nil {
		return err
	}
	files, err := filesOf(config.Require(ctx, "folder"))
	if err != nil {
		return err
	}
	bucket, err := assets.New(ctx, "site", assets.Args{
		Common: common, Purpose: assets.Static, Files: files, PolicyLater: true, // the policy names the CDN
	})
	if err != nil {
		return err
	}
	front, err := cdn.New(ctx, "cdn", cdn.Args{
		Common: common, Kind: cdn.CloudFront, NotFoundPage: "/404.html", Region: begin.Region(ctx),
		Files: &cdn.Files{DomainName: bucket.DomainName, ARN: bucket.ARN},
	})
	if err != nil {
		return err
	}
	ctx.Export("url", front.URL)
	return bucket.AttachPolicy(front.BucketStatement)
}

// filesOf are all files below a folder.
func filesOf(folder string) (files []assets.File, err error) {
	err = fs.WalkDir(os.DirFS(folder), ".", func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			files = append(files, assets.File{Key: path, Path: filepath.Join(folder, filepath.FromSlash(path))})
		}
		return err
	})
	return files, err
}

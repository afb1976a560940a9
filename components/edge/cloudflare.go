package edge

import (
	"fmt"
	"regexp"

	"github.com/pulumi/pulumi-cloudflare/sdk/v5/go/cloudflare"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/names"
)

// compatibility is the date whose behaviour the Worker is written for: the
// first of a year in which fetch knows cache: "no-store".
// Source: Cloudflare's Workers documentation, "Compatibility flags".
const compatibility = "2025-01-01"

// binding is the name under which the Worker finds its settings.
const binding = "SETTINGS"

// buildWorker makes the namespace, fills it, and only then sends requests
// through the Worker.
func (e *Edge) buildWorker(ctx *pulumi.Context, name string, args Args) error {
	namespace, err := cloudflare.NewWorkersKvNamespace(ctx, name+"-settings", &cloudflare.WorkersKvNamespaceArgs{
		AccountId: pulumi.String(args.AccountID), Title: pulumi.String("rung " + ctx.Stack() + " " + name),
	}, args.Data(e, name+"-settings")...)
	if err != nil {
		return fmt.Errorf("create the namespace: %w", err)
	}
	filled, err := e.fillNamespace(ctx, name, args, namespace.ID().ToStringOutput())
	if err != nil {
		return err
	}
	text, err := workerCode()
	if err != nil {
		return err
	}
	script, err := cloudflare.NewWorkersScript(ctx, name+"-worker", &cloudflare.WorkersScriptArgs{
		AccountId: pulumi.String(args.AccountID), Name: pulumi.String(scriptName(ctx.Stack(), name)),
		Content: pulumi.String(text), Module: pulumi.Bool(true), CompatibilityDate: pulumi.String(compatibility),
		KvNamespaceBindings: cloudflare.WorkersScriptKvNamespaceBindingArray{
			cloudflare.WorkersScriptKvNamespaceBindingArgs{Name: pulumi.String(binding), NamespaceId: filled},
		},
	}, pulumi.Parent(e))
	if err != nil {
		return fmt.Errorf("create the Worker: %w", err)
	}
	_, err = cloudflare.NewWorkersRoute(ctx, name+"-route", &cloudflare.WorkersRouteArgs{
		ZoneId: pulumi.String(args.ZoneID), Pattern: pulumi.String(args.Domain + "/*"), ScriptName: script.Name,
	}, pulumi.Parent(e))
	if err != nil {
		return fmt.Errorf("send requests through the Worker: %w", err)
	}
	return nil
}

// fillNamespace writes the rules and the keys' secrets. It returns the
// namespace's id, known when all is written.
func (e *Edge) fillNamespace(ctx *pulumi.Context, name string, args Args,
	namespace pulumi.StringOutput) (pulumi.StringOutput, error) {
	rules, err := args.Rules.text()
	if err != nil {
		return namespace, err
	}
	written := []any{namespace}
	put := func(child, key string, value pulumi.StringInput) error {
		made, err := cloudflare.NewWorkersKv(ctx, child, &cloudflare.WorkersKvArgs{
			AccountId: pulumi.String(args.AccountID), NamespaceId: namespace, Key: pulumi.String(key), Value: value,
		}, pulumi.Parent(e))
		if err != nil {
			return fmt.Errorf("write %s into the namespace: %w", key, err)
		}
		written = append(written, made.ID())
		return nil
	}
	if err := put(name+"-rules", "rules", pulumi.String(rules)); err != nil {
		return namespace, err
	}
	for _, k := range args.Keys {
		if err := put(name+"-key-"+k.ID, "key:"+k.ID, pulumi.ToSecret(k.Secret).(pulumi.StringOutput)); err != nil {
			return namespace, err
		}
	}
	return pulumi.All(written...).ApplyT(func(v []any) string { return v[0].(string) }).(pulumi.StringOutput), nil
}

// script is what Cloudflare takes as a Worker's name. Nothing random is part of
// it, and a second script of a name would take the first one's place.
var script = names.Form{Max: 63, Refused: regexp.MustCompile(`[^a-z0-9-]+`), Lower: true, Alone: true}

func scriptName(stack, name string) string { return script.Of("rung-"+stack, name, "") }

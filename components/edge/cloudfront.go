package edge

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudfront"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/names"
)

// runtime is the first that reads a key-value store.
const runtime = "cloudfront-js-2.0"

// maxStack leaves the comments room within the 128 characters of CloudFront's.
const maxStack = 80

// namedFunction is a function with the role that it plays.
type namedFunction struct {
	role string
	name pulumi.StringOutput
}

// buildFunctions makes the store, fills it, and puts the functions before it:
// a function must not meet a store without rules.
func (e *Edge) buildFunctions(ctx *pulumi.Context, name string, args Args) error {
	store, err := cloudfront.NewKeyValueStore(ctx, name+"-store", &cloudfront.KeyValueStoreArgs{
		Comment: pulumi.String("What the edge of stack " + names.Brief(ctx.Stack(), maxStack) + " goes by"),
	}, pulumi.Parent(e))
	if err != nil {
		return fmt.Errorf("create the key-value store: %w", err)
	}
	filled, err := e.fill(ctx, name, args, store.Arn)
	if err != nil {
		return err
	}
	if e.RequestARN, err = e.function(ctx, name, "request", requestCode, filled); err != nil {
		return err
	}
	if args.Rules.Experiment != nil {
		e.ResponseARN, err = e.function(ctx, name, "response", responseCode, filled)
	}
	return err
}

// fill writes the rules and the keys' secrets. It returns the store's ARN,
// known when all is written.
func (e *Edge) fill(ctx *pulumi.Context, name string, args Args, store pulumi.StringOutput) (pulumi.StringOutput,
	error) {
	rules, err := args.Rules.text()
	if err != nil {
		return store, err
	}
	written := []any{store}
	put := func(child, key string, value pulumi.StringInput) error {
		made, err := cloudfront.NewKeyvaluestoreKey(ctx, child, &cloudfront.KeyvaluestoreKeyArgs{
			KeyValueStoreArn: store, Key: pulumi.String(key), Value: value,
		}, pulumi.Parent(e))
		if err != nil {
			return fmt.Errorf("write %s into the key-value store: %w", key, err)
		}
		written = append(written, made.ID())
		return nil
	}
	if err := put(name+"-rules", "rules", pulumi.String(rules)); err != nil {
		return store, err
	}
	for _, k := range args.Keys {
		if err := put(name+"-key-"+k.ID, "key:"+k.ID, pulumi.ToSecret(k.Secret).(pulumi.StringOutput)); err != nil {
			return store, err
		}
	}
	return pulumi.All(written...).ApplyT(func(v []any) string { return v[0].(string) }).(pulumi.StringOutput), nil
}

func (e *Edge) function(ctx *pulumi.Context, name, role string, text func() (string, error),
	store pulumi.StringOutput) (pulumi.StringInput, error) {
	code, err := text()
	if err != nil {
		return nil, err
	}
	if len(code) > maxFunction {
		return nil, fmt.Errorf("build the function for viewer %ss: %d bytes, but CloudFront takes %d", role, len(code),
			maxFunction)
	}
	made, err := cloudfront.NewFunction(ctx, name+"-"+role, &cloudfront.FunctionArgs{
		Runtime:                   pulumi.String(runtime),
		Code:                      pulumi.String(code),
		Comment:                   pulumi.String("Viewer " + role + " of stack " + names.Brief(ctx.Stack(), maxStack)),
		KeyValueStoreAssociations: pulumi.StringArray{store},
		Publish:                   pulumi.Bool(true),
	}, pulumi.Parent(e))
	if err != nil {
		return nil, fmt.Errorf("create the function for viewer %ss: %w", role, err)
	}
	e.functions = append(e.functions, namedFunction{role, made.Name})
	return made.Arn, nil
}

// keyHeaders are the headers that AWS's policy
// UseOriginCacheControlHeaders-QueryStrings has in its cache key.
// Source: CloudFront developer guide, "Use managed cache policies".
func keyHeaders() []string {
	return []string{"host", "origin", "x-http-method", "x-http-method-override", "x-method-override"}
}

// variants are the headers by which the rules tell visitors apart.
func (r Rules) variants() []string {
	var list []string
	if r.Experiment != nil {
		list = append(list, "x-edge-cohort")
	}
	if len(r.Vary) > 0 {
		list = append(list, "x-edge-country")
	}
	return list
}

// buildCachePolicy makes a policy like the CDN's own, with what the rules tell
// apart added to the key. An account may have 20 of its own, so there is none
// where nothing differs.
func (e *Edge) buildCachePolicy(ctx *pulumi.Context, name string, args Args) error {
	if !args.Rules.varied() {
		return nil
	}
	policy, err := cloudfront.NewCachePolicy(ctx, name+"-cache", &cloudfront.CachePolicyArgs{
		Comment: pulumi.String("As the app says, apart for each cohort and country"),
		MinTtl:  pulumi.Int(0), DefaultTtl: pulumi.Int(0), MaxTtl: pulumi.Int(31_536_000),
		ParametersInCacheKeyAndForwardedToOrigin: cloudfront.CachePolicyParametersInCacheKeyAndForwardedToOriginArgs{
			EnableAcceptEncodingBrotli: pulumi.Bool(true),
			EnableAcceptEncodingGzip:   pulumi.Bool(true),
			CookiesConfig:              cloudfront.CachePolicyParametersInCacheKeyAndForwardedToOriginCookiesConfigArgs{CookieBehavior: pulumi.String("all")},
			QueryStringsConfig:         cloudfront.CachePolicyParametersInCacheKeyAndForwardedToOriginQueryStringsConfigArgs{QueryStringBehavior: pulumi.String("all")},
			HeadersConfig: cloudfront.CachePolicyParametersInCacheKeyAndForwardedToOriginHeadersConfigArgs{
				HeaderBehavior: pulumi.String("whitelist"),
				Headers: cloudfront.CachePolicyParametersInCacheKeyAndForwardedToOriginHeadersConfigHeadersArgs{
					Items: pulumi.ToStringArray(append(keyHeaders(), args.Rules.variants()...)),
				},
			},
		},
	}, pulumi.Parent(e))
	if err != nil {
		return fmt.Errorf("create the cache policy: %w", err)
	}
	e.CachePolicyID = policy.ID().ToStringOutput()
	return nil
}

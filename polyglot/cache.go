package polyglot

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/cache"
)

// CacheEngine is the software of a cache.
type CacheEngine string

// values are the engines.
func (CacheEngine) values() []enumValue {
	return []enumValue{
		{Name: "Valkey", Value: string(cache.Valkey), Description: "The open continuation of Redis; a fifth cheaper."},
		{Name: "Redis", Value: string(cache.Redis), Description: "Redis OSS, for apps that depend on its version."},
	}
}

// ClusterMode says whether clients speak the cluster protocol.
type ClusterMode string

// values are the modes.
func (ClusterMode) values() []enumValue {
	return []enumValue{
		{Name: "Disabled", Value: string(cache.Disabled), Description: "One primary that holds everything."},
		{Name: "Compatible", Value: string(cache.Compatible), Description: "Both protocols, so that clients move over."},
		{Name: "Enabled", Value: string(cache.Enabled), Description: "The keys are spread over shards."},
	}
}

// CacheArgs are the inputs of a cache.
type CacheArgs struct {
	VPCID             pulumi.StringInput `pulumi:"vpcId"`
	Subnets           []Subnet           `pulumi:"subnets"`
	Clients           []Client           `pulumi:"clients,optional"`
	Events            pulumi.StringInput `pulumi:"events,optional"`
	Engine            CacheEngine        `pulumi:"engine,optional"`
	EngineVersion     string             `pulumi:"engineVersion,optional"`
	NodeType          string             `pulumi:"nodeType,optional"`
	Replicas          int                `pulumi:"replicas,optional"`
	ClusterMode       ClusterMode        `pulumi:"clusterMode,optional"`
	Shards            int                `pulumi:"shards,optional"`
	MaxMemoryPolicy   string             `pulumi:"maxMemoryPolicy,optional"`
	Parameters        map[string]string  `pulumi:"parameters,optional"`
	SnapshotDays      int                `pulumi:"snapshotDays,optional"`
	SnapshotWindow    string             `pulumi:"snapshotWindow,optional"`
	MaintenanceWindow string             `pulumi:"maintenanceWindow,optional"`
	WaitForWindow     bool               `pulumi:"waitForWindow,optional"`
	LogDays           int                `pulumi:"logDays,optional"`
	Tags              map[string]string  `pulumi:"tags,optional"`
	Alerts            pulumi.StringInput `pulumi:"alerts,optional"`
	ConfirmDataLoss   []string           `pulumi:"confirmDataLoss,optional"`
}

// Cache is the outer component of a cache.
type Cache struct {
	pulumi.ResourceState
	Host            pulumi.StringOutput `pulumi:"host"`
	Port            pulumi.IntOutput    `pulumi:"port"`
	SecretARN       pulumi.StringOutput `pulumi:"secretArn"`
	Reader          pulumi.StringOutput `pulumi:"reader"`
	SecurityGroupID pulumi.StringOutput `pulumi:"securityGroupId"`
}

func cacheComponent() component {
	return component{
		kind: "Cache", folder: "cache", args: CacheArgs{}, outputs: Cache{}, construct: constructs(NewCache),
		constants: map[string]any{
			"DefaultNodeType":        cache.DefaultNodeType,
			"DefaultReplicas":        cache.DefaultReplicas,
			"NoReplicas":             cache.NoReplicas,
			"MaxReplicas":            cache.MaxReplicas,
			"DefaultMaxMemoryPolicy": cache.DefaultMaxMemoryPolicy,
			"DefaultSnapshotDays":    cache.DefaultSnapshotDays,
			"DefaultLogDays":         cache.DefaultLogDays,
		},
		defaults: map[string]any{
			"nodeType":          cache.DefaultNodeType,
			"replicas":          cache.DefaultReplicas,
			"shards":            1,
			"maxMemoryPolicy":   cache.DefaultMaxMemoryPolicy,
			"snapshotDays":      cache.DefaultSnapshotDays,
			"snapshotWindow":    cache.DefaultSnapshotWindow,
			"maintenanceWindow": cache.DefaultMaintenanceWindow,
			"logDays":           cache.DefaultLogDays,
		},
		says: map[string]string{
			"host":      "The host to write to, or with a cluster mode the configuration endpoint.",
			"port":      "The TCP port.",
			"secretArn": "The ARN of the secret that is the bare token, never its value.",
		},
	}
}

// NewCache builds a cache.
func NewCache(ctx *pulumi.Context, name string, args CacheArgs, opts ...pulumi.ResourceOption) (*Cache, error) {
	c := &Cache{}
	shared, err := register(ctx, "Cache", name, c, common{args.Tags, args.Alerts, args.ConfirmDataLoss}, opts)
	if err != nil {
		return nil, err
	}
	made, err := cache.New(ctx, name, cache.Args{
		Common: shared, VPCID: args.VPCID, Subnets: subnets(args.Subnets), Clients: clients(args.Clients),
		Events: args.Events, Engine: cache.Engine(args.Engine), EngineVersion: args.EngineVersion, NodeType: args.NodeType,
		Replicas: args.Replicas, ClusterMode: cache.Mode(args.ClusterMode), Shards: args.Shards,
		MaxMemoryPolicy: args.MaxMemoryPolicy, Parameters: args.Parameters, SnapshotDays: args.SnapshotDays,
		SnapshotWindow: args.SnapshotWindow, MaintenanceWindow: args.MaintenanceWindow, WaitForWindow: args.WaitForWindow,
		LogDays: args.LogDays,
	}, pulumi.Parent(c))
	if err != nil {
		return nil, err
	}
	c.Host, c.SecretARN, c.Reader = made.Endpoint.Host, made.Endpoint.Secret, made.Reader
	c.Port = pulumi.Int(made.Endpoint.Port).ToIntOutput()
	c.SecurityGroupID = made.SecurityGroupID
	return c, nil
}

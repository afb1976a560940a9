// Package elasticache simulates ElastiCache: replication groups, clusters, global datastores, users and
// what belongs to them.
package elasticache

import (
	"regexp"
	"slices"

	"github.com/rung-dev/rung/offline/aws/internal/datastore"
	"github.com/rung-dev/rung/offline/aws/internal/made"
	"github.com/rung-dev/rung/offline/aws/internal/place"
	"github.com/rung-dev/rung/offline/aws/internal/refer"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// Kinds is the table of caches.
func Kinds() []sim.Kind {
	return slices.Concat([]sim.Kind{replicationGroup()}, cacheGroups(), cacheOthers())
}

// cacheRefs are the groups that every cache names.
func cacheRefs() []sim.Ref {
	return []sim.Ref{
		{
			Path: "subnetGroupName", To: []sim.Target{{Token: token.ElastiCacheSubnetGroup}}, Missing: "CacheSubnetGroupNotFoundFault",
			InUse: "CacheSubnetGroupInUse",
		},
		{
			Path: "parameterGroupName", To: []sim.Target{{Token: token.ElastiCacheParameterGroup}}, Missing: "CacheParameterGroupNotFound",
			InUse: "InvalidCacheParameterGroupState", Unless: datastore.DefaultGroup,
		},
		{
			Path: "logDeliveryConfigurations.destination", Missing: "InvalidParameterValue",
			To:     []sim.Target{{Token: token.CloudWatchLogGroup, By: "name"}},
			Unless: func(v string) bool { return v[0] != '/' }, // a Firehose stream
		},
		refer.SecurityGroup("securityGroupIds"), refer.Topic("notificationTopicArn", "InvalidParameterValue"),
	}
}

// logEnums are the values of log delivery.
var logEnums = map[string][]string{
	"logDeliveryConfigurations.destinationType": {"cloudwatch-logs", "kinesis-firehose"},
	"logDeliveryConfigurations.logFormat":       {"json", "text"},
	"logDeliveryConfigurations.logType":         {"slow-log", "engine-log"},
}

func replicationGroup() sim.Kind {
	enums := map[string][]string{
		"engine": {"redis", "valkey"}, "clusterMode": {"enabled", "disabled", "compatible"},
		"transitEncryptionMode": {"preferred", "required"}, "authTokenUpdateStrategy": {"SET", "ROTATE", "DELETE"},
		"networkType": {"ipv4", "ipv6", "dual_stack"}, "ipDiscovery": {"ipv4", "ipv6"},
	}
	for key, values := range logEnums {
		enums[key] = values
	}
	return sim.Kind{
		Token: token.ElastiCacheReplicationGroup, Service: "ElastiCache", API: "ReplicationGroup", Noun: "ElastiCache Replication Group",
		Name: &sim.Name{Property: "replicationGroupId", Auto: true, Max: 40, Lower: true, Pattern: sim.Pattern{
			Match: regexp.MustCompile(`^[a-zA-Z](-?[a-zA-Z0-9])*$`), Want: "letters, digits and single hyphens, beginning with a letter and not ending with a hyphen",
		}},
		AtMostOneOf: [][]string{
			{"numCacheClusters", "numNodeGroups"}, {"numCacheClusters", "replicasPerNodeGroup"}, {"authToken", "userGroupIds"},
			{"globalReplicationGroupId", "numNodeGroups"}, {"globalReplicationGroupId", "parameterGroupName"},
			{"globalReplicationGroupId", "engine"}, {"globalReplicationGroupId", "engineVersion"}, {"globalReplicationGroupId", "nodeType"},
			{"globalReplicationGroupId", "transitEncryptionEnabled"}, {"globalReplicationGroupId", "atRestEncryptionEnabled"},
			{"globalReplicationGroupId", "snapshotArns"}, {"globalReplicationGroupId", "snapshotName"},
		},
		Defaults: sim.Props{"authTokenUpdateStrategy": "ROTATE", "automaticFailoverEnabled": false, "multiAzEnabled": false},
		Enums:    enums,
		Ranges:   map[string]sim.Range{"snapshotRetentionLimit": {Max: 35}, "numNodeGroups": {Min: 1, Max: 500}, "replicasPerNodeGroup": {Max: 5}},
		Checks: []sim.Check{
			multiAZNeedsFailover, failoverNeedsNodes, tokenForm, datastore.DailyWindow("snapshotWindow"),
			datastore.WeeklyWindow("maintenanceWindow"),
			datastore.SnapshotName("finalSnapshotIdentifier"),
		},
		ReplaceOn: []string{
			"atRestEncryptionEnabled", "dataTieringEnabled", "globalReplicationGroupId", "kmsKeyId", "networkType", "port",
			"replicationGroupId", "securityGroupNames", "snapshotArns", "snapshotName", "subnetGroupName",
		},
		ReplaceWhen: cacheReplacedWhen,
		Sets:        []string{"logDeliveryConfigurations"}, Ordered: []string{"preferredCacheClusterAzs"},
		Secrets:  []string{"authToken"},
		Outputs:  replicationGroupOutputs,
		Changing: replicationGroupChanging,
		Refs: append(cacheRefs(), refer.Key("kmsKeyId", "InvalidKMSKeyFault"),
			sim.Ref{Path: "userGroupIds", To: []sim.Target{{Token: token.ElastiCacheUserGroup}}, Missing: "UserGroupNotFound",
				InUse: "InvalidUserGroupState"}),
		Rules: slices.Concat(
			sim.Many(sim.Create, refer.TakenID("ReplicationGroupAlreadyExists")),
			sim.Many(sim.Create|sim.Update, cacheEngineKnown, nodeTypeKnown, tokenNeedsTLS, failoverNeedsReplica, modeFits,
				cacheFamilyFits,
				cacheWindowsApart, cacheNeedsSubnets),
			sim.Many(sim.Update, modeForward),
			sim.Many(sim.Delete, cacheFinalSnapshot),
		),
	}
}

func cacheGroups() []sim.Kind {
	return []sim.Kind{
		{
			Token: token.ElastiCacheSubnetGroup, Service: "ElastiCache", API: "CacheSubnetGroup", Noun: "ElastiCache Subnet Group",
			Name:     &sim.Name{Auto: true, Max: 255, Lower: true},
			Required: []string{"subnetIds"}, Defaults: sim.Props{"description": made.ByPulumi}, ReplaceOn: []string{"name"},
			Outputs: func(o *sim.Op) sim.Props {
				vpc := ""
				if ids := o.In.Strs("subnetIds"); len(ids) > 0 {
					vpc = place.VPCOfSubnet(o, ids[0])
				}
				return sim.Props{"arn": o.ARN("elasticache", "subnetgroup:"+o.NameOf()), "vpcId": vpc}
			},
			Refs:  []sim.Ref{{Path: "subnetIds", To: []sim.Target{{Token: token.EC2Subnet}}, Missing: "InvalidSubnet"}},
			Rules: sim.Many(sim.Create, refer.TakenID("CacheSubnetGroupAlreadyExists"), cacheSubnetsInVPC),
			Quota: &sim.Quota{Key: "elasticache.subnet-groups", Default: 150, Code: "CacheSubnetGroupQuotaExceeded"},
		},
		{
			Token: token.ElastiCacheParameterGroup, Service: "ElastiCache", API: "CacheParameterGroup", Noun: "ElastiCache Parameter Group",
			Name:     &sim.Name{Auto: true, Max: 255, Lower: true},
			Defaults: sim.Props{"description": made.ByPulumi}, Sets: []string{"parameters"}, ReplaceOn: []string{"description", "family", "name"},
			Outputs: func(o *sim.Op) sim.Props {
				return sim.Props{"arn": o.ARN("elasticache", "parametergroup:"+o.NameOf())}
			},
			Rules: sim.Many(sim.Create, refer.TakenID("CacheParameterGroupAlreadyExists"), cacheFamilyKnown),
			Quota: &sim.Quota{Key: "elasticache.parameter-groups", Default: 150, Code: "CacheParameterGroupQuotaExceeded"},
		},
	}
}

func cacheOthers() []sim.Kind {
	return []sim.Kind{
		{
			Token: token.ElastiCacheCluster, Service: "ElastiCache", API: "CacheCluster", Noun: "ElastiCache Cluster",
			Name:  &sim.Name{Property: "clusterId", Auto: true, Max: 50, Lower: true},
			Enums: map[string][]string{"engine": {"memcached", "redis", "valkey"}, "azMode": {"single-az", "cross-az"}},
			AtMostOneOf: [][]string{
				{"replicationGroupId", "engineVersion"}, {"replicationGroupId", "nodeType"}, {"replicationGroupId", "parameterGroupName"},
				{"replicationGroupId", "port"}, {"replicationGroupId", "subnetGroupName"}, {"replicationGroupId", "numCacheNodes"},
			},
			ReplaceOn: []string{
				"availabilityZone", "clusterId", "engine", "networkType", "outpostMode", "port", "preferredOutpostArn",
				"replicationGroupId",
				"snapshotArns", "snapshotName", "subnetGroupName", "transitEncryptionEnabled",
			},
			Defaults: sim.Props{"autoMinorVersionUpgrade": "true"}, ReplaceWhen: downgrade,
			Checks:  []sim.Check{datastore.DailyWindow("snapshotWindow"), datastore.WeeklyWindow("maintenanceWindow"), datastore.SnapshotName("finalSnapshotIdentifier")},
			Outputs: cacheClusterOutputs,
			Refs: append(cacheRefs(), sim.Ref{
				Path: "replicationGroupId", To: []sim.Target{{Token: token.ElastiCacheReplicationGroup}}, Missing: "ReplicationGroupNotFoundFault",
				InUse: "InvalidReplicationGroupState",
			}),
			Rules: append(sim.Many(sim.Create, refer.TakenID("CacheClusterAlreadyExists")), sim.Many(sim.Create|sim.Update, nodeTypeKnown, cacheWindowsApart)...),
		},
		{
			Token: token.ElastiCacheUser, Service: "ElastiCache", API: "User", Noun: "ElastiCache User",
			ID:    func(o *sim.Op) string { return o.In.Str("userId") },
			Enums: map[string][]string{"engine": {"redis", "valkey", "REDIS", "VALKEY"}}, Defaults: sim.Props{"noPasswordRequired": false},
			AtMostOneOf: [][]string{{"authenticationMode", "passwords"}},
			ReplaceOn:   []string{"userId", "userName"}, Secrets: []string{"passwords"},
			Outputs: func(o *sim.Op) sim.Props { return sim.Props{"arn": o.ARN("elasticache", "user:"+o.ID)} },
			Rules:   sim.Many(sim.Create, refer.TakenID("UserAlreadyExists")),
		},
		{
			Token: token.ElastiCacheUserGroup, Service: "ElastiCache", API: "UserGroup", Noun: "ElastiCache User Group",
			ID: func(o *sim.Op) string { return o.In.Str("userGroupId") }, ReplaceOn: []string{"userGroupId"},
			Enums:   map[string][]string{"engine": {"redis", "valkey", "REDIS", "VALKEY"}},
			Outputs: func(o *sim.Op) sim.Props { return sim.Props{"arn": o.ARN("elasticache", "usergroup:"+o.ID)} },
			Refs:    []sim.Ref{{Path: "userIds", To: []sim.Target{{Token: token.ElastiCacheUser}}, Missing: "UserNotFound", InUse: "InvalidUserState", Unless: datastore.DefaultGroup}},
			Rules:   sim.Many(sim.Create, refer.TakenID("UserGroupAlreadyExists")),
		},
		{
			Token: token.ElastiCacheGlobalReplicationGroup, Service: "ElastiCache", API: "GlobalReplicationGroup",
			Noun:      "ElastiCache Global Replication Group",
			ID:        func(o *sim.Op) string { return globalCacheID(o) },
			ReplaceOn: []string{"globalReplicationGroupIdSuffix", "primaryReplicationGroupId"}, ReplaceWhen: downgrade,
			Outputs: globalCacheOutputs,
			Refs: []sim.Ref{{
				Path: "primaryReplicationGroupId", To: []sim.Target{{Token: token.ElastiCacheReplicationGroup}}, Missing: "ReplicationGroupNotFoundFault",
				InUse: "InvalidReplicationGroupState",
			}},
			Rules: append(sim.Many(sim.Create, refer.TakenID("GlobalReplicationGroupAlreadyExistsFault"), globalNeedsLargeNodes),
				sim.Many(sim.Delete, globalEmpty)...),
		},
	}
}

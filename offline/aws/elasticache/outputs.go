package elasticache

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/rung-dev/rung/offline/aws/internal/place"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// shortRegion is the form of a region in ElastiCache's host names: "use1".
func shortRegion(name string) string {
	zones := place.ZonesOf(name)
	if len(zones) == 0 {
		return name
	}
	short, _, _ := strings.Cut(place.ZoneID(zones[0]), "-")
	return short
}

func replicationGroupOutputs(o *sim.Op) sim.Props {
	shards, replicas := shape(o.In)
	m := mode(o)
	out := sim.Props{
		"arn": o.ARN("elasticache", "replicationgroup:"+o.NameOf()), "engine": "redis", "engineVersion": cacheVersion(o.In),
		"engineVersionActual": cmp.Or(cacheVersions[cacheEngine(o.In)][cacheVersion(o.In)], cacheVersion(o.In)),
		"clusterEnabled":      m != "disabled", "clusterMode": m, "memberClusters": sim.List(members(o.NameOf(), m, shards, replicas)...),
		"numCacheClusters": shards * (1 + replicas), "numNodeGroups": shards, "replicasPerNodeGroup": replicas,
		"atRestEncryptionEnabled": false, "transitEncryptionEnabled": false, "transitEncryptionMode": "", "autoMinorVersionUpgrade": true,
		"dataTieringEnabled": false, "globalReplicationGroupId": "", "ipDiscovery": "ipv4", "networkType": "ipv4",
		"maintenanceWindow": "sun:05:00-sun:06:00", "snapshotWindow": "09:00-10:00", "nodeType": "", "parameterGroupName": defaultCacheGroup(o, m),
		"port": 6379, "securityGroupIds": []any{}, "securityGroupNames": []any{}, "subnetGroupName": "",
	}
	for key, value := range cacheEndpoints(o, m) {
		out[key] = value
	}
	return out
}

// cacheEndpoints: with TLS the names begin with the role, without it they say
// ".ng.0001" (a cluster in any case has one configuration endpoint).
func cacheEndpoints(o *sim.Op, m string) map[string]string {
	id, tail := o.NameOf(), o.Lower(6, "host")+"."+shortRegion(o.Region)+".cache.amazonaws.com"
	tls := o.In.Bool("transitEncryptionEnabled")
	out := map[string]string{"primaryEndpointAddress": "", "readerEndpointAddress": "", "configurationEndpointAddress": ""}
	if m != "enabled" {
		out["primaryEndpointAddress"], out["readerEndpointAddress"] = id+"."+o.Lower(6,
			"host")+".ng.0001."+shortRegion(o.Region)+".cache.amazonaws.com",
			id+"-ro."+tail
		if tls {
			out["primaryEndpointAddress"], out["readerEndpointAddress"] = "master."+id+"."+tail, "replica."+id+"."+tail
		}
	}
	if m != "disabled" {
		out["configurationEndpointAddress"] = "clustercfg." + id + "." + tail
	}
	return out
}

func members(id, m string, shards, replicas int) []string {
	var all []string
	for s := range shards {
		for r := range 1 + replicas {
			if m == "enabled" {
				all = append(all, fmt.Sprintf("%s-%04d-%03d", id, s+1, r+1))
			} else {
				all = append(all, fmt.Sprintf("%s-%03d", id, r+1))
			}
		}
	}
	return all
}

func defaultCacheGroup(o *sim.Op, m string) string {
	name := "default." + cacheFamily(o.In)
	if m != "disabled" {
		name += ".cluster.on"
	}
	return name
}

func replicationGroupChanging(o *sim.Op) []string {
	var keys []string
	if o.Changed("numCacheClusters") || o.Changed("numNodeGroups") || o.Changed("replicasPerNodeGroup") {
		keys = append(keys, "memberClusters")
		for _, key := range []string{"numCacheClusters", "numNodeGroups", "replicasPerNodeGroup"} {
			if !o.In.Has(key) {
				keys = append(keys, key)
			}
		}
	}
	if o.Changed("clusterMode") || o.Changed("transitEncryptionEnabled") {
		keys = append(keys, "clusterEnabled", "configurationEndpointAddress", "primaryEndpointAddress",
			"readerEndpointAddress")
	}
	if o.Changed("engineVersion") {
		keys = append(keys, "engineVersionActual")
	}
	return keys
}

func cacheClusterOutputs(o *sim.Op) sim.Props {
	group, _ := o.Find(token.ElastiCacheReplicationGroup, o.In.Str("replicationGroupId"))
	engine := cmp.Or(o.In.Str("engine"), group.Str("engine"))
	port := max(group.Int("port"), 6379)
	if engine == "memcached" {
		port = 11211
	}
	host := o.NameOf() + "." + o.Lower(6, "host")
	return sim.Props{
		"arn": o.ARN("elasticache", "cluster:"+o.NameOf()), "engine": engine, "engineVersion": group.Str("engineVersion"),
		"engineVersionActual": cmp.Or(o.In.Str("engineVersion"), group.Str("engineVersionActual")), "port": port,
		"nodeType": group.Str("nodeType"), "numCacheNodes": 1, "clusterAddress": host + ".cfg." + shortRegion(o.Region) + ".cache.amazonaws.com",
		"configurationEndpoint": fmt.Sprintf("%s.cfg.%s.cache.amazonaws.com:%d", host, shortRegion(o.Region), port),
		"cacheNodes":            []any{}, "availabilityZone": "", "azMode": "single-az", "ipDiscovery": "ipv4", "networkType": "ipv4",
		"maintenanceWindow": "sun:05:00-sun:06:00", "snapshotWindow": "09:00-10:00", "parameterGroupName": group.Str("parameterGroupName"),
		"securityGroupIds": []any{}, "subnetGroupName": group.Str("subnetGroupName"), "replicationGroupId": "", "preferredOutpostArn": "",
		"transitEncryptionEnabled": false,
	}
}

// globalCacheID: AWS puts five characters of its own before the suffix.
func globalCacheID(o *sim.Op) string {
	return o.Lower(5, "global") + "-" + o.In.Str("globalReplicationGroupIdSuffix")
}

func globalCacheOutputs(o *sim.Op) sim.Props {
	p, _ := o.Find(token.ElastiCacheReplicationGroup, o.In.Str("primaryReplicationGroupId"))
	return sim.Props{
		"arn": "arn:" + o.Partition + ":elasticache::" + o.Account + ":globalreplicationgroup:" + globalCacheID(o), "globalReplicationGroupId": globalCacheID(o),
		"atRestEncryptionEnabled": p.Bool("atRestEncryptionEnabled"), "authTokenEnabled": p.Str("authToken") != "",
		"transitEncryptionEnabled": p.Bool("transitEncryptionEnabled"), "clusterEnabled": p.Bool("clusterEnabled"), "engine": p.Str("engine"),
		"engineVersion": p.Str("engineVersion"), "engineVersionActual": p.Str("engineVersionActual"), "cacheNodeType": p.Str("nodeType"),
		"globalNodeGroups": []any{}, "automaticFailoverEnabled": p.Bool("automaticFailoverEnabled"), "numNodeGroups": p.Int("numNodeGroups"),
	}
}

package rds

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/rung-dev/rung/offline/aws/internal/place"
	"github.com/rung-dev/rung/offline/aws/internal/refer"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// rdsProxy is the table of RDS Proxy.
func rdsProxy() []sim.Kind {
	named := sim.Pattern{
		Match: regexp.MustCompile(`^[a-zA-Z](-?[a-zA-Z0-9])*$`),
		Want:  "letters, digits and single hyphens, beginning with a letter and not ending with a hyphen",
	}
	onProxy := sim.Ref{Path: "dbProxyName", To: []sim.Target{{Token: token.RDSProxy}}, Missing: "DBProxyNotFoundFault"}
	return []sim.Kind{
		{
			Token: token.RDSProxy, Service: "RDS", API: "DBProxy", Noun: "RDS DB Proxy",
			Name:     &sim.Name{Auto: true, Max: 63, Lower: true, Pattern: named},
			Required: []string{"auths", "vpcSubnetIds"}, Sets: []string{"auths"},
			Enums: map[string][]string{
				"engineFamily": {"MYSQL", "POSTGRESQL", "SQLSERVER"}, "auths.authScheme": {"SECRETS"},
				"auths.iamAuth": {"DISABLED", "REQUIRED", "ENABLED"},
				"auths.clientPasswordAuthType": {
					"MYSQL_NATIVE_PASSWORD", "MYSQL_CACHING_SHA2_PASSWORD", "POSTGRES_SCRAM_SHA_256", "POSTGRES_MD5",
					"SQL_SERVER_AUTHENTICATION",
				},
			},
			Ranges:    map[string]sim.Range{"idleClientTimeout": {Min: 1, Max: 28800}},
			ReplaceOn: []string{"engineFamily", "vpcSubnetIds"},
			Outputs: func(o *sim.Op) sim.Props {
				return sim.Props{
					"arn":          o.ARN("rds", "db-proxy:prx-0"+o.Hex(16, "proxy")),
					"endpoint":     o.NameOf() + ".proxy-" + o.Lower(12, "host") + "." + o.Region + ".rds.amazonaws.com",
					"debugLogging": false, "idleClientTimeout": 1800, "requireTls": false, "vpcSecurityGroupIds": []any{},
				}
			},
			Refs: []sim.Ref{
				refer.Subnet("vpcSubnetIds"), refer.SecurityGroup("vpcSecurityGroupIds"), refer.Role("roleArn",
					"InvalidParameterValue"),
			},
			Rules: append(sim.Many(sim.Create, refer.TakenID("DBProxyAlreadyExistsFault")), sim.Many(sim.Create|sim.Update, proxySecretsHere, proxyCoversZones)...),
			Quota: &sim.Quota{Key: "rds.proxies", Default: 20, Code: "DBProxyQuotaExceededFault"},
		},
		{
			Token: token.RDSProxyDefaultTargetGroup, Service: "RDS", API: "DBProxyTargetGroup",
			Noun: "RDS DB Proxy Default Target Group", ReplaceOn: []string{"dbProxyName"},
			Verbs: map[sim.Verb]string{sim.Create: "ModifyDBProxyTargetGroup"},
			ID:    func(o *sim.Op) string { return o.In.Str("dbProxyName") },
			Defaults: sim.Props{
				"connectionPoolConfig.connectionBorrowTimeout": 120.0, "connectionPoolConfig.maxConnectionsPercent": 100.0,
				"connectionPoolConfig.maxIdleConnectionsPercent": 50.0,
			},
			Ranges: map[string]sim.Range{
				"connectionPoolConfig.connectionBorrowTimeout": {Max: 3600}, "connectionPoolConfig.maxConnectionsPercent": {Min: 1, Max: 100},
				"connectionPoolConfig.maxIdleConnectionsPercent": {Max: 100},
			},
			Outputs: func(o *sim.Op) sim.Props {
				return sim.Props{
					"arn": o.ARN("rds", "target-group:prx-tg-0"+o.Hex(16, "group")), "name": "default",
					"connectionPoolConfig": map[string]any{
						"connectionBorrowTimeout": 120.0, "maxConnectionsPercent": 100.0, "maxIdleConnectionsPercent": 50.0,
					},
				}
			},
			Refs: []sim.Ref{onProxy}, Rules: sim.Many(sim.Create|sim.Update, idleBelowPool),
		},
		{
			Token: token.RDSProxyTarget, Service: "RDS", API: "DBProxyTargets", Noun: "RDS DB Proxy Target",
			Verbs:        map[sim.Verb]string{sim.Create: "RegisterDBProxyTargets", sim.Delete: "DeregisterDBProxyTargets"},
			ExactlyOneOf: [][]string{{"dbInstanceIdentifier", "dbClusterIdentifier"}},
			ReplaceOn:    []string{"dbClusterIdentifier", "dbInstanceIdentifier", "dbProxyName", "targetGroupName"},
			ID:           proxyTargetID, Outputs: proxyTargetOutputs,
			Refs: []sim.Ref{
				onProxy,
				{Path: "dbInstanceIdentifier", To: []sim.Target{{Token: token.RDSInstance, By: "identifier"}}, Missing: "DBInstanceNotFound"},
				{Path: "dbClusterIdentifier", To: []sim.Target{{Token: token.RDSCluster}}, Missing: "DBClusterNotFoundFault"},
			},
			Rules: sim.Many(sim.Create, refer.TakenID("DBProxyTargetAlreadyRegisteredFault"), onlyDefaultGroup, proxyTargetFits),
		},
		{
			Token: token.RDSProxyEndpoint, Service: "RDS", API: "DBProxyEndpoint", Noun: "RDS DB Proxy Endpoint",
			ID:       func(o *sim.Op) string { return o.In.Str("dbProxyName") + "/" + o.In.Str("dbProxyEndpointName") },
			Required: []string{"vpcSubnetIds"}, Enums: map[string][]string{"targetRole": {"READ_WRITE", "READ_ONLY"}},
			Defaults:  sim.Props{"targetRole": "READ_WRITE"},
			ReplaceOn: []string{"dbProxyEndpointName", "dbProxyName", "targetRole", "vpcSubnetIds"},
			Outputs: func(o *sim.Op) sim.Props {
				vpc, _ := place.OneVPC(o, o.In.Strs("vpcSubnetIds"))
				return sim.Props{
					"arn":       o.ARN("rds", "db-proxy-endpoint:prx-endpoint-0"+o.Hex(16, "endpoint")),
					"endpoint":  o.In.Str("dbProxyEndpointName") + ".endpoint.proxy-" + o.Lower(12, "host") + "." + o.Region + ".rds.amazonaws.com",
					"isDefault": false, "vpcId": vpc, "vpcSecurityGroupIds": []any{},
				}
			},
			Refs:  []sim.Ref{onProxy, refer.Subnet("vpcSubnetIds"), refer.SecurityGroup("vpcSecurityGroupIds")},
			Rules: sim.Many(sim.Create, refer.TakenID("DBProxyEndpointAlreadyExistsFault"), proxyCoversZones),
		},
	}
}

// managedSecret tells the secrets that RDS itself keeps.
func managedSecret(arn string) bool { return strings.Contains(arn, ":secret:rds!") }

// proxySecretsHere: a proxy reads secrets of its own region, replicas of those
// of another one among them (the code is not verified).
func proxySecretsHere(o *sim.Op) error {
	for _, auth := range o.In.Maps("auths") {
		if arn := auth.Str("secretArn"); arn != "" && !managedSecret(arn) && !secretHere(o, arn) {
			return sim.Refuse("InvalidParameterValue", fmt.Sprintf("The Secret '%s' does not exist", arn),
				fmt.Sprintf("Give auths.secretArn of a secret that exists in %s of account %s, or is replicated there.", o.Region,
					o.Account))
		}
	}
	return nil
}

// secretHere is true for a secret of the operation's region, and for one that
// another region's is replicated into.
func secretHere(o *sim.Op, arn string) bool {
	for _, s := range o.Anywhere(token.SecretsManagerSecret) {
		if s.Region == o.Region && s.ID == arn {
			return true
		}
		replicated := slices.ContainsFunc(s.Props.Maps("replicas"),
			func(r sim.Props) bool { return r.Str("region") == o.Region })
		if replicated && strings.Replace(s.ID, ":"+s.Region+":", ":"+o.Region+":", 1) == arn {
			return true
		}
	}
	return false
}

// proxyCoversZones: a proxy stands in two zones at least (RDS user guide,
// "Planning where to use RDS Proxy"; the code is not verified).
func proxyCoversZones(o *sim.Op) error {
	ids := o.In.Strs("vpcSubnetIds")
	if _, err := place.OneVPC(o, ids); err != nil {
		return sim.Refuse("InvalidSubnet", "Subnets of a DB proxy must be in one VPC: "+err.Error(),
			"Use the subnets of one VPC.")
	}
	if zones := place.ZonesOfSubnets(o, ids); len(zones) < 2 {
		return sim.Refuse("InvalidSubnet",
			fmt.Sprintf("RDS Proxy needs subnets in at least 2 Availability Zones, got %s",
				strings.Join(zones, ", ")), "Add a subnet of another zone.")
	}
	return nil
}

func idleBelowPool(o *sim.Op) error {
	pool := o.In.Map("connectionPoolConfig")
	if pool == nil || pool.Int("maxIdleConnectionsPercent") <= pool.Int("maxConnectionsPercent") {
		return nil
	}
	return sim.Refuse("InvalidParameterValue",
		"MaxIdleConnectionsPercent must be less than or equal to MaxConnectionsPercent", "Lower maxIdleConnectionsPercent.")
}

func onlyDefaultGroup(o *sim.Op) error {
	if o.In.Str("targetGroupName") == "default" {
		return nil
	}
	return sim.Refuse("DBProxyTargetGroupNotFoundFault", "A DB proxy has only the target group default",
		"Set targetGroupName to default.")
}

func proxyTargetID(o *sim.Op) string {
	kind := "RDS_INSTANCE"
	if o.In.Has("dbClusterIdentifier") {
		kind = "TRACKED_CLUSTER"
	}
	return strings.Join([]string{
		o.In.Str("dbProxyName"), o.In.Str("targetGroupName"), kind,
		cmp.Or(o.In.Str("dbInstanceIdentifier"), o.In.Str("dbClusterIdentifier")),
	}, "/")
}

func proxyTargetOutputs(o *sim.Op) sim.Props {
	db, _ := o.FindBy(token.RDSInstance, "identifier", o.In.Str("dbInstanceIdentifier"))
	out := sim.Props{
		"endpoint": db.Str("address"), "port": db.Int("port"), "rdsResourceId": db.Str("identifier"), "targetArn": "", "trackedClusterId": "",
		"type": "RDS_INSTANCE",
	}
	if cluster, ok := o.Find(token.RDSCluster, o.In.Str("dbClusterIdentifier")); ok {
		out["endpoint"], out["port"], out["rdsResourceId"] =
			cluster.Str("endpoint"), cluster.Int("port"), cluster.Str("clusterIdentifier")
		out["trackedClusterId"], out["type"] = cluster.Str("clusterIdentifier"), "TRACKED_CLUSTER"
	}
	return out
}

// proxyTargetFits: the proxy's engine and VPC must be its target's, and a replica is
// no target (RDS user guide, "Limitations for RDS Proxy"; the codes are not
// verified).
func proxyTargetFits(o *sim.Op) error {
	db, ok := o.FindBy(token.RDSInstance, "identifier", o.In.Str("dbInstanceIdentifier"))
	proxy, _ := o.Find(token.RDSProxy, o.In.Str("dbProxyName"))
	if !ok {
		return nil
	}
	family := map[string]string{"postgres": "POSTGRESQL", "mysql": "MYSQL", "mariadb": "MYSQL"}[db.Str("engine")]
	group, _ := o.Find(token.RDSSubnetGroup, db.Str("dbSubnetGroupName"))
	vpc, _ := place.OneVPC(o, proxy.Strs("vpcSubnetIds"))
	switch {
	case family != "" && family != proxy.Str("engineFamily"):
		return sim.Refuse("InvalidParameterValue",
			fmt.Sprintf("The engine family %s of the proxy doesn't fit the engine %s of the target", proxy.Str("engineFamily"),
				db.Str("engine")),
			"Make a proxy of engineFamily "+family+".")
	case db.Str("replicateSourceDb") != "":
		return sim.Refuse("InvalidDBInstanceState", "A read replica can't be registered as a target of a DB proxy",
			"Register its source.")
	case vpc != "" && group.Str("vpcId") != "" && vpc != group.Str("vpcId"):
		return sim.Refuse("InvalidParameterValue",
			fmt.Sprintf("The proxy is in %s and the target in %s", vpc,
				group.Str("vpcId")), "Put the proxy into the database's VPC.")
	}
	return nil
}

// auroraEngines are the engines that run as clusters.
var auroraEngines = []string{"aurora-postgresql", "aurora-mysql"}

func auroraOnly(o *sim.Op) error {
	if slices.Contains(auroraEngines, o.In.Str("engine")) || o.In.Str("engine") == "" {
		return engineKnown(o)
	}
	return sim.Refuse("InvalidParameterValue", "Invalid DB engine "+o.In.Str("engine")+" for a cluster",
		"Offline, clusters run "+strings.Join(auroraEngines, " or ")+".")
}

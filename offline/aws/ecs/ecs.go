// Package ecs simulates ECS: clusters, task definitions and services on Fargate and on machines. No
// container ever runs: a service is steady as soon as it stands.
package ecs

import (
	"regexp"
	"strings"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

const (
	invalid        = "InvalidParameterException"
	clientError    = "ClientException"
	clusterMissing = "ClusterNotFoundException"
	fargate        = "FARGATE"
	ownNetwork     = "awsvpc"
)

var nameForm = sim.Pattern{
	Match: regexp.MustCompile(`^[0-9A-Za-z_-]+$`), Want: "letters, digits, hyphens and underscores",
}

// Kinds is the table of ECS.
func Kinds() []sim.Kind { return []sim.Kind{cluster(), taskDefinition(), service()} }

func cluster() sim.Kind {
	return sim.Kind{
		Token: token.ECSCluster, Service: "ECS", API: "Cluster", Verbs: map[sim.Verb]string{sim.Update: "UpdateCluster"},
		// CreateCluster gives a cluster of that name back; two resources for one cluster
		// end in one taking it from the other.
		Name: &sim.Name{Auto: true, Max: 255, Taken: invalid, Pattern: nameForm},
		Enums: map[string][]string{
			"settings.name": {"containerInsights"}, "settings.value": {"enabled", "disabled", "enhanced"},
			"configuration.executeCommandConfiguration.logging": {"NONE", "DEFAULT", "OVERRIDE"},
		},
		Sets: []string{"settings"}, ReplaceOn: []string{"name"},
		ID: clusterARN,
		Outputs: func(o *sim.Op) sim.Props {
			return sim.Props{
				"arn": clusterARN(o), "settings": []any{map[string]any{"name": "containerInsights", "value": "disabled"}},
			}
		},
	}
}

func clusterARN(o *sim.Op) string { return o.ARN("ecs", "cluster/"+o.NameOf()) }

// clusterRef is a cluster by its ARN or its name.
func clusterRef() sim.Ref {
	return sim.Ref{
		Path: "cluster", Missing: clusterMissing, InUse: "ClusterContainsServicesException",
		To: []sim.Target{{Token: token.ECSCluster}, {Token: token.ECSCluster, By: "name"}},
	}
}

// clusterName is the name of the cluster that a service is in.
func clusterName(in sim.Props) string {
	name := in.Str("cluster")
	if name == "" {
		return "default"
	}
	return name[strings.LastIndex(name, "/")+1:]
}

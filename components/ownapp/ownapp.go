// Package ownapp says how rung's own app runs on machines, by role: the contract
// with it (app/contract) as a value that a fleet and a server take like anybody
// else's program.
//
// CloudWatch takes $0.30 a month for a metric, so each role sends the few that
// nothing of AWS measures for it: a server without a load balancer in front its
// latency and failures, too.
package ownapp

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/components/program"
)

// Program is the app as it runs in a role, with its further environment.
func Program(role contract.Role, artifact part.Artifact, environment ...part.Variable) program.Spec {
	own := part.Variable{Name: contract.EnvRole, Value: pulumi.String(string(role))}
	return program.Spec{
		Name: string(role), Artifact: &artifact, Command: []string{string(role)}, Setup: setup(role),
		Environment: append([]part.Variable{own}, environment...),
		Port:        contract.Port, HealthPath: contract.HealthPath,
		BootSeconds: contract.BootSeconds, StopSeconds: stopSeconds(role), FinishesWork: role == contract.RoleWorker,
		DatabaseCA: slices.ContainsFunc(environment, func(v part.Variable) bool { return v.Name == contract.EnvDatabaseCA }),
		Metrics:    metrics(role),
	}
}

// setup brings the schema up to date before those that use the database of the whole
// system, and before the users service, which has one to itself; machines wait for one
// another at a lock in it. On the single server the app does so itself.
func setup(role contract.Role) []string {
	if slices.Contains([]contract.Role{contract.RoleWeb, contract.RoleWorker, contract.RoleUsers}, role) {
		return []string{string(contract.RoleMigrate)}
	}
	return nil
}

// stopSeconds is how long the app may take to stop. A worker finishes the job in
// hand first. Both fit into the notice before a spot instance goes.
func stopSeconds(role contract.Role) int {
	if role == contract.RoleWorker {
		return min(contract.JobSeconds+contract.DrainSeconds, program.MaxSpotSeconds)
	}
	return contract.DrainSeconds
}

func metrics(role contract.Role) *program.Metrics {
	names := slices.Clone(sent[role])
	m := &program.Metrics{
		Port: contract.InternalPort, Path: contract.MetricsPath, ListenVariable: contract.EnvInternalListen,
		Names: names, Alarms: watched(names), Widgets: drawn(names),
	}
	if slices.Contains(names, contract.MetricAllRequests) {
		m.Requests = contract.MetricAllRequests
	}
	return m
}

// sent are the metrics of each role. Behind a load balancer that measures
// requests the web tier sends what only the app knows.
var sent = map[contract.Role][]string{
	contract.RoleAll: {contract.MetricAllRequests, contract.MetricFailed, contract.MetricP95, contract.MetricP99,
		contract.MetricHitRatio, contract.MetricPoolWaits, contract.MetricAway, contract.MetricQueue},
	contract.RoleWeb:    {contract.MetricHitRatio, contract.MetricPoolWaits, contract.MetricAway, contract.MetricLag},
	contract.RoleWorker: {contract.MetricPoolWaits},
	contract.RoleUsers:  {contract.MetricPoolWaits, contract.MetricAway},
	contract.RolePosts:  {contract.MetricPoolWaits, contract.MetricAway},
	contract.RoleSearch: {contract.MetricPoolWaits, contract.MetricAway},
}

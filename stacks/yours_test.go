package stacks

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/record/recordtest"
	"github.com/rung-dev/rung/resource/token"
	"github.com/rung-dev/rung/stacks/artifact"
)

// shop is an app with everything, counter one that needs a queue alone.
const (
	shop = `{"name":"shop","directory":".","runtime":"nodejs@22","port":3000,"health":"/healthz","stopSeconds":20,
"commands":{"web":"node server.js","worker":"node worker.js","release":"node migrate.js"},"environment":{"LOG_LEVEL":"warn"},
"secrets":{"STRIPE_KEY":null,"TOKEN":"ssm:/shop/token"},"needs":["database","cache","uploads"]}`
	counter = `{"image":"123456789012.dkr.ecr.us-east-1.amazonaws.com/counter@sha256:` +
		`0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef","needs":["queue"]}`
)

// yours is a stage with somebody's app.
func yours(t *testing.T, stage, app string) *record.Recording {
	t.Helper()
	program := Program(artifact.Artifact{Path: "app", SHA256: strings.Repeat("a1", 32)})
	return recordtest.Run(t, program, record.Config(map[string]string{"rung:stage": stage, "rung:app": app}))
}

func bootOf(t *testing.T, rec *record.Recording, name string) string {
	t.Helper()
	kept := rec.Named("artifacts-boot-" + name)
	require.Len(t, kept, 1, name)
	return kept[0].String("content")
}

// policies are the inline policies of a component's role, by name.
func policiesOf(rec *record.Recording, component string) map[string]string {
	all := map[string]string{}
	for _, p := range rec.All(token.IAMRolePolicy) {
		if name, ok := strings.CutPrefix(p.Name, component+"-"); ok {
			all[name] = p.String("policy")
		}
	}
	return all
}

func TestYourAppOnOneServer(t *testing.T) {
	for _, stage := range []string{"1", "2"} {
		rec := yours(t, stage, shop)
		boot := bootOf(t, rec, "server")
		assert.Contains(t, boot, "ExecStart=/opt/app/current/app all\n")
		assert.Contains(t, boot, "ExecStartPre=/opt/app/current/app release\n")
		assert.Contains(t, boot, `"$next/app" install app`)
		assert.Contains(t, boot, "RUNG_PORT='3000'\nRUNG_HEALTH='/healthz'\n")
		assert.Contains(t, boot, "EnvironmentFile=/run/rung/secrets.env\n")
		assert.NotContains(t, boot, "STRIPE_KEY", "what a deployment changes comes with the release")
		release := recordtest.Only(t, rec, token.SSMParameter).String("value")
		assert.Contains(t, release, `"id":"rung/dev/STRIPE_KEY"`)
		assert.Contains(t, release, `"LOG_LEVEL":"warn"`)
		assert.Contains(t, release, `"APP_LISTEN":":3000"`)
		given := policiesOf(rec, "server")
		assert.Contains(t, given["app-secrets"], ":secret:rung/dev/STRIPE_KEY-??????")
		assert.Contains(t, given["app-parameters"], ":parameter/shop/token")
		assert.Empty(t, rec.All(token.SQSQueue), "nobody asked for a queue")
	}
}

func TestYourAppHasAQueueOnOneServerWhereItNeedsOne(t *testing.T) {
	rec := yours(t, "1", counter)
	assert.NotEmpty(t, rec.All(token.SQSQueue))
	assert.Contains(t, recordtest.Only(t, rec, token.SSMParameter).String("value"), `"QUEUE_URL":"https://`)
	boot := bootOf(t, rec, "server")
	assert.NotContains(t, boot, "User=app\n", "containers are started by root, and have the user's rights")
	given := policiesOf(rec, "server")
	assert.Contains(t, given["image-read"], "arn:aws:ecr:us-east-1:123456789012:repository/counter")
}

func TestYourAppOnFleets(t *testing.T) {
	rec := yours(t, "3", shop)
	for name, part := range map[string]string{"web": "web", "workers": "worker"} {
		boot := bootOf(t, rec, name)
		assert.Contains(t, boot, "ExecStart=/opt/rung/app "+part+"\n")
		assert.Contains(t, boot, `retry "$root/opt/rung/app" install rung`)
		assert.Contains(t, boot, `"form": "postgres://{username}:{password}@`)
		assert.Contains(t, boot, `sslmode=verify-full\u0026sslrootcert=/etc/rung/rds-ca.pem`)
		assert.Contains(t, boot, `"form": "rediss://:{}@`)
		assert.Contains(t, boot, "\nLOG_LEVEL=\"warn\"\n")
		assert.NotContains(t, boot, "QUEUE_URL", "it needs none")
		assert.Contains(t, policiesOf(rec, name)["app-secrets"], ":secret:rung/dev/STRIPE_KEY-??????")
	}
	for _, g := range rec.All(token.AutoScalingGroup) {
		if strings.HasPrefix(g.Name, "workers") {
			assert.EqualValues(t, 1, g.Inputs["minSize"], "no queue would wake it")
		}
	}
	for _, g := range rec.All(token.LBTargetGroup) {
		assert.EqualValues(t, 3000, g.Inputs["port"])
		check, _ := g.Inputs["healthCheck"].(map[string]any)
		assert.Equal(t, "/healthz", check["path"])
	}
}

func TestYourAppIsLetInWhereItHasToBe(t *testing.T) {
	rec := yours(t, "3", counter)
	assert.Empty(t, rec.Named("artifacts-boot-workers"), "it has no worker")
	boot := bootOf(t, rec, "web")
	assert.NotContains(t, boot, "\nDATABASE_")
	assert.NotContains(t, boot, "\nREDIS_")
	assert.NotContains(t, boot, "User=rung\n")
	assert.Contains(t, boot, "QUEUE_URL=")
	given := policiesOf(rec, "web")
	assert.NotContains(t, given, "uploads")
	assert.NotContains(t, given["secrets"], ":secret:database")
	assert.NotContains(t, given["secrets"], ":secret:cache")
	assert.Empty(t, doors(rec))
	assert.Len(t, doors(yours(t, "3", shop)), 4, "two fleets at two stores")
}

// doors are the rules that let fleets into stores.
func doors(rec *record.Recording) (names []string) {
	for _, r := range rec.All(token.VPCSecurityGroupIngressRule) {
		store := strings.HasPrefix(r.Name, "database") || strings.HasPrefix(r.Name, "cache")
		if store && (strings.Contains(r.Name, "web") || strings.Contains(r.Name, "workers")) {
			names = append(names, r.Name)
		}
	}
	return names
}

// While the rows are on the server, it goes on as it was: with its own database, the queue,
// and the only worker.
func TestYourServerStandsBesideStage3(t *testing.T) {
	app := strings.Replace(shop, `"uploads"]`, `"uploads","queue"]`, 1)
	program := Program(artifact.Artifact{Path: "app", SHA256: strings.Repeat("a1", 32)})
	for _, stage := range []string{"3", "4"} {
		rec := recordtest.Run(t, program, record.Config(map[string]string{"rung:stage": stage, "rung:app": app,
			"rung:handover": "pending"}))
		var release string
		for _, p := range rec.All(token.SSMParameter) {
			if text := p.String("value"); strings.Contains(text, "PAUSE_WRITES") {
				release = text
			}
		}
		require.NotEmpty(t, release, stage)
		assert.Contains(t, release, "QUEUE_URL")
		assert.NotContains(t, release, "{username}", "its database is its own")
		assert.NotContains(t, release, "rediss://", "and so is its cache")
		assert.Contains(t, strings.Join(slices.Collect(maps.Values(policiesOf(rec, "server"))), ""), "sqs:ReceiveMessage")
		assert.Empty(t, rec.Named("workers"), "the server has the worker")
		assert.Contains(t, bootOf(t, rec, "web"), "REDIS_URL")
	}
}

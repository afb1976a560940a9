package stacks

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/components/ownapp"
	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/components/program"
	"github.com/rung-dev/rung/stacks/manifest"
)

// program is what runs in a role: rung's own app, or the one that rung.yaml describes.
func (c *cell) program(role contract.Role, environment []part.Variable) program.Spec {
	if c.cfg.App == nil {
		return ownapp.Program(role, c.artifact, environment...)
	}
	return c.yours(c.cfg.App.WithDefaults(), role, environment)
}

// roleRelease is the word by which a bundle runs what a release needs.
const roleRelease = "release"

// yours is somebody's app in a role. What a server is told when it is made is the
// same for each app: the rest is in the bundle, and comes with a release.
func (c *cell) yours(app manifest.App, role contract.Role, environment []part.Variable) program.Spec {
	spec := program.Spec{
		Name: string(role), Artifact: &c.artifact, Command: []string{string(role)}, Setup: []string{roleRelease},
		Installs: true, Contains: app.Image != "", FinishesWork: role == contract.RoleWorker,
		Environment: c.yourEnvironment(app, environment), Secrets: c.yourOwnSecrets(app),
		Port: app.Port, HealthPath: app.Health, BootSeconds: app.BootSeconds, StopSeconds: app.StopSeconds,
	}
	if role == contract.RoleAll { // the server, which has its own database, also while it stands beside stage 3
		spec.Environment = append(spec.Environment, c.yourQueue(app)...)
		return spec
	}
	spec.Secrets, spec.DatabaseCA = c.yourSecrets(app, c.database), app.Has(manifest.Database)
	if role == contract.RoleWorker {
		spec.StopSeconds = min(spec.StopSeconds, program.MaxSpotSeconds)
	}
	return spec
}

// prefixes are how the variables of a need begin.
var prefixes = map[manifest.Need][]string{
	manifest.Database: {"DATABASE_"}, manifest.Cache: {"REDIS_"}, manifest.Queue: {"QUEUE_", "DEAD_QUEUE_"},
	manifest.Uploads: {"UPLOADS_"},
}

// yourEnvironment is rung's own, as far as the app needs it, and then the app's.
func (c *cell) yourEnvironment(app manifest.App, own []part.Variable) []part.Variable {
	var env []part.Variable
	for _, v := range own {
		if _, replaced := app.Environment[v.Name]; !replaced && !unneeded(app, v.Name) && v.Name != contract.EnvListen {
			env = append(env, v)
		}
	}
	env = append(env, part.Variable{Name: contract.EnvListen, Value: pulumi.String(":" + strconv.Itoa(app.Port))})
	env = append(env, c.whereServicesAre()...)
	for _, name := range slices.Sorted(maps.Keys(app.Environment)) {
		env = append(env, part.Variable{Name: name, Value: pulumi.String(app.Environment[name])})
	}
	return env
}

// yourQueue tells a server of the queue, where the app needs one.
func (c *cell) yourQueue(app manifest.App) []part.Variable {
	if !app.Has(manifest.Queue) {
		return nil
	}
	return []part.Variable{{Name: contract.EnvQueueURL, Value: c.jobs.URL},
		{Name: contract.EnvDeadQueueURL, Value: c.jobs.DeadURL}}
}

func unneeded(app manifest.App, name string) bool {
	for _, need := range manifest.Needs() {
		begins := func(p string) bool { return strings.HasPrefix(name, p) }
		if !app.Has(need) && slices.ContainsFunc(prefixes[need], begins) {
			return true
		}
	}
	return false
}

// yourOwnSecrets are those that rung.yaml names.
func (c *cell) yourOwnSecrets(app manifest.App) (list []program.Secret) {
	for _, name := range slices.Sorted(maps.Keys(app.Secrets)) {
		s := app.Secrets[name].Named(c.ctx.Stack(), name)
		list = append(list, program.Secret{Name: name, ID: pulumi.String(s.ID), Parameter: s.Parameter, Field: s.Field})
	}
	return list
}

// yourSecrets are the app's own, and the URLs that have a password in them: that of the
// database it is handed, and the cache's. The server's databases have none.
func (c *cell) yourSecrets(app manifest.App, d *store) []program.Secret {
	list := c.yourOwnSecrets(app)
	if app.Has(manifest.Database) {
		at, host := d.Endpoint, d.Endpoint.Host
		if d == c.database {
			host = c.writeHost()
		}
		list = append(list, program.Secret{Name: manifest.VarDatabaseURL, ID: at.Secret, Form: pulumi.Sprintf(
			"postgres://{username}:{password}@%s:%d/%s?sslmode=verify-full&sslrootcert=%s", host, at.Port,
			d.Name, program.DatabaseCAPath)})
	}
	if app.Has(manifest.Cache) {
		at := c.cache.Endpoint
		list = append(list, program.Secret{Name: manifest.VarRedisURL, ID: at.Secret,
			Form: pulumi.Sprintf("rediss://:{}@%s:%d/0", at.Host, at.Port)})
	}
	return list
}

// yourPermissions let machines read the app's secrets and its image.
func (c *cell) yourPermissions() []part.Permission {
	app := c.cfg.App
	if app == nil {
		return nil
	}
	var secrets, parameters pulumi.StringArray
	for _, name := range slices.Sorted(maps.Keys(app.Secrets)) {
		s := app.Secrets[name].Named(c.ctx.Stack(), name)
		if arn := pulumi.String(s.ARN(c.region, c.account)); s.Parameter {
			parameters = append(parameters, arn)
		} else {
			secrets = append(secrets, arn)
		}
	}
	var list []part.Permission
	if len(secrets) > 0 {
		list = append(list, part.Permission{
			Name: "app-secrets", Actions: []string{"secretsmanager:GetSecretValue"}, Resources: secrets,
		})
	}
	if len(parameters) > 0 {
		list = append(list, part.Permission{
			Name: "app-parameters", Actions: []string{"ssm:GetParameter"}, Resources: parameters,
		})
	}
	return append(list, imagePermissions(app.Image)...)
}

// imagePermissions let machines fetch an image of ECR; others need none.
func imagePermissions(image string) []part.Permission {
	account, rest, ok := strings.Cut(image, ".dkr.ecr.")
	region, name, named := strings.Cut(rest, ".amazonaws.com/")
	if !ok || !named {
		return nil
	}
	repository, _, _ := strings.Cut(name, "@")
	repository, _, _ = strings.Cut(repository, ":")
	arn := "arn:aws:ecr:" + region + ":" + account + ":repository/" + repository
	return []part.Permission{
		// ECR's tokens are the account's: they open nothing by themselves.
		{Name: "image-login", Actions: []string{"ecr:GetAuthorizationToken"}, Resources: pulumi.ToStringArray([]string{"*"})},
		{
			Name: "image-read", Actions: []string{"ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"},
			Resources: pulumi.ToStringArray([]string{arn}),
		},
	}
}

// uses reports whether what runs on the machines uses it: rung's own app uses all.
func (c *cell) uses(n manifest.Need) bool { return c.cfg.App == nil || c.cfg.App.Has(n) }

// hasWork reports whether there is something for workers to run. While the server stands
// beside a stage with its rows, an own app's worker is its: others would take its jobs, and
// look for what they are about in a database that does not have it yet.
func (c *cell) hasWork() bool {
	return c.cfg.App == nil || c.cfg.App.Commands.Worker != nil && !c.cfg.HasServer()
}

// wantsQueue is true where jobs go through a queue: from stage 3 on, and below where
// the app says so.
func (c *cell) wantsQueue() bool {
	return c.cfg.Stage >= 3 || c.cfg.App != nil && c.cfg.App.Has(manifest.Queue)
}

package stacks

import (
	"strconv"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/components/database"
	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/components/program"
	"github.com/rung-dev/rung/stacks/config"
	"github.com/rung-dev/rung/stacks/manifest"
)

// serverEnvironment is what the app on the single server reads beside what the
// server itself says: there, its databases are neighbours.
func (c *cell) serverEnvironment() []part.Variable {
	env := []part.Variable{
		{Name: contract.EnvListen, Value: pulumi.Sprintf(":%d", contract.Port)},
		{Name: contract.EnvStack, Value: pulumi.String(c.ctx.Stack())},
		{Name: contract.EnvStage, Value: pulumi.String(strconv.Itoa(c.serverStage()))},
		{Name: contract.EnvProxies, Value: pulumi.String(strconv.Itoa(c.serverProxies()))},
	}
	if url := c.serverURL(); url != nil {
		env = append(env, part.Variable{Name: contract.EnvPublicURL, Value: url})
	}
	env = append(env, c.cdnEnvironment()...)
	if c.cfg.CDN != config.NoCDN {
		env = append(env, part.Variable{Name: contract.EnvOriginSecret, Value: c.originSecret()})
	}
	return env
}

// serverStage is the stage that the server's app is told. One that is kept on stage 3 is told
// nothing new: stage 3 asks nothing of it that stage 2 does not.
func (c *cell) serverStage() int {
	if c.cfg.Stage == 3 {
		return 2
	}
	return int(c.cfg.Stage)
}

// serverProxies is how many proxies stand before the server's app where the CDN does not say
// it, request by request (contract.ProxiesHeader): as many as on stage 2.
func (c *cell) serverProxies() int {
	if c.cfg.CDN != config.NoCDN {
		return 1
	}
	return c.proxies()
}

// serverURL is where people reach the single server; nil where they use its
// own name, which it knows itself.
func (c *cell) serverURL() pulumi.StringInput {
	switch {
	case c.cfg.Domain != "" && c.cfg.CDN == config.NoCDN && c.cfg.Stage < 3:
		return pulumi.String("http://" + c.cfg.Domain)
	case c.cfg.Domain != "":
		return pulumi.String("https://" + c.cfg.Domain)
	case c.cdnURL != nil:
		return c.cdnURL.output
	}
	return nil
}

// fleetEnvironment is what the app on a fleet reads. Secrets are named, never given.
func (c *cell) fleetEnvironment() []part.Variable {
	text := func(name string, v pulumi.StringInput) part.Variable { return part.Variable{Name: name, Value: v} }
	env := []part.Variable{
		text(contract.EnvStage, pulumi.String(strconv.Itoa(int(c.cfg.Stage)))),
		text(contract.EnvStack, pulumi.String(c.ctx.Stack())),
		text(contract.EnvRegion, pulumi.String(c.region)),
		text(contract.EnvProxies, pulumi.String(strconv.Itoa(c.proxies()))),
		text(contract.EnvOriginProof, c.origin.Digest()),
		text(contract.EnvDatabaseHost, c.writeHost()),
		text(contract.EnvDatabasePort, pulumi.String(strconv.Itoa(c.database.Endpoint.Port))),
		text(contract.EnvDatabaseName, pulumi.String(c.database.Name)),
		text(contract.EnvDatabaseSecret, c.database.Endpoint.Secret),
		text(contract.EnvDatabaseReaders, c.readers()),
		text(contract.EnvDatabaseCores, pulumi.String(strconv.Itoa(c.databaseCores()))),
		text(contract.EnvDatabaseCA, pulumi.String(program.DatabaseCAPath)),
		text(contract.EnvRedisURL, pulumi.Sprintf("rediss://%s:%d/0", c.cache.Endpoint.Host, c.cache.Endpoint.Port)),
		text(contract.EnvRedisSecret, c.cache.Endpoint.Secret),
		text(contract.EnvRedisCluster, pulumi.String(strconv.FormatBool(c.cache.ClusterMode))),
		text(contract.EnvQueueURL, c.jobs.URL),
		text(contract.EnvDeadQueueURL, c.jobs.DeadURL),
		text(contract.EnvUploadsBucket, c.uploads.Name),
		text(contract.EnvPublicURL, c.url()),
	}
	return append(append(env, c.shardEnvironment()...), c.cdnEnvironment()...)
}

// databaseCores is from what the app sizes its pools: the smaller of the
// classes, because the app takes one number for the primary and its replicas.
func (c *cell) databaseCores() int {
	least := 0
	for _, class := range []string{c.cfg.Database.Class, c.cfg.Database.ReplicaClass} {
		// the component refuses a class that nobody knows
		if n, err := database.Cores(class); err == nil && (least == 0 || n < least) {
			least = n
		}
	}
	return max(least, 1)
}

// proxies is how many of our own proxies stand before the app: each adds one
// address to X-Forwarded-For.
func (c *cell) proxies() int {
	n := 0
	if c.cfg.CDN != config.NoCDN {
		n++
	}
	if c.cfg.Stage >= 3 {
		n++
	}
	return n
}

// readers are the replicas' own names: the app balances over them itself,
// because it must know how far each of them lags.
func (c *cell) readers() pulumi.StringOutput {
	hosts := make(pulumi.StringArray, len(c.database.Readers))
	for i, r := range c.database.Readers {
		hosts[i] = r
	}
	return hosts.ToStringArrayOutput().ApplyT(func(all []string) string {
		text := ""
		for i, h := range all {
			if i > 0 {
				text += ","
			}
			text += h
		}
		return text
	}).(pulumi.StringOutput)
}

// cdnEnvironment tells the app what to purge. What requests must carry is asked for by the
// balancer where there is one: nobody else reaches a machine behind it, and while a name moves
// to the CDN or away from it, people come both ways.
func (c *cell) cdnEnvironment() []part.Variable {
	if c.cfg.CDN == config.NoCDN {
		return nil
	}
	id := pulumi.StringInput(pulumi.String(c.cfg.CloudflareZone))
	switch {
	case c.cdn != nil:
		id = c.cdn.ID
	case c.cdnID != nil:
		id = c.cdnID.output
	}
	return []part.Variable{
		{Name: contract.EnvCDN, Value: pulumi.String(string(c.cfg.CDN))},
		{Name: contract.EnvCDNDistribution, Value: id},
	}
}

// fleetPermissions are what every fleet may do: read its secrets, keep
// uploads, purge the CDN.
func (c *cell) fleetPermissions() []part.Permission {
	if !c.uses(manifest.Database) {
		return c.permissionsOver(nil)
	}
	return c.permissionsOver(c.database, c.shards...)
}

// permissionsOver are those of machines that are handed a database and its shards; nil
// is none.
func (c *cell) permissionsOver(d *store, shards ...*store) []part.Permission {
	var secrets pulumi.StringArray
	if d != nil {
		secrets = append(secrets, d.Endpoint.Secret)
	}
	if c.uses(manifest.Cache) {
		secrets = append(secrets, c.cache.Endpoint.Secret)
	}
	for _, s := range shards {
		secrets = append(secrets, s.Endpoint.Secret)
	}
	var list []part.Permission
	if len(secrets) > 0 {
		list = append(list, part.Permission{
			Name: "secrets", Actions: []string{"secretsmanager:GetSecretValue"}, Resources: secrets,
		})
	}
	if c.uses(manifest.Uploads) {
		list = append(list, c.keepUploads())
	}
	return append(append(list, c.purge()...), c.yourPermissions()...)
}

// keepUploads lets the app keep what people send. Without the right to list S3 answers
// 403 instead of 404 for what is not there, which the app takes for a fault.
func (c *cell) keepUploads() part.Permission {
	return part.Permission{
		Name:      "uploads",
		Actions:   []string{"s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket"},
		Resources: pulumi.StringArray{c.uploads.ARN, pulumi.Sprintf("%s/*", c.uploads.ARN)},
	}
}

// purge lets the app invalidate what it changed. It names the account's
// distributions, not the one: a policy that waited for the distribution would
// make the server wait for what waits for the server.
func (c *cell) purge() []part.Permission {
	if c.cfg.CDN != config.CloudFront {
		return nil
	}
	return []part.Permission{{
		Name:      "purge",
		Actions:   []string{"cloudfront:CreateInvalidation"},
		Resources: pulumi.StringArray{pulumi.Sprintf("arn:aws:cloudfront::%s:distribution/*", c.account)},
	}}
}

package settings_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/settings"
)

type env map[string]string

func (e env) get(name string) string { return e[name] }

// working is the smallest environment of stage 1.
func working(more env) env {
	e := env{contract.EnvDatabaseURL: "postgres:///app?host=/run/postgresql",
		contract.EnvRedisURL: "redis://127.0.0.1:6379", contract.EnvUploadsDir: "/var/lib/app"}
	for k, v := range more {
		e[k] = v
	}
	return e
}

func TestReadDefaults(t *testing.T) {
	s, err := settings.Read("", working(env{contract.EnvDatabaseCores: "4"}).get)
	require.NoError(t, err)
	assert.Equal(t, contract.RoleAll, s.Role)
	assert.Equal(t, ":8080", s.Listen)
	assert.Equal(t, "127.0.0.1:9090", s.Internal, "profiles are for this machine alone")
	assert.Equal(t, 30*time.Second, s.Drain)
	assert.Equal(t, 9, s.Database.Pool, "four cores and one spindle")
	assert.Equal(t, 0, s.Proxies)
	assert.False(t, s.Secure())
}

func TestReadReportsEveryProblem(t *testing.T) {
	tests := map[string]struct {
		role contract.Role
		env  env
		want []string
	}{
		"nothing is set": {role: contract.RoleAll, env: env{},
			want: []string{contract.EnvDatabaseURL + ": missing", contract.EnvRedisURL + ": missing", contract.EnvUploadsDir + ": missing"}},
		"a role of no kind": {role: "cook", env: working(nil), want: []string{contract.EnvRole + `: got "cook", want one of`}},
		"everything is wrong": {role: contract.RoleWeb, env: env{
			contract.EnvListen: "nowhere", contract.EnvDatabaseHost: "db", contract.EnvDatabasePort: "lots", contract.EnvRedisURL: "http://cache",
			contract.EnvStage: "9", contract.EnvDrain: "soon", contract.EnvRedisCluster: "perhaps", contract.EnvCDN: "pigeon", contract.EnvDatabasePool: "0",
			contract.EnvDeadQueueURL: "https://sqs/dead", contract.EnvLogLevel: "loud",
		}, want: []string{contract.EnvListen, contract.EnvDatabasePort, contract.EnvDatabaseName, contract.EnvDatabaseSecret,
			contract.EnvRedisURL, contract.EnvStage,
			contract.EnvDrain, contract.EnvRedisCluster, contract.EnvCDN, contract.EnvDatabasePool, contract.EnvQueueURL,
			contract.EnvLogLevel, contract.EnvUploadsDir}},
		"a log-in at no mail server": {role: contract.RoleWeb,
			env:  working(env{contract.EnvMailSecret: "arn:x", contract.EnvMailFrom: "the app"}),
			want: []string{contract.EnvMailURL + ": missing", contract.EnvMailFrom + `: got "the app", want an e-mail address`}},
		"a mail server of no kind": {role: contract.RoleWeb, env: working(env{contract.EnvMailURL: "imap://x"}),
			want: []string{contract.EnvMailURL + ": want smtp:// or smtps://host"}},
		"a proof of nothing": {role: contract.RoleWeb, env: working(env{contract.EnvOriginProof: "0a0b"}),
			want: []string{contract.EnvOriginProof + `: got "0a0b", want a SHA-256 as 64 hexadecimal digits`}},
		"a gateway to nowhere": {role: contract.RoleGateway, env: env{contract.EnvRedisURL: "redis://x:1"},
			want: []string{contract.EnvUsersURL, contract.EnvPostsURL, contract.EnvSearchURL}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := settings.Read(tt.role, tt.env.get)
			for _, want := range tt.want {
				assert.ErrorContains(t, err, want)
			}
		})
	}
}

func TestReadNeverRepeatsPasswords(t *testing.T) {
	_, err := settings.Read(contract.RoleWeb,
		working(env{contract.EnvRedisURL: "http://:hunter2@cache",
			contract.EnvDatabaseURL: "mysql://app:hunter2@db/app"}).get)
	require.Error(t, err)
	assert.NotContains(t, err.Error(), "hunter2")
}

func TestPoolSize(t *testing.T) {
	for name, tt := range map[string]struct{ cores, most, want int }{
		"the example of the seeds": {cores: 4, most: settings.PoolMax, want: 9},
		"never under five":         {cores: 1, most: settings.PoolMax, want: 5},
		"twenty to the primary":    {cores: 16, most: settings.PoolMax, want: 20},
		"more to a replica":        {cores: 16, most: settings.ReaderPoolMax, want: 33},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, tt.want, settings.PoolSize(tt.cores, 1, tt.most)) })
	}
}

func TestProxiesFollowTheStage(t *testing.T) {
	for name, tt := range map[string]struct {
		env  env
		want int
	}{
		"one server":               {want: 0},
		"behind a CDN":             {env: env{contract.EnvStage: "2", contract.EnvCDN: "cloudfront"}, want: 1},
		"behind a load balancer":   {env: env{contract.EnvStage: "3"}, want: 1},
		"behind both":              {env: env{contract.EnvStage: "3", contract.EnvCDN: "cloudflare"}, want: 2},
		"what somebody has chosen": {env: env{contract.EnvStage: "3", contract.EnvProxies: "5"}, want: 5},
		"a CDN that shows itself": {env: env{contract.EnvStage: "3", contract.EnvCDN: "cloudfront",
			contract.EnvProxies: "2", contract.EnvOriginProof: strings.Repeat("0a", 32)}, want: 1},
		"one that may come": {env: env{contract.EnvStage: "3", contract.EnvProxies: "1",
			contract.EnvOriginProof: strings.Repeat("0A", 32)}, want: 1},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := settings.Read(contract.RoleWeb, working(tt.env).get)
			require.NoError(t, err)
			assert.Equal(t, tt.want, s.Proxies)
			assert.Equal(t, strings.ToLower(tt.env[contract.EnvOriginProof]), s.Way().Proof)
		})
	}
}

// FuzzRead holds that no environment makes the decoder panic, and that what
// it accepts is within the bounds that the rest of the app relies on.
func FuzzRead(f *testing.F) {
	f.Add("web", ":8080", "postgres://a@b/c", "redis://x:1", "7", "30s")
	f.Add("", "[::]:1", "postgres://%zz", "rediss://:p@h:2/0", "-1", "99999h")
	f.Fuzz(func(t *testing.T, role, listen, database, redis, pool, drain string) {
		s, err := settings.Read(contract.Role(role),
			env{contract.EnvListen: listen, contract.EnvDatabaseURL: database, contract.EnvRedisURL: redis,
				contract.EnvDatabasePool: pool, contract.EnvDrain: drain, contract.EnvUploadsDir: "x"}.get)
		if err != nil {
			return
		}
		if s.Database.Pool < 1 || s.Database.Pool > 1000 || s.Drain < 0 || s.Drain > 10*time.Minute || s.Listen == "" {
			t.Fatalf("accepted %+v", s)
		}
	})
}

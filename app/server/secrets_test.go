package server

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/settings"
	"github.com/rung-dev/rung/lab/awsapi/awsapitest"
)

func TestDatabaseByParts(t *testing.T) {
	cloud := awsapitest.New(t)
	cloud.Secret("arn:db", `{"username":"app","password":"p@ss/word"}`)
	s := settings.Settings{Database: settings.Database{Host: "primary.internal", Port: 5432, Name: "app", Secret: "arn:db",
		Readers: []string{"one.internal", "two.internal:6432", "postgres://somebody@elsewhere/app"}}}
	found, err := readSecrets(t.Context(), cloud.Config(), s)
	require.NoError(t, err)
	primary, readers := databases(s.Database, found)[0].primary, databases(s.Database, found)[0].replicas
	assert.Equal(t, "postgres://app:p%40ss%2Fword@primary.internal:5432/app?sslmode=require", primary)
	assert.Equal(t, []string{"postgres://app:p%40ss%2Fword@one.internal:5432/app?sslmode=require",
		"postgres://app:p%40ss%2Fword@two.internal:6432/app?sslmode=require", "postgres://somebody@elsewhere/app"}, readers)
}

// Every secret that cannot be read is named, none is shown.
func TestSecretsThatAreMissing(t *testing.T) {
	cloud := awsapitest.New(t)
	cloud.Secret("arn:db", "hunter2")
	_, err := readSecrets(t.Context(), cloud.Config(),
		settings.Settings{Database: settings.Database{Secret: "arn:db"}, OriginSecret: "arn:none",
			Mail: settings.Mail{Secret: "arn:db"}})
	assert.ErrorContains(t, err, contract.EnvMailSecret)
	assert.ErrorContains(t, err, contract.EnvDatabaseSecret)
	assert.ErrorContains(t, err, contract.EnvOriginSecret)
	assert.NotContains(t, err.Error(), "hunter2")
}

// Shards are found by the same variables that the infrastructure sets.
func TestShardsByParts(t *testing.T) {
	cloud := awsapitest.New(t)
	cloud.Secret("arn:db", `{"username":"app","password":"one"}`)
	cloud.Secret("arn:db2", `{"username":"app","password":"two"}`)
	cloud.Secret("arn:db3", `{"username":"app","password":"three"}`)
	env := map[string]string{contract.EnvDatabaseHost: "primary.internal", contract.EnvDatabaseName: "app",
		contract.EnvDatabaseSecret: "arn:db",
		contract.EnvShards:         "two.internal, three.internal:6432", contract.EnvShardSecrets: "arn:db2,arn:db3",
		contract.EnvShardReaders: "2=a.internal,2=b.internal,3=c.internal:6432"}
	s, err := settings.Read(contract.RoleMigrate, func(name string) string { return env[name] })
	require.NoError(t, err)
	found, err := readSecrets(t.Context(), cloud.Config(), s)
	require.NoError(t, err)
	all := databases(s.Database, found)
	require.Len(t, all, 3)
	assert.Equal(t, "postgres://app:one@primary.internal:5432/app?sslmode=require", all[0].primary)
	assert.Equal(t, at{primary: "postgres://app:two@two.internal:5432/app?sslmode=require",
		replicas: []string{"postgres://app:two@a.internal:5432/app?sslmode=require", "postgres://app:two@b.internal:5432/app?sslmode=require"}}, all[1])
	assert.Equal(t, at{primary: "postgres://app:three@three.internal:6432/app?sslmode=require",
		replicas: []string{"postgres://app:three@c.internal:6432/app?sslmode=require"}}, all[2])

	delete(env, contract.EnvShardSecrets)
	s, err = settings.Read(contract.RoleMigrate, func(name string) string { return env[name] })
	require.NoError(t, err)
	found, err = readSecrets(t.Context(), cloud.Config(), s)
	require.NoError(t, err)
	assert.Equal(t, "postgres://app:one@two.internal:5432/app?sslmode=require", databases(s.Database, found)[1].primary)
}

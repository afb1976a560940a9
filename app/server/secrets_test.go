package server

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/apptest/fakeaws"
	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/settings"
)

func TestDatabaseByParts(t *testing.T) {
	cloud := fakeaws.New()
	t.Cleanup(cloud.Close)
	cloud.Secret("arn:db", `{"username":"app","password":"p@ss/word"}`)
	s := settings.Settings{Database: settings.Database{Host: "primary.internal", Port: 5432, Name: "app", Secret: "arn:db",
		Readers: []string{"one.internal", "two.internal:6432", "postgres://somebody@elsewhere/app"}}}
	found, err := readSecrets(t.Context(), cloud.Config(), s)
	require.NoError(t, err)
	primary, readers := databaseURLs(s.Database, found)
	assert.Equal(t, "postgres://app:p%40ss%2Fword@primary.internal:5432/app?sslmode=require", primary)
	assert.Equal(t, []string{"postgres://app:p%40ss%2Fword@one.internal:5432/app?sslmode=require",
		"postgres://app:p%40ss%2Fword@two.internal:6432/app?sslmode=require", "postgres://somebody@elsewhere/app"}, readers)
}

// Every secret that cannot be read is named, none is shown.
func TestSecretsThatAreMissing(t *testing.T) {
	cloud := fakeaws.New()
	t.Cleanup(cloud.Close)
	cloud.Secret("arn:db", "hunter2")
	_, err := readSecrets(t.Context(), cloud.Config(), settings.Settings{Database: settings.Database{Secret: "arn:db"}, OriginSecret: "arn:none"})
	assert.ErrorContains(t, err, contract.EnvDatabaseSecret)
	assert.ErrorContains(t, err, contract.EnvOriginSecret)
	assert.NotContains(t, err.Error(), "hunter2")
}

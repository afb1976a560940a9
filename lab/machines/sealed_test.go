package machines

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSecretsAreWhatMachinesMakeOfThem(t *testing.T) {
	list, err := readSealed(`{"secrets": [
		{"name": "DATABASE_URL", "id": "arn:db", "form": "postgres://{username}:{password}@db:5432/app?sslrootcert=/etc/rung/rds-ca.pem"},
		{"name": "REDIS_URL", "id": "arn:cache", "form": "rediss://:{}@cache:6379/0"},
		{"name": "MAIL", "id": "mail", "field": "password"}, {"name": "KEY", "id": "key"}, {"name": "GONE", "id": "gone"}]}`)
	require.NoError(t, err)
	vault := Vault{"arn:db": `{"username":"app","password":"p@ss"}`, "arn:cache": "token", "mail": `{"password":"x"}`, "key": "k"}
	assert.Equal(t, []string{"DATABASE_URL=postgres://app:p%40ss@db:5432/app?sslrootcert=/lab/ca.pem",
		"REDIS_URL=rediss://:token@cache:6379/0",
		"MAIL=x", "KEY=k"}, vault.environment(list, "/lab/ca.pem"))
	list, err = readSealed("")
	require.NoError(t, err)
	assert.Empty(t, list)
	_, err = readSealed("{")
	require.ErrorContains(t, err, "read which secrets")
}

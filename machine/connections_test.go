package machine

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestConnections(t *testing.T) {
	for class, want := range map[string]int{"db.t4g.medium": 450, "db.m7g.large": 901, "db.r7g.16xlarge": 5_000,
		"db.foo.bar": 0} {
		assert.Equal(t, want, PostgreSQLConnections.Of(DatabaseGiB(class)), class)
	}
	assert.Equal(t, 682, MySQLConnections.Of(8))
}

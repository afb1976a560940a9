package database

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/machine"
)

func TestCores(t *testing.T) {
	for class, want := range map[string]int{
		"db.t4g.micro": 2, "db.t4g.medium": 2, "db.t3.xlarge": 4, "db.t4g.2xlarge": 8,
		"db.m7g.large": 2, "db.r7g.4xlarge": 16, "db.m8g.24xlarge": 96,
	} {
		got, err := Cores(class)
		require.NoError(t, err, class)
		assert.Equal(t, want, got, class)
	}
	_, err := Cores("db.m7g.metal")
	assert.ErrorContains(t, err, "unknown class")
}

// A class whose memory is known has cores, or its pools would be sized for none.
func TestEveryClassHasCores(t *testing.T) {
	for _, class := range machine.RDS.Types() {
		if machine.RDS.Unfit(class) != "" {
			continue
		}
		n, err := Cores(class)
		require.NoError(t, err)
		assert.Positive(t, n, class)
	}
}

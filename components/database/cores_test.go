package database

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
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
	_, err := Cores("db.x2g.large")
	assert.ErrorContains(t, err, "unknown class")
}

// A class whose memory is known has cores, or its pools would be sized for none.
func TestEveryClassHasCores(t *testing.T) {
	for size := range burstableGiB {
		assert.Positive(t, burstableCores[size], size)
	}
	for family := range gibPerVCPU {
		for size := range vcpus {
			n, err := Cores("db." + family + "." + size)
			require.NoError(t, err)
			assert.Positive(t, n)
		}
	}
}

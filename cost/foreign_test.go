package cost_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/cost"
)

func foreign(t *testing.T, file string) cost.Estimate {
	t.Helper()
	resources, err := cost.ReadFile("testdata/" + file)
	require.NoError(t, err)
	return estimator(t, cost.Options{}).Estimate(resources)
}

func TestForeignExport(t *testing.T) {
	golden(t, "foreign-export.golden", text(foreign(t, "foreign-export.json")))
}

func TestForeignPreview(t *testing.T) {
	golden(t, "foreign-preview.golden", text(foreign(t, "foreign-preview.json")))
}

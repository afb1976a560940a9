package cost_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/record/recordtest"
)

func foreign(t *testing.T, file string) cost.Estimate {
	t.Helper()
	resources, err := cost.ReadFile("testdata/" + file)
	require.NoError(t, err)
	return estimator(t, cost.Options{}).Estimate(resources)
}

func TestForeignExport(t *testing.T) {
	recordtest.Golden(t, "foreign-export", text(foreign(t, "foreign-export.json")))
}

func TestForeignPreview(t *testing.T) {
	recordtest.Golden(t, "foreign-preview", text(foreign(t, "foreign-preview.json")))
}

package lifecycle_test

import (
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/lifecycle"
)

func TestTheClosestVersionCounts(t *testing.T) {
	for name, tt := range map[string]struct{ product, version, want string }{
		"a major version":            {lifecycle.PostgreSQL, "17", "2030-02-28"},
		"a minor one of it":          {lifecycle.PostgreSQL, "17.4", "2030-02-28"},
		"one with an end of its own": {lifecycle.AuroraPostgreSQL, "17.9", "2027-09-30"},
		"one that is not its prefix": {lifecycle.AuroraPostgreSQL, "17.10", "2027-12-31"},
		"long-term support":          {lifecycle.AuroraPostgreSQL, "16.8", "2029-02-28"},
		"a runtime":                  {lifecycle.Lambda, "nodejs22.x", "2027-04-30"},
		"an image":                   {lifecycle.AmazonLinux, "al2023-ami-kernel-default-arm64", "2029-06-30"},
		"no end announced":           {lifecycle.Valkey, "8.0", ""},
		"another number":             {lifecycle.PostgreSQL, "170", ""},
		"another product":            {"mysql", "17", ""},
		"nothing":                    {lifecycle.PostgreSQL, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			end, known := lifecycle.Of(tt.product, tt.version)
			assert.Equal(t, tt.want != "", known)
			if known {
				assert.Equal(t, tt.want, end.Day())
			}
		})
	}
}

func TestAYearsNotice(t *testing.T) {
	end, _ := lifecycle.Of(lifecycle.PostgreSQL, "14") // 2027-02-28
	day := func(text string) time.Time {
		d, err := time.Parse(time.DateOnly, text)
		require.NoError(t, err)
		return d
	}
	assert.False(t, end.Soon(day("2026-02-27")))
	assert.True(t, end.Soon(day("2026-03-02")))
	assert.False(t, end.Over(day("2027-02-28")), "the last day counts")
	assert.True(t, end.Over(day("2027-03-02")))
}

func TestEveryEndSaysWhence(t *testing.T) {
	for _, e := range lifecycle.Ends() {
		assert.Greater(t, e.On.Year(), 2020, "%s %s", e.Product, e.Version)
		_, err := time.Parse(time.DateOnly, e.Read)
		assert.NoError(t, err)
		page, err := url.Parse(e.Source)
		require.NoError(t, err)
		assert.Equal(t, "docs.aws.amazon.com", page.Host)
	}
}

package account

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/preflight"
)

// The document names every quota and every permission that a question needs.
func TestTheDocumentIsWhole(t *testing.T) {
	text, err := os.ReadFile("../../docs/doctor.md")
	require.NoError(t, err)
	for _, q := range preflight.Quotas() {
		assert.Contains(t, string(text), fmt.Sprintf("| `%s` | %s | `%s` %s |", q.Key, title(q), q.Service, q.Code))
	}
	w := full()
	w.deny = regexp.MustCompile(`.`)
	a, err := caller(t, w).Find(t.Context(), need())
	require.NoError(t, err)
	// A HEAD says nothing but that it is forbidden, and defaults are asked for second.
	want := []string{"s3:ListBucket", "servicequotas:GetAWSDefaultServiceQuota"}
	for _, u := range a.Unasked {
		if u.Permission != "" {
			want = append(want, strings.Split(u.Permission, " and ")...)
		}
	}
	slices.Sort(want)
	_, list, _ := strings.Cut(string(text), "## Permissions")
	var listed []string
	for _, m := range regexp.MustCompile("`([a-z0-9-]+:[A-Za-z]+)`").FindAllStringSubmatch(list, -1) {
		listed = append(listed, m[1])
	}
	slices.Sort(listed)
	assert.Equal(t, slices.Compact(want), listed)
}

// title is what a quota counts, with what it counts in.
func title(q preflight.Quota) string {
	if q.Within == "" {
		return q.Noun
	}
	return q.Noun + " in one " + q.Within
}

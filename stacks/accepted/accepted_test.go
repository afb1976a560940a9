package accepted

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/rung-dev/rung/stacks/ladder"
)

// given is a configuration of these keys.
func given(stage ladder.Number, keys map[string]string) Config {
	return Config{Stage: stage, Get: func(key string) string { return keys[key] }}
}

func rules(list []Entry) map[string]bool {
	all := map[string]bool{}
	for _, e := range list {
		all[e.Rule] = true
	}
	return all
}

func TestEveryEntrySaysWhatAndWhy(t *testing.T) {
	for _, e := range Entries() {
		assert.NotEmpty(t, e.Rule)
		assert.NotEmpty(t, e.Resources, e.Rule)
		assert.Greater(t, len(e.Reason), 20, e.Rule)
		assert.Equal(t, e.holds == nil, e.When == "", "%s: When and the condition belong together", e.Rule)
	}
}

func TestNothingIsAcceptedOfOtherPrograms(t *testing.T) {
	assert.Empty(t, For(given(0, nil)))
}

func TestEntriesEndWhereTheReasonEnds(t *testing.T) {
	first, third, fourth := rules(For(given(1, nil))), rules(For(given(3, nil))), rules(For(given(4, nil)))
	assert.True(t, first["s3-access-logs"] && first["queue-encrypted"] && first["alb-http-redirect"])
	assert.False(t, third["s3-access-logs"], "stage 3 has a bucket of logs")
	for _, e := range For(given(3, nil)) {
		assert.False(t, e.Rule == "queue-encrypted" && e.Covers("alerts-topic"), "stage 3 has a key for its alerts")
	}
	assert.True(t, third["cdn-logs-waf"])
	assert.False(t, fourth["cdn-logs-waf"] || fourth["alb-waf"], "stage 4 has a web ACL")
	assert.False(t, rules(For(given(3, map[string]string{"domain": "example.com"})))["alb-http-redirect"])
	behind := map[string]string{"domain": "example.com", "cdn": "cloudflare"}
	assert.True(t, rules(For(given(2, behind)))["edge-ssl-strict"])
	assert.False(t, rules(For(given(3, behind)))["edge-ssl-strict"], "the balancer has a certificate")
}

func TestKeysAreReadBothWays(t *testing.T) {
	for _, keys := range []map[string]string{{"database.multiAz": "false"}, {"database": `{"multiAz":false}`}} {
		assert.True(t, rules(For(given(3, keys)))["rds-multi-az"], keys)
	}
	assert.False(t, rules(For(given(3, map[string]string{"database": `{"multiAz":true}`})))["rds-multi-az"])
	assert.False(t, rules(For(given(3, map[string]string{"database": "no object"})))["rds-multi-az"])
}

func TestStarsCoverTheOtherRegions(t *testing.T) {
	e := Entry{Resources: []string{"*database*-primary", "network*-vpc"}}
	for name, want := range map[string]bool{
		"database-primary": true, "users-database-primary": true, "database-euw1-primary": true, "network-euw1-vpc": true,
		"database-replica-1": false, "network": false, "": false,
	} {
		assert.Equal(t, want, e.Covers(name), name)
	}
}

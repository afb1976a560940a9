package access

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/resource/token"
)

// registered are the types that the stages register, as their golden plans have them.
func registered(t *testing.T) (all []string) {
	t.Helper()
	files, err := filepath.Glob("../stacks/testdata/stage*.golden")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, path := range files {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		for _, m := range regexp.MustCompile(`(?m)^[+~-]+ (aws:[a-z0-9A-Z]+/[a-zA-Z0-9]+:[A-Za-z0-9]+) `).FindAllStringSubmatch(string(text), -1) {
			all = append(all, m[1])
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Every type that a stage registers has its actions, and each action is one of a service.
func TestEveryTypeHasItsActions(t *testing.T) {
	rows, err := Rows()
	require.NoError(t, err)
	types := registered(t)
	require.Greater(t, len(types), 50)
	for _, typ := range types {
		assert.Contains(t, rows, typ)
	}
	form := regexp.MustCompile(`^[a-z0-9-]+:[A-Z][A-Za-z]+\*?$`)
	for typ, row := range rows {
		assert.NotEmpty(t, row.Read, typ)
		for _, action := range slices.Concat(row.Read, row.Write) {
			assert.Regexp(t, form, action, typ)
		}
		for _, action := range row.Read {
			assert.Regexp(t, `:(Get|List|Describe|View|GET)`, action, "%s: a preview changes nothing", typ)
		}
	}
}

// need is a stack of every type.
func need(t *testing.T) Need {
	t.Helper()
	n := Need{Stack: "dev", Account: "111111111111", Regions: []string{"eu-west-1"}}
	for _, typ := range registered(t) {
		n.Things = append(n.Things, Thing{typ, "thing-0a1b2c3"})
	}
	return n
}

// actions are all that policies allow.
func actions(list []Document) (all []string) {
	for _, d := range list {
		for _, s := range d.Policy.Statement {
			all = append(all, s.Action...)
		}
	}
	return all
}

func TestRightsAreThoseOfTheStack(t *testing.T) {
	r, err := For(need(t))
	require.NoError(t, err)
	assert.Empty(t, r.Unknown)
	for _, action := range actions(r.Preview) {
		assert.NotRegexp(t, `:(Create|Delete|Put|Modify|Update|Run|Terminate|Pass|POST|PATCH|DELETE)`, action)
	}
	for _, d := range slices.Concat(r.Preview, r.Up) {
		text, err := json.Marshal(d.Policy)
		require.NoError(t, err)
		assert.LessOrEqual(t, len(text), 6144, d.Name)
		sids := map[string]bool{}
		for _, s := range d.Policy.Statement {
			assert.False(t, sids[s.Sid], "%s stands twice in %s", s.Sid, d.Name)
			assert.Regexp(t, `^[A-Za-z0-9]+$`, s.Sid)
			sids[s.Sid] = true
			assert.NotEmpty(t, s.Resource, s.Sid)
			assert.True(t, strings.HasPrefix(s.Sid, "Read") || s.Condition != nil, "%s changes things anywhere", s.Sid)
		}
	}
	for _, c := range r.Days {
		for _, d := range c.Policies {
			text, err := json.Marshal(d.Policy)
			require.NoError(t, err)
			assert.LessOrEqual(t, len(text), 6144, d.Name)
			for _, s := range d.Policy.Statement {
				assert.NotEmpty(t, s.Resource, "%s of %s", s.Sid, d.Name)
				assert.NotContains(t, strings.Join(s.Resource, " "), "{", "%s of %s", s.Sid, d.Name)
			}
		}
	}
	assert.LessOrEqual(t, len(r.Up), 20, "a role holds no more, even where the quota was raised")

	novel := "aws:new/" + "thing:Thing"
	small, err := For(Need{Stack: "dev", Things: []Thing{{token.SQSQueue, "q"}, {token.RandomId, ""}, {novel, "x"}}})
	require.NoError(t, err)
	assert.Equal(t, []string{novel}, small.Unknown, "what has no row is told")
	assert.Contains(t, actions(small.Up), "sqs:CreateQueue")
	for _, action := range actions(small.Up) {
		assert.False(t, strings.HasPrefix(action, "rds:"), "nothing of what the stack has not")
	}
}

func TestRolesArePassedToTheirServicesAlone(t *testing.T) {
	r, err := For(need(t))
	require.NoError(t, err)
	passes := 0
	for _, d := range r.Up {
		for _, s := range d.Policy.Statement {
			if slices.Contains(s.Action, passRole) {
				passes++
				assert.Equal(t, []string{"arn:aws:iam::111111111111:role/thing-*"}, s.Resource)
				assert.NotEmpty(t, s.Condition["StringEquals"]["iam:PassedToService"])
			}
			for _, resource := range s.Resource {
				assert.NotContains(t, resource, "{", s.Sid)
			}
		}
	}
	assert.Equal(t, 1, passes)
}

func TestTrust(t *testing.T) {
	r, err := ParseRepository("acme/shop", "12/34", "production")
	require.NoError(t, err)
	text := fmt.Sprint(r.For("111111111111", true))
	assert.Contains(t, text, "repo:acme/shop:environment:production")
	assert.Contains(t, text, "repo:acme@12/shop@34:environment:production")
	assert.Contains(t, text, "arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com")
	assert.Contains(t, fmt.Sprint(r.For("", false)), "repo:acme/shop:pull_request")
	for _, wrong := range [][3]string{{"shop", "", "x"}, {"acme/shop/x", "", "x"}, {"acme/*", "", "x"},
		{"acme/shop", "12", "x"}, {"acme/shop", "", ""}, {"acme/shop", "", "*"}} {
		_, err := ParseRepository(wrong[0], wrong[1], wrong[2])
		assert.Error(t, err, wrong)
	}
}

// What a command takes is of its own stack, and of what that has: machines by their tag,
// groups, logs, secrets and the bucket by their names.
func TestDaysAreOfTheStackAlone(t *testing.T) {
	policies := func(command string, things ...Thing) (text string) {
		r, err := For(Need{Stack: "dev", Account: "111111111111", Regions: []string{"eu-west-1"}, Things: things})
		require.NoError(t, err)
		days, err := json.Marshal(r.Only([]string{command}).Days)
		require.NoError(t, err)
		return string(days)
	}
	fleet := []Thing{{token.AutoScalingGroup, "web-group-0a1b2c3"}, {token.CloudWatchLogGroup, "web-logs-0a1b2c3"},
		{token.CloudWatchLogGroup, "cache-slow-log-0a1b2c3"}, {token.RDSInstance, "db"},
		{token.SecretsManagerSecret, "database-secret-store-0a1b2c3"}, {token.SecretsManagerSecret, "origin-store-0a1b2c3"},
		{token.S3BucketV2, "artifacts-bucket-0a1b2c3"}, {token.S3BucketV2, "uploads-bucket-0a1b2c3"}}
	for command, want := range map[string][2]string{
		"logs":    {`log-group:web-logs-*"`, "slow-log"},
		"db":      {"secret:database-secret-store-*", "origin-store"},
		"exec":    {`"ssm:resourceTag/rung:stack":["dev"]`, "ssm:StartSession"},
		"shell":   {"document/SSM-SessionManagerRunShell", "ssm:SendCommand"},
		"tunnel":  {"document/AWS-StartPortForwardingSessionToRemoteHost", "GetSecretValue"},
		"secret":  {"secret:rung/dev/*", "ssm:SendCommand"},
		"deploy":  {"artifacts-bucket-*/releases/dev.json", "autoscaling:Delete"},
		"restore": {"RestoreDBInstanceToPointInTime", "RestoreDBClusterToPointInTime"},
	} {
		assert.Contains(t, policies(command, fleet...), want[0], command)
		assert.NotContains(t, policies(command, fleet...), want[1], command)
	}
	assert.Equal(t, "[]", policies("maintenance", fleet...), "without a balancer there is none")
	assert.Equal(t, "[]", policies("failover", fleet...), "nor anything to fail over to in one region")
	assert.Contains(t, policies("logs", Thing{token.EC2Instance, ""}), "ssm:SendCommand", "a server keeps its log")
	assert.Empty(t, Rights{Preview: []Document{{}}, Up: []Document{{}}}.Only([]string{ForUp}).Preview)
}

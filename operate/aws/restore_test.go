package aws

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/operate"
)

// database is RDS' description of an instance.
func database(id, status, host string) string {
	return `<R><DBInstances><DBInstance><DBInstanceIdentifier>` + id + `</DBInstanceIdentifier><DBInstanceStatus>` + status +
		`</DBInstanceStatus><DBInstanceClass>db.m7g.large</DBInstanceClass><LatestRestorableTime>2026-11-30T11:55:00Z</LatestRestorableTime>
		<Endpoint><Address>` + host + `</Address><Port>5432</Port></Endpoint>
		<DBSubnetGroup><DBSubnetGroupName>subnets</DBSubnetGroupName></DBSubnetGroup>
		<DBParameterGroups><DBParameterGroup><DBParameterGroupName>parameters</DBParameterGroupName></DBParameterGroup></DBParameterGroups>
		<VpcSecurityGroups><VpcSecurityGroupMembership><VpcSecurityGroupId>sg-1</VpcSecurityGroupId></VpcSecurityGroupMembership>
		<VpcSecurityGroupMembership><VpcSecurityGroupId>sg-2</VpcSecurityGroupId></VpcSecurityGroupMembership></VpcSecurityGroups>
		</DBInstance></DBInstances></R>`
}

// backed is RDS with a primary, a replica and the states that a new instance goes through.
func backed(states ...string) *cloud {
	next := 0
	return &cloud{answers: map[string]any{
		"rds DescribeDBInstances": func(_ string, form url.Values) string {
			switch id := form.Get("DBInstanceIdentifier"); id {
			case "db-1":
				return database(id, "available", "replica")
			case "db-2":
				return database(id, "available", "primary")
			}
			state := states[min(next, len(states)-1)]
			next++
			if strings.HasPrefix(state, "!") {
				return state
			}
			return database("new", state, "new.rds")
		},
		"rds DescribeDBInstanceAutomatedBackups": `<R><DBInstanceAutomatedBackups><DBInstanceAutomatedBackup><RestoreWindow>
			<EarliestTime>2026-11-23T03:00:00Z</EarliestTime></RestoreWindow></DBInstanceAutomatedBackup></DBInstanceAutomatedBackups></R>`,
		"rds RestoreDBInstanceToPointInTime": `<R/>`,
	}}
}

var primary = operate.Store{Name: "database", Kind: operate.Database, Region: ireland, Host: "primary", Port: 5432,
	Secret:   "arn:secret",
	Database: "app"}

// The new instance has what the first has, and AWS would not give it.
func TestRestore(t *testing.T) {
	c := backed("!DBInstanceNotFound", "creating", "backing-up", "available")
	var said []string
	made, err := driver(t, c).Restore(t.Context(), stack(),
		operate.Restoring{Of: primary, At: at.Add(-time.Hour), Name: "new"},
		func(line string) { said = append(said, line) })
	require.NoError(t, err)
	assert.Equal(t, operate.Restored{Name: "new", Host: "new.rds", Port: 5432, At: at.Add(-time.Hour)}, made)
	assert.Equal(t, []string{"new is creating", "new is backing-up", "new is available"}, said)
	asked := ""
	for _, text := range c.said {
		if rest, ok := strings.CutPrefix(text, "rds RestoreDBInstanceToPointInTime "); ok {
			asked = rest
		}
	}
	form, err := url.ParseQuery(asked)
	require.NoError(t, err)
	for key, want := range map[string]string{"SourceDBInstanceIdentifier": "db-2", "TargetDBInstanceIdentifier": "new",
		"RestoreTime": "2026-11-30T11:00:00Z", "DBSubnetGroupName": "subnets", "DBParameterGroupName": "parameters",
		"VpcSecurityGroupIds.VpcSecurityGroupId.1": "sg-1", "VpcSecurityGroupIds.VpcSecurityGroupId.2": "sg-2",
		"DBInstanceClass": "db.m7g.large", "DeletionProtection": "true", "PubliclyAccessible": "false", "UseLatestRestorableTime": ""} {
		assert.Equal(t, want, form.Get(key), key)
	}

	c = backed("available")
	made, err = driver(t, c).Restore(t.Context(), stack(), operate.Restoring{Of: primary, Name: "new"}, func(string) {})
	require.NoError(t, err)
	assert.Equal(t, at.Add(-5*time.Minute), made.At.UTC(), "the latest")
}

func TestRestoreRefuses(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(c *cloud, r *operate.Restoring)
		want   string
		before bool // anything was made
	}{
		"a moment too early":  {func(_ *cloud, r *operate.Restoring) { r.At = at.AddDate(0, -1, 0) }, "want a moment from 2026-11-23T03:00:00Z to 2026-11-30T11:55:00Z", true},
		"a moment too late":   {func(_ *cloud, r *operate.Restoring) { r.At = at }, "no backup goes there", true},
		"no backups":          {func(c *cloud, _ *operate.Restoring) { c.answers["rds DescribeDBInstanceAutomatedBackups"] = "<R/>" }, "has no automated backups", true},
		"no right to look":    {func(c *cloud, _ *operate.Restoring) { c.deny = regexp.MustCompile("AutomatedBackups") }, "your role needs rds:DescribeDBInstanceAutomatedBackups", true},
		"no right to restore": {func(c *cloud, _ *operate.Restoring) { c.deny = regexp.MustCompile("RestoreDB") }, "your role needs rds:RestoreDBInstanceToPointInTime", false},
		"a name that is taken": {func(c *cloud, _ *operate.Restoring) {
			c.answers["rds RestoreDBInstanceToPointInTime"] = "!DBInstanceAlreadyExists"
		}, "give another --name", false},
		"an account that is full": {func(c *cloud, _ *operate.Restoring) {
			c.answers["rds RestoreDBInstanceToPointInTime"] = "!InstanceQuotaExceeded"
		}, "restore database to new: the account has as many instances as it may", false},
		"one that is being changed": {func(c *cloud, _ *operate.Restoring) {
			c.answers["rds RestoreDBInstanceToPointInTime"] = "!InvalidDBInstanceState"
		}, "it is being changed, or not up: try again", false},
		"one that fails":  {func(c *cloud, _ *operate.Restoring) { *c = *backed("creating", "incompatible-network") }, "new, the new one, is incompatible-network", false},
		"on the server":   {func(_ *cloud, r *operate.Restoring) { r.Of.Host = operate.Beside }, "docs/restore.md says how a dump comes back", true},
		"one that is not": {func(_ *cloud, r *operate.Restoring) { r.Of.Host = "elsewhere" }, "AWS knows no instance of it at elsewhere", true},
	} {
		t.Run(name, func(t *testing.T) {
			c, r := backed("available"), operate.Restoring{Of: primary, Name: "new"}
			tt.change(c, &r)
			_, err := driver(t, c).Restore(t.Context(), stack(), r, func(string) {})
			require.ErrorContains(t, err, tt.want)
			if tt.before {
				assert.Zero(t, c.asked["rds RestoreDBInstanceToPointInTime"])
			}
		})
	}
}

func TestLogin(t *testing.T) {
	secret := func(text string) *cloud {
		return &cloud{answers: map[string]any{
			"secretsmanager GetSecretValue": asJSON(map[string]string{"SecretString": text})}}
	}
	c := secret(`{"username":"app","password":"p w","dbname":"shop"}`)
	login, err := driver(t, c).Login(t.Context(), operate.Machine{}, primary)
	require.NoError(t, err)
	assert.Equal(t, operate.Login{User: "app", Password: "p w", Database: "app"}, login)
	assert.Contains(t, c.said[0], "arn:secret")
	nameless := primary
	nameless.Database = ""
	login, err = driver(t, c).Login(t.Context(), operate.Machine{}, nameless)
	require.NoError(t, err)
	assert.Equal(t, "shop", login.Database)

	_, err = driver(t, secret("p w")).Login(t.Context(), operate.Machine{}, primary)
	require.ErrorContains(t, err, "has no username and password")
	assert.NotContains(t, err.Error(), "p w")
	c.deny = regexp.MustCompile(".")
	_, err = driver(t, c).Login(t.Context(), operate.Machine{}, primary)
	require.ErrorContains(t, err, "your role needs secretsmanager:GetSecretValue on arn:secret")
	_, err = driver(t, c).Login(t.Context(), operate.Machine{}, operate.Store{Name: "database", Host: operate.Beside})
	require.ErrorIs(t, err, operate.ErrNotHere)
	_, err = driver(t, c).Login(t.Context(), operate.Machine{}, operate.Store{Name: "database", Host: "x"})
	require.ErrorContains(t, err, "names no secret")
}

package database

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/record/recordtest"
	"github.com/rung-dev/rung/resource/token"
)

func TestEngineVersions(t *testing.T) {
	for name, tt := range map[string]struct {
		engine  Engine
		version string
		family  string // empty for one that is refused
	}{
		"PostgreSQL, left out":   {"", "", "postgres17"},
		"PostgreSQL 14":          {PostgreSQL, "14", "postgres14"},
		"PostgreSQL 15":          {PostgreSQL, "15.13", "postgres15"},
		"PostgreSQL 18":          {PostgreSQL, "18", "postgres18"},
		"PostgreSQL 18.1":        {PostgreSQL, "18.1", "postgres18"},
		"PostgreSQL 13":          {PostgreSQL, "13", ""},
		"PostgreSQL 170":         {PostgreSQL, "170", ""},
		"PostgreSQL of words":    {PostgreSQL, "17.x", ""},
		"MySQL, left out":        {MySQL, "", "mysql8.4"},
		"MySQL 8.0":              {MySQL, "8.0", "mysql8.0"},
		"MySQL 8.4.5":            {MySQL, "8.4.5", "mysql8.4"},
		"MySQL 5.7":              {MySQL, "5.7", ""},
		"PostgreSQL's of MySQL":  {MySQL, "17", ""},
		"an engine of elsewhere": {"mariadb", "11.4", ""},
	} {
		t.Run(name, func(t *testing.T) {
			args := Args{Engine: tt.engine, EngineVersion: tt.version}.withDefaults()
			if tt.family == "" {
				require.NotEmpty(t, args.checkEngine())
				return
			}
			require.Empty(t, args.checkEngine())
			assert.Equal(t, tt.family, family(args.Engine, args.EngineVersion))
		})
	}
}

func TestNamesFitTheEngine(t *testing.T) {
	for name, tt := range map[string]struct {
		engine         Engine
		user, database string
		want           string // empty for names that are taken
	}{
		"PostgreSQL's long names":  {PostgreSQL, "a_rather_long_user_name", "_app", ""},
		"PostgreSQL's own":         {PostgreSQL, "pg_app", "app", "reserved by RDS or PostgreSQL"},
		"admin is MySQL's usual":   {MySQL, "admin", "app", ""},
		"admin is PostgreSQL's":    {PostgreSQL, "admin", "app", "reserved"},
		"17 letters are too many":  {MySQL, "a2345678901234567", "app", "1 to 16"},
		"MySQL begins with letter": {MySQL, "app", "_app", "beginning with a letter"},
		"MySQL's own":              {MySQL, "app", "sys", "reserved by RDS or MySQL"},
	} {
		t.Run(name, func(t *testing.T) {
			args := Args{Engine: tt.engine, Username: tt.user, DatabaseName: tt.database}.withDefaults()
			err := args.validate()
			if tt.want == "" {
				require.NotContains(t, err.Error(), "name:")
				require.NotContains(t, err.Error(), "Name:")
				return
			}
			require.ErrorContains(t, err, tt.want)
		})
	}
}

// mysql records a MySQL with a replica and a proxy.
func mysql(t *testing.T, change func(*Args)) (rec *record.Recording, db *Database) {
	t.Helper()
	rec = recordtest.Run(t, func(ctx *pulumi.Context) (err error) {
		args := placed(func(a *Args) {
			a.Engine, a.Replicas = MySQL, 1
			change(a)
		})
		if db, err = New(ctx, "database", args); err != nil {
			return err
		}
		_, err = NewProxy(ctx, "proxy", ProxyArgs{VPCID: args.VPCID, Subnets: args.Subnets, Database: db,
			Clients: []part.Client{{Name: "web", SecurityGroupID: pulumi.String("sg-web")}}})
		return err
	})
	return rec, db
}

func TestMySQLIsSetAsRDSWantsIt(t *testing.T) {
	rec, db := mysql(t, func(a *Args) { a.Class = "db.t4g.small" })
	assert.Equal(t, MySQLPort, db.Endpoint.Port)
	primary := recordtest.Named(t, rec, token.RDSInstance, "database-primary")
	assert.Equal(t, "mysql", primary.String("engine"))
	assert.Equal(t, "8.4", primary.String("engineVersion"))
	assert.EqualValues(t, 3306, primary.Number("port"))
	assert.Equal(t, []any{"error", "slowquery"}, primary.Value("enabledCloudwatchLogsExports"))
	assert.Nil(t, primary.Value("performanceInsightsEnabled"), "RDS refuses it on small classes of MySQL")
	group := recordtest.Only(t, rec, token.RDSParameterGroup)
	assert.Equal(t, "mysql8.4", group.String("family"))
	assert.Contains(t, group.Inputs["parameters"],
		map[string]any{"name": "require_secure_transport", "value": "1", "applyMethod": "immediate"})
	for _, rule := range rec.All(token.VPCSecurityGroupIngressRule) {
		assert.EqualValues(t, 3306, rule.Number("fromPort"), rule.Name)
	}
	proxy := recordtest.Only(t, rec, token.RDSProxy)
	assert.Equal(t, "MYSQL", proxy.String("engineFamily"))
	assert.Equal(t, "MYSQL_CACHING_SHA2_PASSWORD", proxy.Value("auths[0].clientPasswordAuthType"))
}

func TestEachEngineHasItsOwnLogOfChanges(t *testing.T) {
	for engine, want := range map[Engine]string{PostgreSQL: "TransactionLogsDiskUsage", MySQL: "BinLogDiskUsage"} {
		k := kinds[engine]
		list := k.primaryAlarms(k.limitsFor(8, 50), nil)
		assert.Equal(t, want, list[len(list)-1].Metric)
	}
	assert.Equal(t, 901, kinds[PostgreSQL].connections.Of(8))
	assert.Equal(t, 682, kinds[MySQL].connections.Of(8))
}

func TestInsightsOnAllButSmallClassesOfMySQL(t *testing.T) {
	assert.True(t, kinds[PostgreSQL].insights("db.t4g.micro"))
	assert.False(t, kinds[MySQL].insights("db.t4g.micro"))
	assert.True(t, kinds[MySQL].insights("db.t4g.medium"))
	assert.True(t, kinds[MySQL].insights("db.m7g.large"))
}

package database

import (
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/record/recordtest"
	"github.com/rung-dev/rung/resource/token"
)

func TestBackupsAreKeptInAnotherRegion(t *testing.T) {
	rec := recordtest.Run(t, func(ctx *pulumi.Context) error {
		d, err := New(ctx, "database", placed(func(a *Args) { a.BackupDays = 14 }))
		if err != nil {
			return err
		}
		ireland, err := aws.NewProvider(ctx, "aws-eu-west-1", &aws.ProviderArgs{Region: pulumi.String("eu-west-1")})
		if err != nil {
			return err
		}
		return d.CopyBackups(BackupCopy{Code: "euw1", Provider: ireland, KMSKeyARN: pulumi.String(irishKey)})
	})
	backups := recordtest.Only(t, rec, token.RDSInstanceAutomatedBackupsReplication)
	assert.Equal(t, "database-backups-euw1", backups.Name)
	assert.Equal(t, "eu-west-1", backups.Region)
	assert.Equal(t, recordtest.Named(t, rec, token.RDSInstance, "database-primary").Output("arn"),
		backups.Value("sourceDbInstanceArn"))
	assert.Equal(t, irishKey, backups.String("kmsKeyId"))
	assert.InDelta(t, 14, backups.Number("retentionPeriod"), 0)
}

func TestCheckBackupCopy(t *testing.T) {
	good := BackupCopy{Code: "euw1", Provider: &aws.Provider{}, KMSKeyARN: pulumi.String(irishKey), Days: 7}
	original := &Database{args: Args{BackupDays: 7}}
	tests := map[string]struct {
		of   *Database
		give BackupCopy
		want []string
	}{
		"an original": {of: original, give: good},
		"a promoted":  {of: &Database{args: Args{BackupDays: 7, Source: original, Promoted: true}}, give: good},
		"a copy":      {of: &Database{args: Args{BackupDays: 7, Source: original}}, give: good, want: []string{"it is a copy itself"}},
		"none to copy": {of: &Database{args: Args{BackupDays: NoBackups}}, give: BackupCopy{Days: 3},
			want: []string{"it has no backups", "Code: required", "Provider: required", "KMSKeyARN: required", "Days: got 3, want 7 to 35"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			err := tt.of.checkBackupCopy(tt.give)
			if tt.want == nil {
				require.NoError(t, err)
			}
			for _, part := range tt.want {
				assert.ErrorContains(t, err, part)
			}
		})
	}
}

// Package backup simulates AWS Backup: vaults, their locks and policies, plans and selections.
package backup

import (
	"fmt"
	"regexp"

	"github.com/rung-dev/rung/offline/aws/internal/check"
	"github.com/rung-dev/rung/offline/aws/internal/made"
	"github.com/rung-dev/rung/offline/aws/internal/policy"
	"github.com/rung-dev/rung/offline/aws/internal/refer"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// badBackup is AWS Backup's refusal of a parameter.
const badBackup = "InvalidParameterValueException"

// Kinds is the table of AWS Backup. Vaults never hold recovery points: there is
// no time in which a plan could make one.
func Kinds() []sim.Kind {
	name := sim.Pattern{Match: regexp.MustCompile(`^[0-9A-Za-z_-]{2,50}$`),
		Want: "2 to 50 letters, digits, hyphens and underscores"}
	onVault := func(missing string) []sim.Ref {
		return []sim.Ref{{Path: "backupVaultName", To: []sim.Target{{Token: token.BackupVault}}, Missing: missing}}
	}
	vaultARN := func(o *sim.Op) sim.Props {
		return sim.Props{"backupVaultArn": o.ARN("backup", "backup-vault:"+o.In.Str("backupVaultName"))}
	}
	byVault := func(o *sim.Op) string { return o.In.Str("backupVaultName") }
	return []sim.Kind{
		{
			Token: token.BackupVault, Service: "Backup", API: "BackupVault", Noun: "Backup Vault",
			Name: &sim.Name{Auto: true, Max: 50, Pattern: name}, Defaults: sim.Props{"forceDestroy": false},
			ReplaceOn: []string{"kmsKeyArn", "name"},
			Outputs: func(o *sim.Op) sim.Props {
				return sim.Props{
					"arn": o.ARN("backup", "backup-vault:"+o.NameOf()), "recoveryPoints": 0, "kmsKeyArn": o.ARN("kms", "key/"+made.Key(o, "backup")),
				}
			},
			Refs:  []sim.Ref{refer.Key("kmsKeyArn", badBackup)},
			Rules: sim.Many(sim.Create, refer.TakenID("AlreadyExistsException")),
		},
		{
			Token: token.BackupPlan, Service: "Backup", API: "BackupPlan", Noun: "Backup Plan",
			ID:   func(o *sim.Op) string { return o.UUID("plan") },
			Name: &sim.Name{Auto: true, Max: 50, Taken: "AlreadyExistsException"}, Required: []string{"rules"}, Sets: []string{"rules"},
			Defaults: sim.Props{"rules.startWindow": 60.0, "rules.completionWindow": 180.0}, ReplaceOn: []string{"name"},
			Ranges: map[string]sim.Range{"rules.startWindow": {Min: 60, Max: 144000}, "rules.completionWindow": {Min: 120, Max: 144000}},
			Outputs: func(o *sim.Op) sim.Props {
				return sim.Props{"arn": o.ARN("backup", "backup-plan:"+o.ID), "version": o.Upper(24, "version")}
			},
			Refs: []sim.Ref{
				{Path: "rules.targetVaultName", To: []sim.Target{{Token: token.BackupVault}}, Missing: "ResourceNotFoundException", InUse: "InvalidRequestException"},
				{
					Path: "rules.copyActions.destinationVaultArn", To: []sim.Target{{Token: token.BackupVault, By: "arn"}}, Missing: "ResourceNotFoundException",
					AnyRegion: true,
				},
			},
			Rules: sim.Many(sim.Create|sim.Update, coldLongEnough, windowsFollow),
		},
		{
			Token: token.BackupSelection, Service: "Backup", API: "BackupSelection", Noun: "Backup Selection",
			ID:   func(o *sim.Op) string { return o.UUID("selection") },
			Name: &sim.Name{Auto: true, Max: 50, Pattern: name},
			ReplaceOn: []string{
				"conditions", "iamRoleArn", "name", "notResources", "planId", "resources", "selectionTags",
			},
			Sets: []string{"selectionTags", "conditions"}, Enums: map[string][]string{"selectionTags.type": {"STRINGEQUALS"}},
			Outputs: func(*sim.Op) sim.Props { return sim.Props{"conditions": []any{}, "notResources": []any{}} },
			Refs: []sim.Ref{
				{Path: "planId", To: []sim.Target{{Token: token.BackupPlan}}, Missing: "ResourceNotFoundException", InUse: "InvalidRequestException"},
				refer.Role("iamRoleArn", badBackup),
			},
		},
		{
			Token: token.BackupVaultLockConfiguration, Service: "Backup", API: "BackupVaultLockConfiguration",
			Noun: "Backup Vault Lock Configuration", ID: byVault, Outputs: vaultARN, Refs: onVault("ResourceNotFoundException"),
			Verbs:  map[sim.Verb]string{sim.Create: "PutBackupVaultLockConfiguration"},
			Ranges: map[string]sim.Range{"changeableForDays": {Min: 3, Max: 36500}, "minRetentionDays": {Min: 1, Max: 36500}, "maxRetentionDays": {Min: 1, Max: 36500}},
			Checks: []sim.Check{lockOrder}, ReplaceOn: []string{"backupVaultName", "changeableForDays", "maxRetentionDays", "minRetentionDays"},
		},
		{
			Token: token.BackupVaultPolicy, Service: "Backup", API: "BackupVaultAccessPolicy", Noun: "Backup Vault Policy",
			Verbs: map[sim.Verb]string{sim.Create: "PutBackupVaultAccessPolicy", sim.Update: "PutBackupVaultAccessPolicy"},
			ID:    byVault, Outputs: vaultARN, JSON: []string{"policy"}, ReplaceOn: []string{"backupVaultName"}, Refs: onVault("ResourceNotFoundException"),
			Rules: sim.Many(sim.Create|sim.Update, vaultPolicyValid),
		},
	}
}

// coldDays is how long a backup stays in cold storage at least (AWS Backup
// developer guide, lifecycle).
const coldDays = 90

func coldLongEnough(o *sim.Op) error {
	for _, rule := range o.In.Maps("rules") {
		cold, gone := rule.Int("lifecycle.coldStorageAfter"), rule.Int("lifecycle.deleteAfter")
		if cold > 0 && gone > 0 && gone < cold+coldDays {
			return sim.Refuse(badBackup,
				fmt.Sprintf("Invalid lifecycle. DeleteAfterDays cannot be less than %d days apart from MoveToColdStorageAfterDays",
					coldDays),
				fmt.Sprintf("Rule %q: delete after %d days or more.", rule.Str("ruleName"), cold+coldDays))
		}
		if days := rule.Int("lifecycle.deleteAfter"); rule.Bool("enableContinuousBackup") && (days < 1 || days > 35) {
			return sim.Refuse(badBackup, "Continuous backups are kept for 1 to 35 days",
				fmt.Sprintf("Set lifecycle.deleteAfter of rule %q.", rule.Str("ruleName")))
		}
	}
	return nil
}

func windowsFollow(o *sim.Op) error {
	for _, rule := range o.In.Maps("rules") {
		if rule.Int("completionWindow") < rule.Int("startWindow")+60 {
			return sim.Refuse(badBackup,
				"Invalid completion window: it must be at least 60 minutes longer than the start window",
				fmt.Sprintf("Lengthen completionWindow of rule %q.", rule.Str("ruleName")))
		}
	}
	return nil
}

func lockOrder(in sim.Props) []sim.Failure {
	least, most := in.Int("minRetentionDays"), in.Int("maxRetentionDays")
	if most == 0 || least <= most {
		return nil
	}
	return check.Wrong("maxRetentionDays", "got %d, want at least minRetentionDays, %d", most, least)
}

func vaultPolicyValid(o *sim.Op) error {
	if _, err := policy.Grants(o.In.Str("policy")); err != nil {
		return sim.Refuse(badBackup, err.Error(), "Mend the vault's policy.")
	}
	return nil
}

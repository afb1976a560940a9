// Package efs simulates EFS: file systems with their policies, the targets by which a network mounts
// them, and access points. What they hold is not simulated, nor are replicas.
package efs

import (
	"fmt"

	"github.com/rung-dev/rung/offline/aws/internal/check"
	"github.com/rung-dev/rung/offline/aws/internal/made"
	"github.com/rung-dev/rung/offline/aws/internal/place"
	"github.com/rung-dev/rung/offline/aws/internal/policy"
	"github.com/rung-dev/rung/offline/aws/internal/refer"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

const (
	missing = "FileSystemNotFound"
	// badRequest is EFS's code for parameters that do not fit together. The wording of what
	// it says then is not AWS's: it was not found documented.
	badRequest = "BadRequest"
)

// Kinds is the table of EFS.
func Kinds() []sim.Kind {
	return []sim.Kind{fileSystem(), mountTarget(), accessPoint(), fileSystemPolicy(), backupPolicy()}
}

// ofSystem is the reference of everything that belongs to a file system.
func ofSystem(inUse string) sim.Ref {
	return sim.Ref{Path: "fileSystemId", To: []sim.Target{{Token: token.EFSFileSystem}}, Missing: missing, InUse: inUse}
}

// afterDays are when unread files may move on.
var afterDays = []string{
	"AFTER_1_DAY", "AFTER_7_DAYS", "AFTER_14_DAYS", "AFTER_30_DAYS", "AFTER_60_DAYS", "AFTER_90_DAYS", "AFTER_180_DAYS",
	"AFTER_270_DAYS", "AFTER_365_DAYS",
}

func fileSystem() sim.Kind {
	return sim.Kind{
		Token: token.EFSFileSystem, Service: "EFS", API: "FileSystem", Noun: "EFS File System", IDPrefix: "fs",
		Verbs:    map[sim.Verb]string{sim.Update: "UpdateFileSystem"},
		Defaults: sim.Props{"throughputMode": "bursting"},
		Enums: map[string][]string{
			"performanceMode": {"generalPurpose", "maxIO"}, "throughputMode": {"bursting", "provisioned", "elastic"},
			"lifecyclePolicies.transitionToIa": afterDays, "lifecyclePolicies.transitionToArchive": afterDays,
			"lifecyclePolicies.transitionToPrimaryStorageClass": {"AFTER_1_ACCESS"},
			"protection.replicationOverwrite":                   {"ENABLED", "DISABLED"},
		},
		Lengths:   map[string]sim.Range{"creationToken": {Max: 64}},
		Checks:    []sim.Check{fewPolicies},
		ReplaceOn: []string{"availabilityZoneName", "creationToken", "encrypted", "kmsKeyId", "performanceMode"},
		Outputs:   systemOutputs,
		Changing: func(o *sim.Op) []string {
			if o.Changed("tags") {
				return []string{"name"}
			}
			return nil
		},
		Refs: []sim.Ref{refer.Key("kmsKeyId", badRequest)},
		Rules: append(sim.Many(sim.Create, tokenFree), sim.Many(sim.Create|sim.Update, keyNeedsEncryption,
			throughputGiven, elasticIsGeneral)...),
		Quota: &sim.Quota{Key: "efs.file-systems", Default: 1000, Code: "FileSystemLimitExceeded"},
	}
}

// fewPolicies: a file system has one policy of each sort, of which there are three.
func fewPolicies(in sim.Props) []sim.Failure {
	if n := len(in.Maps("lifecyclePolicies")); n > 3 {
		return check.Wrong("lifecyclePolicies", "got %d, at most 3 are allowed", n)
	}
	return nil
}

func systemARN(o *sim.Op, id string) string { return o.ARN("elasticfilesystem", "file-system/"+id) }

func systemOutputs(o *sim.Op) sim.Props {
	out := sim.Props{
		"arn": systemARN(o, o.ID), "dnsName": o.ID + ".efs." + o.Region + ".amazonaws.com", "ownerId": o.Account,
		"availabilityZoneId": "", "availabilityZoneName": "", "creationToken": "terraform-" + o.Digits(18, "token") + o.Hex(8, "token"),
		"encrypted": false, "kmsKeyId": "", "name": o.In.Str("tags.Name"), "numberOfMountTargets": 0,
		"performanceMode": "generalPurpose", "protection": map[string]any{"replicationOverwrite": "ENABLED"},
		"sizeInBytes": []any{map[string]any{"value": 6144.0, "valueInIa": 0.0, "valueInStandard": 6144.0}},
	}
	if zone := o.In.Str("availabilityZoneName"); zone != "" {
		out["availabilityZoneId"] = place.ZoneID(zone)
	}
	if o.In.Bool("encrypted") {
		out["kmsKeyId"] = o.ARN("kms", "key/"+made.Key(o, "elasticfilesystem"))
	}
	return out
}

// tokenFree refuses a creation token that another file system was made with.
func tokenFree(o *sim.Op) error {
	given := o.In.Str("creationToken")
	for _, other := range o.Others() {
		if given != "" && other.Props.Str("creationToken") == given {
			return sim.Refuse("FileSystemAlreadyExists",
				fmt.Sprintf("File system '%s' already exists with creation token '%s'", other.ID, given),
				"Give another creationToken, or leave it out to have one made.")
		}
	}
	return nil
}

// keyNeedsEncryption is the provider's own refusal, and EFS's ("CreateFileSystem", KmsKeyId).
func keyNeedsEncryption(o *sim.Op) error {
	if !o.In.Has("kmsKeyId") || o.In.Bool("encrypted") {
		return nil
	}
	return sim.Refuse(badRequest, "encrypted must be set to true when kms_key_id is specified", "Set encrypted to true.")
}

func throughputGiven(o *sim.Op) error {
	if o.In.Str("throughputMode") != "provisioned" || o.In.Num("provisionedThroughputInMibps") >= 1 {
		return nil
	}
	return sim.Refuse(badRequest, "ProvisionedThroughputInMibps is required when ThroughputMode is provisioned",
		"Give provisionedThroughputInMibps, or another throughputMode.")
}

// elasticIsGeneral: neither elastic throughput nor one zone goes with Max I/O (EFS user guide,
// "Amazon EFS performance specifications").
func elasticIsGeneral(o *sim.Op) error {
	if o.In.Str("performanceMode") != "maxIO" ||
		o.In.Str("throughputMode") != "elastic" && !o.In.Has("availabilityZoneName") {
		return nil
	}
	return sim.Refuse(badRequest, "The maxIO performance mode is not supported with elastic throughput or with One Zone "+
		"file systems", "Leave performanceMode out.")
}

func accessPoint() sim.Kind {
	return sim.Kind{
		Token: token.EFSAccessPoint, Service: "EFS", API: "AccessPoint", Noun: "EFS Access Point", IDPrefix: "fsap",
		Verbs:     map[sim.Verb]string{sim.Update: "TagResource"},
		ReplaceOn: []string{"fileSystemId", "posixUser", "rootDirectory"},
		Outputs: func(o *sim.Op) sim.Props {
			return sim.Props{
				"arn": o.ARN("elasticfilesystem", "access-point/"+o.ID), "fileSystemArn": systemARN(o, o.In.Str("fileSystemId")),
				"ownerId": o.Account, "rootDirectory": map[string]any{"path": "/"}, "rootDirectory.path": "/",
			}
		},
		Refs:  []sim.Ref{ofSystem("")},
		Quota: &sim.Quota{Key: "efs.access-points", Default: 10000, Code: "AccessPointLimitExceeded", Within: system},
	}
}

func system(o *sim.Op) string { return o.In.Str("fileSystemId") }

func fileSystemPolicy() sim.Kind {
	return sim.Kind{
		Token: token.EFSFileSystemPolicy, Service: "EFS", API: "FileSystemPolicy", Noun: "EFS File System Policy",
		Verbs: map[sim.Verb]string{sim.Create: "PutFileSystemPolicy", sim.Update: "PutFileSystemPolicy"},
		ID:    system, JSON: []string{"policy"}, ReplaceOn: []string{"fileSystemId"}, Refs: []sim.Ref{ofSystem("")},
		Rules: sim.Many(sim.Create|sim.Update, policy.Good("policy", "InvalidPolicyException", policy.Resource)),
	}
}

func backupPolicy() sim.Kind {
	return sim.Kind{
		Token: token.EFSBackupPolicy, Service: "EFS", API: "BackupPolicy", Noun: "EFS Backup Policy",
		Verbs: map[sim.Verb]string{sim.Create: "PutBackupPolicy", sim.Update: "PutBackupPolicy", sim.Delete: "PutBackupPolicy"},
		ID:    system, Enums: map[string][]string{"backupPolicy.status": {"ENABLED", "DISABLED"}},
		ReplaceOn: []string{"fileSystemId"}, Refs: []sim.Ref{ofSystem("")},
	}
}

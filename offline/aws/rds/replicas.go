package rds

import (
	"fmt"
	"strings"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// maxReplicas is how many replicas a source may have (RDS user guide).
const maxReplicas = 15

// source gives the instance that an operation's instance replicates.
func source(o *sim.Op) (sim.Props, bool) {
	return named(o, o.In.Str("replicateSourceDb"), o.Region)
}

// named gives the instance that a replica of a region calls its source: by
// identifier within the region, by ARN anywhere.
func named(o *sim.Op, name, region string) (sim.Props, bool) {
	for _, other := range o.Anywhere(token.RDSInstance) {
		here := other.Region == region && other.Props.Str("identifier") == name
		if name != "" && (here || other.Props.Str("arn") == name) {
			return other.Props, true
		}
	}
	return nil, false
}

// inherited is what an instance takes over where it says nothing itself: its
// source's, or what it had before it was promoted.
func inherited(o *sim.Op) sim.Props {
	from, ok := source(o)
	if !ok && !o.In.Has("username") {
		return o.Old
	}
	return from
}

// crossRegion reports whether an operation's instance replicates one of
// another region.
func crossRegion(o *sim.Op) bool {
	from, ok := source(o)
	return ok && regionOf(from) != o.Region
}

func isARN(name string) bool { return strings.HasPrefix(name, "arn:") }

func regionOf(db sim.Props) string {
	parts := strings.Split(db.Str("arn"), ":")
	if len(parts) < 4 {
		return ""
	}
	return parts[3]
}

// replicasOf are the instances that replicate this one.
func replicasOf(o *sim.Op, of sim.Props) []sim.Found {
	var out []sim.Found
	for _, other := range o.Anywhere(token.RDSInstance) {
		name := other.Props.Str("replicateSourceDb")
		here := other.Region == regionOf(of) && name == of.Str("identifier")
		if name != "" && (here || name == of.Str("arn")) {
			out = append(out, other)
		}
	}
	return out
}

// replicaRefused are the refusals of a new replica. The codes for a managed
// password, a password of its own, a key of its own and too many replicas are
// not verified; the limits are in the RDS user guide.
func replicaRefused(o *sim.Op) error {
	from, ok := source(o)
	if !ok {
		return nil
	}
	switch {
	case from.Int("backupRetentionPeriod") == 0:
		return sim.Refuse("InvalidDBInstanceState",
			"Automated backups are not enabled for this database instance. To enable automated backups, "+
				"use ModifyDBInstance to set the backup retention period to a non-zero value",
			fmt.Sprintf("Set backupRetentionPeriod of %s to 1 to 35 days first.", from.Str("identifier")))
	case from.Bool("manageMasterUserPassword"):
		return sim.Refuse("InvalidParameterCombination",
			"A read replica can't be created for a DB instance whose master user password is managed in Secrets Manager",
			"Give the source a password of your own instead of manageMasterUserPassword.")
	case o.In.Bool("manageMasterUserPassword") || o.In.Has("password"):
		return sim.Refuse("InvalidParameterCombination", "MasterUserPassword can't be set for a read replica",
			"Take password and manageMasterUserPassword away: a replica has its source's users.")
	case o.In.Has("storageEncrypted") && o.In.Bool("storageEncrypted") && !from.Bool("storageEncrypted"):
		return sim.Refuse("InvalidParameterCombination",
			"You cannot create an encrypted Read Replica from an unencrypted DB instance",
			"A replica is encrypted as its source is.")
	case o.In.Has("engine") && o.In.Str("engine") != from.Str("engine"):
		return sim.Refuse("InvalidParameterCombination", "The engine of a read replica must be its source's",
			"Take engine away.")
	case crossRegion(o) && from.Bool("storageEncrypted") && !o.In.Has("kmsKeyId"):
		return sim.Refuse("InvalidParameterCombination",
			"Cannot create a cross region unencrypted read replica from encrypted source",
			"Set storageEncrypted, and kmsKeyId to the ARN of a key in "+o.Region+".")
	case !crossRegion(o) && o.In.Has("kmsKeyId"):
		return sim.Refuse("InvalidParameterCombination",
			"A read replica in the same region is encrypted with the KMS key of its source",
			"Take kmsKeyId away.")
	case len(replicasOf(o, from)) >= o.Quota("rds.replicas-per-source", maxReplicas):
		return sim.Refuse("InstanceQuotaExceeded",
			fmt.Sprintf("The source DB instance already has %d read replicas", maxReplicas),
			"Delete a replica, or let replicas feed replicas.")
	}
	return nil
}

// maxChain and maxChainRegions bound replicas of replicas (RDS user guide,
// "Using cascading read replicas" and "Creating cross-Region cascading read
// replicas").
const maxChain, maxChainRegions = 3, 2

// chainFits: replicas may feed replicas, three in a row and over two regions.
// The codes are not verified.
func chainFits(o *sim.Op) error {
	regions, length := map[string]bool{o.Region: true}, 0
	for link, ok := source(o); ok; link, ok = named(o, link.Str("replicateSourceDb"), regionOf(link)) {
		length++
		regions[regionOf(link)] = true
	}
	switch {
	case length > maxChain:
		return sim.Refuse("InvalidParameterCombination",
			fmt.Sprintf("A chain of read replicas has at most %d replicas", maxChain),
			"Copy an instance that is nearer to the source.")
	case len(regions) > maxChainRegions:
		return sim.Refuse("InvalidParameterCombination",
			fmt.Sprintf("A chain of read replicas spans at most %d regions", maxChainRegions),
			"Copy the source itself into "+o.Region+".")
	}
	return nil
}

// sourceStays: a replica can be promoted, by taking its source away, and never
// be given another one. The provider itself refuses it.
func sourceStays(o *sim.Op) error {
	if !o.In.Has("replicateSourceDb") || !o.Changed("replicateSourceDb") {
		return nil
	}
	return fmt.Errorf("cannot elect new source database for replication: take replicateSourceDb back to %q; a copy of "+
		"another source is a new instance",
		o.Old.Str("replicateSourceDb"))
}

// promotedAlready: the provider promotes what its state takes for a replica,
// and RDS refuses what is none any more.
func promotedAlready(o *sim.Op) error {
	if o.State.Str("replicateSourceDb") == "" || o.In.Has("replicateSourceDb") || o.Old.Str("replicateSourceDb") != "" {
		return nil
	}
	return sim.Refuse("InvalidDBInstanceState", "DB Instance is not a read replica",
		"It has been promoted already: run a refresh, then go on.")
}

func backupsForReplicas(o *sim.Op) error {
	if o.Verb != sim.Update || o.In.Int("backupRetentionPeriod") > 0 || o.Old.Int("backupRetentionPeriod") == 0 ||
		len(replicasOf(o, o.Old)) == 0 {
		return nil
	}
	return sim.Refuse("InvalidDBInstanceState", "Automated backups can't be disabled on a DB instance with read replicas",
		"Keep backupRetentionPeriod at 1 or more, or delete the replicas first.")
}

func passwordForReplicas(o *sim.Op) error {
	if o.Verb != sim.Update || !o.In.Bool("manageMasterUserPassword") || len(replicasOf(o, o.Old)) == 0 {
		return nil
	}
	return sim.Refuse("InvalidParameterCombination",
		"The master user password of a DB instance with read replicas can't be managed in Secrets Manager",
		"Keep a password of your own.")
}

func backupsElsewhere(o *sim.Op) error {
	if !strings.Contains(o.In.Str("sourceDbInstanceArn"), ":"+o.Region+":") {
		return nil
	}
	return sim.Refuse("InvalidParameterValue", "Automated backups can't be replicated into the region of their source",
		"Give this resource a provider of another region.")
}

// backupsToCopy: there must be backups, and a key for those of an encrypted
// database. The code of the key is not verified.
func backupsToCopy(o *sim.Op) error {
	from, _ := named(o, o.In.Str("sourceDbInstanceArn"), "")
	switch {
	case from.Int("backupRetentionPeriod") == 0:
		return sim.Refuse("InvalidDBInstanceState", "Automated backups are not enabled for this database instance",
			fmt.Sprintf("Set backupRetentionPeriod of %s to 1 to 35 days first.", from.Str("identifier")))
	case from.Bool("storageEncrypted") && !o.In.Has("kmsKeyId"):
		return sim.Refuse("InvalidParameterCombination",
			"A KMS key is required to replicate the backups of an encrypted DB instance",
			"Set kmsKeyId to the ARN of a key in "+o.Region+".")
	}
	return nil
}

package s3

import (
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/rung-dev/rung/offline/aws/internal/refer"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

func bucketObjects() []sim.Kind {
	classes := append([]string{"STANDARD", "REDUCED_REDUNDANCY"}, storageClasses...)
	object := func(typ string) sim.Kind {
		return sim.Kind{
			Token: typ, Service: "S3", API: "Object", Noun: "S3 Object",
			Verbs:    map[sim.Verb]string{sim.Create: "PutObject", sim.Update: "PutObject"},
			ID:       objectID,
			Required: []string{"bucket", "key"}, Lengths: map[string]sim.Range{"key": {Min: 1, Max: 1024}},
			AtMostOneOf: [][]string{{"source", "content", "contentBase64"}, {"etag", "kmsKeyId"}},
			Defaults:    sim.Props{"forceDestroy": false},
			Enums: map[string][]string{
				"storageClass": classes, "serverSideEncryption": {"AES256", "aws:kms", "aws:kms:dsse"},
				"objectLockMode": {"GOVERNANCE", "COMPLIANCE"}, "objectLockLegalHoldStatus": {"ON", "OFF"},
			},
			ReplaceOn: []string{"bucket", "key"},
			Outputs:   objectOutputs, Changing: objectChanging,
			Refs:  append(onBucket(), refer.Key("kmsKeyId", "KMS.NotFoundException")),
			Rules: append(sim.Many(sim.Create|sim.Update, lockNeedsBucket), sim.Many(sim.Delete, objectUnlocked)...),
		}
	}
	return []sim.Kind{object(token.S3BucketObjectv2), object(token.S3BucketObject)}
}

// objectID is bucket and key: the provider's own id is the key alone, which two
// buckets may share. An object that a program left behind (retain on delete) and
// puts again is one more version of it, so that the put is not refused.
func objectID(o *sim.Op) string {
	id := o.In.Str("bucket") + "/" + o.In.Str("key")
	if _, taken := o.Find(o.Kind.Token, id); !taken {
		return id
	}
	return id + "?version=" + o.Lower(12, fmt.Sprint("put ", len(o.All(o.Kind.Token))))
}

func objectOutputs(o *sim.Op) sim.Props {
	body := objectBody(o.In)
	sum := md5.Sum(body)
	out := sim.Props{
		"arn":  "arn:" + o.Partition + ":s3:::" + o.In.Str("bucket") + "/" + o.In.Str("key"),
		"etag": hex.EncodeToString(sum[:]), "contentType": "application/octet-stream", "storageClass": "STANDARD",
		"serverSideEncryption": "AES256", "bucketKeyEnabled": false, "versionId": "",
	}
	if versioned(o, o.In.Str("bucket")) {
		out["versionId"] = o.Lower(32, "version "+hex.EncodeToString(sum[:]))
	}
	if o.In.Str("checksumAlgorithm") == "SHA256" {
		sum := sha256.Sum256(body)
		out["checksumSha256"] = base64.StdEncoding.EncodeToString(sum[:])
	}
	return out
}

// objectBody stands for the object's bytes: the text given, or for a file what
// the engine says of it, its hash first of all.
func objectBody(in sim.Props) []byte {
	if in.Has("source") {
		if hash := in.Str("source.hash"); hash != "" {
			return []byte(hash)
		}
		text, _ := json.Marshal(in["source"]) // unknown or plain: cannot fail
		return text
	}
	if text, err := base64.StdEncoding.DecodeString(in.Str("contentBase64")); err == nil && len(text) > 0 {
		return text
	}
	return []byte(in.Str("content"))
}

func objectChanging(o *sim.Op) []string {
	for _, key := range []string{"source", "content", "contentBase64", "sourceHash"} {
		if o.Changed(key) {
			return slices.DeleteFunc([]string{"etag", "versionId"}, func(k string) bool { return o.In.Has(k) })
		}
	}
	return nil
}

// versioned reports whether a bucket keeps versions.
func versioned(o *sim.Op, name string) bool {
	v, _ := o.Find(token.S3BucketVersioningV2, name)
	return v.Str("versioningConfiguration.status") == "Enabled" || bucket(o, name).Bool("versioning.enabled")
}

// versionedAnywhere is versioned for a bucket of any region, by its ARN.
func versionedAnywhere(o *sim.Op, arn string) bool {
	for _, v := range o.Anywhere(token.S3BucketVersioningV2) {
		if "arn:"+o.Partition+":s3:::"+v.ID == arn {
			return v.Props.Str("versioningConfiguration.status") == "Enabled"
		}
	}
	older, _ := refer.AnywhereBy(o, token.S3Bucket, "arn", arn)
	return older.Props.Bool("versioning.enabled")
}

func lockNeedsBucket(o *sim.Op) error {
	own := bucket(o, o.In.Str("bucket"))
	_, configured := o.Find(token.S3BucketObjectLockConfigurationV2, o.In.Str("bucket"))
	if (!o.In.Has("objectLockMode") && !o.In.Has("objectLockLegalHoldStatus")) || configured ||
		lockable(own) {
		return nil
	}
	return sim.Refuse("InvalidRequest", "Bucket is missing Object Lock Configuration",
		"Set objectLockEnabled on the bucket, or take the lock off the object.")
}

// objectUnlocked keeps locked objects. There is no time offline: a retention
// date counts as not yet reached.
func objectUnlocked(o *sim.Op) error {
	held := o.In.Str("objectLockLegalHoldStatus") == "ON"
	kept := o.In.Has("objectLockMode") && (!o.In.Bool("forceDestroy") || o.In.Str("objectLockMode") == "COMPLIANCE")
	if (!held || o.In.Bool("forceDestroy")) && !kept {
		return nil
	}
	return sim.Refuse("AccessDenied", "Access Denied because object protected by object lock",
		"Wait until its retention ends; forceDestroy lifts a legal hold and governance mode, nothing lifts compliance mode.")
}

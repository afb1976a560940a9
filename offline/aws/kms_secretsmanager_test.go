package aws_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/offline/simtest"
)

const (
	kmsKey        = "aws:kms/key:Key"
	kmsAlias      = "aws:kms/alias:Alias"
	kmsReplica    = "aws:kms/replicaKey:ReplicaKey"
	secret        = "aws:secretsmanager/secret:Secret"
	secretVersion = "aws:secretsmanager/secretVersion:SecretVersion"
)

const ownersPolicy = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:root"},` +
	`"Action":"kms:*","Resource":"*"},{"Effect":"Allow","Principal":{"Service":"cloudwatch.amazonaws.com"},"Action":"kms:Decrypt","Resource":"*"}]}`

func TestKeySettles(t *testing.T) {
	c := cloud(t, "us-east-1")
	in := sim.Props{"enableKeyRotation": true, "deletionWindowInDays": 30.0, "policy": ownersPolicy}
	k := c.Settled(kmsKey, "k", in)
	assert.Equal(t, "arn:aws:kms:us-east-1:123456789012:key/"+k.ID, k.Str("arn"))
	assert.Equal(t, k.ID, k.Str("keyId"))
	a := c.Settled(kmsAlias, "a", sim.Props{"name": "alias/app", "targetKeyId": k.ID})
	assert.Equal(t, k.Str("arn"), a.Str("targetKeyArn"))
	decides(t, c, k, in, map[string]change{
		"usage":    {sim.Props{"keyUsage": "SIGN_VERIFY"}, true},
		"regions":  {sim.Props{"multiRegion": true}, true},
		"rotation": {sim.Props{"enableKeyRotation": false}, false},
	})
	require.NoError(t, c.Delete(k))
}

func TestKeysRefused(t *testing.T) {
	c := cloud(t, "us-east-1")
	k := c.Must(kmsKey, "k", sim.Props{})
	multi := c.Must(kmsKey, "m", sim.Props{"multiRegion": true})
	c.Must(kmsAlias, "a", sim.Props{"name": "alias/app", "targetKeyId": k.ID})
	invalid(t, c, kmsKey, map[string]badInput{
		"window": {sim.Props{"deletionWindowInDays": 5.0}, "7 to 30"},
		"usage":  {sim.Props{"keyUsage": "X"}, "ENCRYPT_DECRYPT"},
	})
	const code = "MalformedPolicyDocumentException"
	refuses(t, c, map[string]refusal{
		"lockout": {kmsKey, sim.Props{"policy": `{"Statement":[{"Effect":"Allow","Principal":{"Service":"sns.amazonaws.com"},` +
			`"Action":"kms:*","Resource":"*"}]}`}, code, "update the key policy in the future"},
		"no policy": {kmsKey, sim.Props{"policy": "x"}, code, "valid JSON"},
		"nobody": {kmsKey, sim.Props{"policy": `{"Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:role/nobody"},` +
			`"Action":"kms:*","Resource":"*"}]}`}, code, "nobody"},
		"rotation":         {kmsKey, sim.Props{"enableKeyRotation": true, "customerMasterKeySpec": "RSA_2048"}, "UnsupportedOperationException", "symmetric"},
		"alias taken":      {kmsAlias, sim.Props{"name": "alias/app", "targetKeyId": k.ID}, "AlreadyExistsException", "another name"},
		"alias of AWS":     {kmsAlias, sim.Props{"name": "alias/aws/s3", "targetKeyId": k.ID}, "NotAuthorizedException", "reserved"},
		"alias of nothing": {kmsAlias, sim.Props{"name": "alias/b", "targetKeyId": "nothing"}, "NotFoundException", "exists"},
		"replica here":     {kmsReplica, sim.Props{"primaryKeyArn": multi.Str("arn")}, "AlreadyExistsException", "another region"},
		"replica of one":   {kmsReplica, sim.Props{"primaryKeyArn": k.Str("arn")}, "UnsupportedOperationException", "multiRegion"},
	})
	west := simtest.Open(t, awsPackage(t), c.Path, sim.Props{"region": "us-west-2"}, "")
	replica := west.Settled(kmsReplica, "r", sim.Props{"primaryKeyArn": multi.Str("arn"), "policy": ownersPolicy})
	assert.Equal(t, multi.ID, replica.ID, "it is the same key")
	alias := west.Settled(kmsAlias, "a", sim.Props{"targetKeyId": replica.ID})
	assert.Equal(t, replica.Str("arn"), alias.Str("targetKeyArn"))
	west.Settled(secret, "s", sim.Props{"kmsKeyId": replica.Str("arn")})
	refuses(t, west, map[string]refusal{
		"twice":             {kmsReplica, sim.Props{"primaryKeyArn": multi.Str("arn")}, "AlreadyExistsException", "another"},
		"key of elsewhere":  {secret, sim.Props{"kmsKeyId": multi.Str("arn")}, "InvalidParameterException", "exists"},
		"lockout of a copy": {kmsReplica, sim.Props{"primaryKeyArn": c.Must(kmsKey, "n", sim.Props{"multiRegion": true}).Str("arn"), "policy": `{"Statement":[]}`}, code, "update the key policy"},
	})
	mustRefuse(t, c.Delete(multi), "KMSInvalidStateException", "first")
}

func TestSecretSettles(t *testing.T) {
	c := cloud(t, "us-east-1")
	in := sim.Props{"description": "x", "recoveryWindowInDays": 30.0, "tags": obj{"a": "b"}}
	s := c.Settled(secret, "db-store", in)
	assert.Regexp(t, `^arn:aws:secretsmanager:us-east-1:123456789012:secret:db-store-[0-9a-f]{7}-[a-z0-9]{6}$`, s.ID)
	value := sim.Props{"secretId": s.ID, "secretString": "hush"}
	v := c.Settled(secretVersion, "db-version", value)
	assert.True(t, v.Outputs["secretString"].IsSecret())
	assert.Equal(t, s.ID+"|"+v.Str("versionId"), v.ID)
	decides(t, c, v, value, map[string]change{"value": {sim.Props{"secretString": "new"}, true}})
	decides(t, c, s, in, map[string]change{
		"name":        {sim.Props{"name": "other"}, true},
		"description": {sim.Props{"description": "y"}, false},
	})
}

func TestSecretWaitsForItsDeletion(t *testing.T) {
	c := cloud(t, "us-east-1")
	require.NoError(t, c.Delete(c.Must(secret, "s", sim.Props{"name": "waits"})))
	_, err := c.Create(secret, "s", sim.Props{"name": "waits"})
	mustRefuse(t, err, "InvalidRequestException", "scheduled for deletion")
	require.NoError(t, c.Delete(c.Must(secret, "s", sim.Props{"name": "gone", "recoveryWindowInDays": 0.0})))
	c.Must(secret, "s", sim.Props{"name": "gone"})
}

func TestSecretsRefused(t *testing.T) {
	c := cloud(t, "us-east-1")
	c.Must(secret, "s", sim.Props{"name": "taken"})
	invalid(t, c, secret, map[string]badInput{
		"window": {sim.Props{"recoveryWindowInDays": 3.0}, "7 to 30"},
		"name":   {sim.Props{"name": "a b"}, "letters"},
	})
	invalid(t, c, secretVersion, map[string]badInput{"no value": {sim.Props{"secretId": "a"}, "must be given"}})
	refuses(t, c, map[string]refusal{
		"taken":     {secret, sim.Props{"name": "taken"}, "ResourceExistsException", "another name"},
		"here":      {secret, sim.Props{"replicas": list{obj{"region": "us-east-1"}}}, "InvalidParameterException", "other regions"},
		"policy":    {secret, sim.Props{"policy": "x"}, "MalformedPolicyDocumentException", "valid JSON"},
		"no secret": {secretVersion, sim.Props{"secretId": "none", "secretString": "x"}, "ResourceNotFoundException", "exists"},
		"public": {"aws:secretsmanager/secretPolicy:SecretPolicy", sim.Props{
			"secretArn": "taken", "blockPublicPolicy": true,
			"policy": `{"Statement":[{"Effect":"Allow","Principal":"*","Action":"secretsmanager:*","Resource":"*"}]}`,
		}, "PublicPolicyException", "principal"},
	})
}

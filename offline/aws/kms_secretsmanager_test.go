package aws_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/offline/simtest"
	"github.com/rung-dev/rung/resource/token"
)

const ownersPolicy = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:root"},` +
	`"Action":"kms:*","Resource":"*"},{"Effect":"Allow","Principal":{"Service":"cloudwatch.amazonaws.com"},"Action":"kms:Decrypt","Resource":"*"}]}`

func TestKeySettles(t *testing.T) {
	c := cloud(t, "us-east-1")
	in := sim.Props{"enableKeyRotation": true, "deletionWindowInDays": 30.0, "policy": ownersPolicy}
	k := c.Settled(token.KMSKey, "k", in)
	assert.Equal(t, "arn:aws:kms:us-east-1:123456789012:key/"+k.ID, k.Str("arn"))
	assert.Equal(t, k.ID, k.Str("keyId"))
	a := c.Settled(token.KMSAlias, "a", sim.Props{"name": "alias/app", "targetKeyId": k.ID})
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
	k := c.Must(token.KMSKey, "k", sim.Props{})
	multi := c.Must(token.KMSKey, "m", sim.Props{"multiRegion": true})
	c.Must(token.KMSAlias, "a", sim.Props{"name": "alias/app", "targetKeyId": k.ID})
	invalid(t, c, token.KMSKey, map[string]badInput{
		"window": {sim.Props{"deletionWindowInDays": 5.0}, "7 to 30"},
		"usage":  {sim.Props{"keyUsage": "X"}, "ENCRYPT_DECRYPT"},
	})
	const code = "MalformedPolicyDocumentException"
	refuses(t, c, map[string]refusal{
		"lockout": {token.KMSKey, sim.Props{"policy": `{"Statement":[{"Effect":"Allow","Principal":{"Service":"sns.amazonaws.com"},` +
			`"Action":"kms:*","Resource":"*"}]}`}, code, "update the key policy in the future"},
		"no policy": {token.KMSKey, sim.Props{"policy": "x"}, code, "valid JSON"},
		"nobody": {token.KMSKey, sim.Props{"policy": `{"Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:role/nobody"},` +
			`"Action":"kms:*","Resource":"*"}]}`}, code, "nobody"},
		"rotation":         {token.KMSKey, sim.Props{"enableKeyRotation": true, "customerMasterKeySpec": "RSA_2048"}, "UnsupportedOperationException", "symmetric"},
		"alias taken":      {token.KMSAlias, sim.Props{"name": "alias/app", "targetKeyId": k.ID}, "AlreadyExistsException", "another name"},
		"alias of AWS":     {token.KMSAlias, sim.Props{"name": "alias/aws/s3", "targetKeyId": k.ID}, "NotAuthorizedException", "reserved"},
		"alias of nothing": {token.KMSAlias, sim.Props{"name": "alias/b", "targetKeyId": "nothing"}, "NotFoundException", "exists"},
		"replica here":     {token.KMSReplicaKey, sim.Props{"primaryKeyArn": multi.Str("arn")}, "AlreadyExistsException", "another region"},
		"replica of one":   {token.KMSReplicaKey, sim.Props{"primaryKeyArn": k.Str("arn")}, "UnsupportedOperationException", "multiRegion"},
	})
	west := simtest.Open(t, awsPackage(t), c.Path, sim.Props{"region": "us-west-2"}, "")
	replica := west.Settled(token.KMSReplicaKey, "r", sim.Props{"primaryKeyArn": multi.Str("arn"), "policy": ownersPolicy})
	assert.Equal(t, multi.ID, replica.ID, "it is the same key")
	alias := west.Settled(token.KMSAlias, "a", sim.Props{"targetKeyId": replica.ID})
	assert.Equal(t, replica.Str("arn"), alias.Str("targetKeyArn"))
	west.Settled(token.SecretsManagerSecret, "s", sim.Props{"kmsKeyId": replica.Str("arn")})
	refuses(t, west, map[string]refusal{
		"twice":             {token.KMSReplicaKey, sim.Props{"primaryKeyArn": multi.Str("arn")}, "AlreadyExistsException", "another"},
		"key of elsewhere":  {token.SecretsManagerSecret, sim.Props{"kmsKeyId": multi.Str("arn")}, "InvalidParameterException", "exists"},
		"lockout of a copy": {token.KMSReplicaKey, sim.Props{"primaryKeyArn": c.Must(token.KMSKey, "n", sim.Props{"multiRegion": true}).Str("arn"), "policy": `{"Statement":[]}`}, code, "update the key policy"},
	})
	mustRefuse(t, c.Delete(multi), "KMSInvalidStateException", "first")
}

func TestSecretSettles(t *testing.T) {
	c := cloud(t, "us-east-1")
	in := sim.Props{"description": "x", "recoveryWindowInDays": 30.0, "tags": obj{"a": "b"}}
	s := c.Settled(token.SecretsManagerSecret, "db-store", in)
	assert.Regexp(t, `^arn:aws:secretsmanager:us-east-1:123456789012:secret:db-store-[0-9a-f]{7}-[a-z0-9]{6}$`, s.ID)
	value := sim.Props{"secretId": s.ID, "secretString": "hush"}
	v := c.Settled(token.SecretsManagerSecretVersion, "db-version", value)
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
	require.NoError(t, c.Delete(c.Must(token.SecretsManagerSecret, "s", sim.Props{"name": "waits"})))
	_, err := c.Create(token.SecretsManagerSecret, "s", sim.Props{"name": "waits"})
	mustRefuse(t, err, "InvalidRequestException", "scheduled for deletion")
	require.NoError(t, c.Delete(c.Must(token.SecretsManagerSecret, "s",
		sim.Props{"name": "gone", "recoveryWindowInDays": 0.0})))
	c.Must(token.SecretsManagerSecret, "s", sim.Props{"name": "gone"})
}

func TestSecretsRefused(t *testing.T) {
	c := cloud(t, "us-east-1")
	c.Must(token.SecretsManagerSecret, "s", sim.Props{"name": "taken"})
	invalid(t, c, token.SecretsManagerSecret, map[string]badInput{
		"window": {sim.Props{"recoveryWindowInDays": 3.0}, "7 to 30"},
		"name":   {sim.Props{"name": "a b"}, "letters"},
	})
	invalid(t, c, token.SecretsManagerSecretVersion,
		map[string]badInput{"no value": {sim.Props{"secretId": "a"}, "must be given"}})
	refuses(t, c, map[string]refusal{
		"taken":     {token.SecretsManagerSecret, sim.Props{"name": "taken"}, "ResourceExistsException", "another name"},
		"here":      {token.SecretsManagerSecret, sim.Props{"replicas": list{obj{"region": "us-east-1"}}}, "InvalidParameterException", "other regions"},
		"policy":    {token.SecretsManagerSecret, sim.Props{"policy": "x"}, "MalformedPolicyDocumentException", "valid JSON"},
		"no secret": {token.SecretsManagerSecretVersion, sim.Props{"secretId": "none", "secretString": "x"}, "ResourceNotFoundException", "exists"},
		"public": {token.SecretsManagerSecretPolicy, sim.Props{
			"secretArn": "taken", "blockPublicPolicy": true,
			"policy": `{"Statement":[{"Effect":"Allow","Principal":"*","Action":"secretsmanager:*","Resource":"*"}]}`,
		}, "PublicPolicyException", "principal"},
	})
}

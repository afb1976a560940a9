package aws_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// A policy names roles that stand.
func TestPoliciesNameRolesThatStand(t *testing.T) {
	const name = "reader"
	arn := "arn:aws:iam::" + account + ":role/" + name
	letting := func(action, resource string) string {
		text := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"` + arn + `"},"Action":"` + action + `"`
		if resource != "" {
			text += `,"Resource":"` + resource + `"`
		}
		return text + "}]}"
	}
	c := cloud(t, "us-east-1")
	topic := c.Must(token.SNSTopic, "t", sim.Props{"name": "t"}).Str("arn")
	queue := c.Must(token.SQSQueue, "q", sim.Props{"name": "q"})
	secret := c.Must(token.SecretsManagerSecret, "s", sim.Props{})
	key := c.Must(token.KMSKey, "k", sim.Props{})
	vault := c.Must(token.BackupVault, "v", sim.Props{"name": "vault"})
	b := c.Must(token.S3BucketV2, "b", sim.Props{"bucket": "a-bucket"})
	root := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":["arn:aws:iam::` + account +
		`:root","` + arn + `"]},"Action":"kms:*","Resource":"*"}]}`
	cases := map[string]refusal{
		"trust":  {token.IAMRole, sim.Props{"name": "other", "assumeRolePolicy": letting("sts:AssumeRole", "")}, "MalformedPolicyDocument", arn},
		"topic":  {token.SNSTopic, sim.Props{"name": "own", "policy": letting("sns:Publish", "arn:aws:sns:us-east-1:"+account+":own")}, "InvalidParameter", arn},
		"topic2": {token.SNSTopicPolicy, sim.Props{"arn": topic, "policy": letting("sns:Publish", topic)}, "InvalidParameter", arn},
		"queue":  {token.SQSQueue, sim.Props{"name": "own", "policy": letting("sqs:SendMessage", "*")}, "InvalidAttributeValue", arn},
		"queue2": {token.SQSQueuePolicy, sim.Props{"queueUrl": queue.ID, "policy": letting("sqs:SendMessage", "*")}, "InvalidAttributeValue", arn},
		"secret": {token.SecretsManagerSecretPolicy, sim.Props{"secretArn": secret.ID, "policy": letting("secretsmanager:GetSecretValue", "*")}, "MalformedPolicyDocumentException", arn},
		"own":    {token.SecretsManagerSecret, sim.Props{"name": "own", "policy": letting("secretsmanager:GetSecretValue", "*")}, "MalformedPolicyDocumentException", arn},
		"key":    {token.KMSKey, sim.Props{"policy": root}, "MalformedPolicyDocumentException", arn},
		"grant":  {token.KMSGrant, sim.Props{"keyId": key.ID, "granteePrincipal": arn, "operations": sim.List("Decrypt")}, "InvalidArnException", arn},
		"vault":  {token.BackupVaultPolicy, sim.Props{"backupVaultName": vault.ID, "policy": letting("backup:CopyIntoBackupVault", "*")}, "InvalidParameterValueException", arn},
		"bucket": {token.S3BucketPolicy, sim.Props{"bucket": b.ID, "policy": letting("s3:GetObject", "arn:aws:s3:::a-bucket/*")}, "MalformedPolicy", arn},
	}
	refuses(t, c, cases)
	trusting(c, name, "ec2.amazonaws.com")
	for what, tt := range cases {
		_, err := c.Create(tt.token, what, tt.in)
		require.NoError(t, err, what)
	}
}

func TestASearchPolicyNamesRolesThatStand(t *testing.T) {
	c := cloud(t, "us-east-1")
	domain := c.Must(token.OpenSearchDomain, "d", but(domain(nil, c.Must(token.CloudWatchLogGroup, "l", sim.Props{})),
		sim.Props{"vpcOptions": nil, "logPublishingOptions": nil}))
	in := sim.Props{"domainName": domain.Str("domainName"), "accessPolicies": `{"Version":"2012-10-17","Statement":[{"Effect":` +
		`"Allow","Principal":{"AWS":"arn:aws:iam::` + account + `:role/reader"},"Action":"es:*","Resource":"*"}]}`}
	_, err := c.Create(token.OpenSearchDomainPolicy, "p", in)
	mustRefuse(t, err, "InvalidTypeException", "role/reader")
	trusting(c, "reader", "ec2.amazonaws.com")
	_, err = c.Create(token.OpenSearchDomainPolicy, "p", in)
	require.NoError(t, err)
}

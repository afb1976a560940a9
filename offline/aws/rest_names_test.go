package aws_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

func TestNamesOfRESTAPIs(t *testing.T) {
	c := cloud(t, "us-east-1")
	_, certificate, issued := issuedCertificate(c, "api.example.com")
	in := sim.Props{"domainName": "api.example.com", "regionalCertificateArn": issued.Str("certificateArn"),
		"endpointConfiguration": obj{"types": "REGIONAL"}}
	d := c.Settled(token.APIGatewayDomainName, "api", in)
	assert.Regexp(t, `^d-\w{10}\.execute-api\.us-east-1\.amazonaws\.com$`, d.Str("regionalDomainName"))
	assert.Empty(t, d.Str("cloudfrontDomainName"))
	api := c.Must(token.APIGatewayRestApi, "api", sim.Props{"body": `{"openapi":"3.0.1"}`})
	shown := c.Must(token.APIGatewayDeployment, "live", sim.Props{"restApi": api.ID})
	path := sim.Props{"domainName": d.ID, "restApi": api.ID, "stageName": "live", "basePath": "v1"}
	_, err := c.Create(token.APIGatewayBasePathMapping, "v1", path)
	mustRefuse(t, err, "BadRequestException", `no stage "live"`)
	c.Must(token.APIGatewayStage, "live", sim.Props{"restApi": api.ID, "deployment": shown.ID, "stageName": "live"})
	m := c.Settled(token.APIGatewayBasePathMapping, "v1", path)
	assert.Equal(t, "api.example.com/v1", m.ID)
	replacedBy(t, c, m, path, map[string]sim.Props{"name": {"domainName": "other.example.com"},
		"path": {"basePath": "v2"}}, map[string]bool{"name": true})
	model := sim.Props{"restApi": api.ID, "name": "Order", "contentType": "application/json", "schema": `{"type":"object"}`}
	c.Settled(token.APIGatewayModel, "order", model)
	allRefused(t, c, map[string]mistake{
		"taken":   {token.APIGatewayDomainName, in, []string{"BadRequestException"}},
		"edge":    {token.APIGatewayDomainName, with(in, sim.Props{"domainName": "x.example.com", "endpointConfiguration": obj{"types": "EDGE"}}), []string{"REGIONAL"}},
		"name":    {token.APIGatewayDomainName, with(in, sim.Props{"domainName": "x.example.com"}), []string{"BadRequestException", "subjectAlternativeNames"}},
		"again":   {token.APIGatewayBasePathMapping, path, []string{"ConflictException"}},
		"schema":  {token.APIGatewayModel, with(model, sim.Props{"name": "Other", "schema": "{"}), []string{"BadRequestException", "JSON schema"}},
		"spelt":   {token.APIGatewayModel, with(model, sim.Props{"name": "an order"}), []string{"letters and digits"}},
		"nowhere": {token.APIGatewayBasePathMapping, with(path, sim.Props{"domainName": "none.example.com"}), []string{"NotFoundException"}},
	})
	found, err := c.Invoke(token.ACMGetCertificate, sim.Props{"domain": "api.example.com"})
	require.NoError(t, err)
	assert.Equal(t, certificate.ID, found.Str("arn"))
	require.NoError(t, c.Delete(m))
}

// What stands is found by functions under the names that programs know it by.
func TestWhatStandsIsFound(t *testing.T) {
	c := cloud(t, "us-east-1")
	v, subnets := balancedNet(c, "b", "10.0", true)
	secret := c.Must(token.SecretsManagerSecret, "s", sim.Props{"name": "app/key"})
	asked := sim.Props{"secretId": "app/key"}
	_, err := c.Invoke(token.SecretsManagerGetSecretVersion, asked)
	require.ErrorContains(t, err, "AWSCURRENT")
	c.Must(token.SecretsManagerSecretVersion, "s", sim.Props{"secretId": secret.ID, "secretString": "open"})
	repository := c.Must(token.ECRRepository, "app", sim.Props{"name": "app"})
	role := trusting(c, "worker", "ec2.amazonaws.com")
	rights := c.Must(token.IAMPolicy, "reads", sim.Props{"name": "reads", "policy": may("s3:GetObject", "*")})
	key := c.Must(token.KMSKey, "k", sim.Props{})
	c.Must(token.KMSAlias, "k", sim.Props{"name": "alias/app", "targetKeyId": key.ID})
	bucket := c.Must(token.S3BucketV2, "b", sim.Props{"bucket": "files-of-ours"})
	balancer := c.Must(token.LBLoadBalancer, "web", sim.Props{"name": "web", "subnets": subnets})
	group := c.Must(token.EC2SecurityGroup, "g", sim.Props{"vpcId": v.ID, "tags": obj{"tier": "web"}})
	for name, tt := range map[string]struct {
		token string
		in    sim.Props
		key   string
		want  any
	}{
		"secret":         {token.SecretsManagerGetSecret, sim.Props{"name": "app/key"}, "arn", secret.ID},
		"its value":      {token.SecretsManagerGetSecretVersion, asked, "secretString", "open"},
		"by ARN":         {token.SecretsManagerGetSecretVersion, sim.Props{"secretId": secret.ID}, "secretString", "open"},
		"repository":     {token.ECRGetRepository, sim.Props{"name": "app"}, "repositoryUrl", repository.Str("repositoryUrl")},
		"log-in":         {token.ECRGetAuthorizationToken, sim.Props{}, "userName", "AWS"},
		"older log-in":   {token.ECRGetCredentials, sim.Props{"registryId": account}, "proxyEndpoint", "https://" + account + ".dkr.ecr.us-east-1.amazonaws.com"},
		"role":           {token.IAMGetRole, sim.Props{"name": "worker"}, "arn", role.Str("arn")},
		"policy":         {token.IAMGetPolicy, sim.Props{"name": "reads"}, "arn", rights.ID},
		"policy of AWS":  {token.IAMGetPolicy, sim.Props{"arn": "arn:aws:iam::aws:policy/job-function/Billing"}, "path", "/job-function/"},
		"alias":          {token.KMSGetAlias, sim.Props{"name": "alias/app"}, "targetKeyId", key.ID},
		"key by alias":   {token.KMSGetKey, sim.Props{"keyId": "alias/app"}, "id", key.ID},
		"AWS's own key":  {token.KMSGetKey, sim.Props{"keyId": "alias/aws/s3"}, "keyManager", "AWS"},
		"bucket":         {token.S3GetBucket, sim.Props{"bucket": "files-of-ours"}, "arn", bucket.Str("arn")},
		"balancer":       {token.LBGetLoadBalancer, sim.Props{"name": "web"}, "dnsName", balancer.Str("dnsName")},
		"groups by tags": {token.EC2GetSecurityGroups, sim.Props{"tags": obj{"tier": "web"}}, "ids", sim.List(group.ID)},
	} {
		t.Run(name, func(t *testing.T) {
			out, err := c.Invoke(tt.token, tt.in)
			require.NoError(t, err)
			assert.Equal(t, tt.want, out.Get(tt.key))
			for key := range out {
				assert.Contains(t, awsPackage(t).Schema.Functions[tt.token].Outputs, key, "the real provider does not answer it")
			}
		})
	}
	disks, err := c.Invoke(token.KMSGetAlias, sim.Props{"name": "alias/aws/ebs"})
	require.NoError(t, err)
	c.Settled(token.EBSVolume, "d", sim.Props{"availabilityZone": "us-east-1a", "size": 8.0, "encrypted": true,
		"kmsKeyId": disks.Str("targetKeyArn")})
	for tok, in := range map[string]sim.Props{
		token.SecretsManagerGetSecret: {"name": "none"}, token.ECRGetRepository: {"name": "none"}, token.IAMGetRole: {"name": "none"},
		token.IAMGetPolicy: {"name": "none"}, token.KMSGetAlias: {"name": "alias/none"}, token.KMSGetKey: {"keyId": "none"},
		token.S3GetBucket: {"bucket": "none"}, token.LBGetLoadBalancer: {"name": "none"}, token.ACMGetCertificate: {"domain": "none"},
	} {
		_, err := c.Invoke(tok, in)
		assert.ErrorContains(t, err, "Offline, ", tok)
	}
}

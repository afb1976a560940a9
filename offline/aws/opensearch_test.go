package aws_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/offline/simtest"
	"github.com/rung-dev/rung/resource/token"
)

// domain is a search domain as the component makes it.
func domain(subnets []any, logs *simtest.Resource) sim.Props {
	return sim.Props{
		"engineVersion": "OpenSearch_2.17",
		"clusterConfig": map[string]any{
			"instanceType": "r7g.large.search", "instanceCount": 2.0, "zoneAwarenessEnabled": true, "zoneAwarenessConfig": map[string]any{"availabilityZoneCount": 2.0},
			"dedicatedMasterEnabled": true, "dedicatedMasterCount": 3.0, "dedicatedMasterType": "m7g.medium.search",
		},
		"ebsOptions":            map[string]any{"ebsEnabled": true, "volumeType": "gp3", "volumeSize": 20.0, "iops": 3000.0, "throughput": 125.0},
		"vpcOptions":            map[string]any{"subnetIds": subnets},
		"encryptAtRest":         map[string]any{"enabled": true},
		"nodeToNodeEncryption":  map[string]any{"enabled": true},
		"domainEndpointOptions": map[string]any{"enforceHttps": true, "tlsSecurityPolicy": "Policy-Min-TLS-1-2-PFS-2023-10"},
		"advancedSecurityOptions": map[string]any{
			"enabled": true, "internalUserDatabaseEnabled": true, "masterUserOptions": map[string]any{"masterUserName": "admin", "masterUserPassword": "Secret-123"},
		},
		"logPublishingOptions": []any{map[string]any{"logType": "ES_APPLICATION_LOGS", "cloudwatchLogGroupArn": logs.Str("arn"), "enabled": true}},
	}
}

func TestSearch(t *testing.T) {
	c := cloud(t, "us-east-1")
	_, subnets := balancedNet(c, "net", "10.0", true)
	logs := c.Must(token.CloudWatchLogGroup, "search", sim.Props{})
	in := domain(subnets, logs)
	_, err := c.Create(token.OpenSearchDomain, "s", in)
	require.ErrorContains(t, err, "you must enable a service-linked role")
	linked := sim.Props{"awsServiceName": "opensearchservice.amazonaws.com"}
	sr := c.Settled(token.IAMServiceLinkedRole, "s", linked)
	assert.Equal(t, "arn:aws:iam::123456789012:role/aws-service-role/opensearchservice.amazonaws.com/AWSServiceRoleForAmazonOpenSearchService", sr.ID)
	_, err = c.Create(token.IAMServiceLinkedRole, "again", linked)
	require.ErrorContains(t, err, "InvalidInput")
	_, err = c.Create(token.OpenSearchDomain, "s", in)
	require.ErrorContains(t, err, "does not grant sufficient permissions")
	c.Settled(token.CloudWatchLogResourcePolicy, "s",
		sim.Props{"policyName": "search",
			"policyDocument": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"es.amazonaws.com"},` +
				`"Action":["logs:PutLogEvents","logs:CreateLogStream"],"Resource":["` + logs.Str("arn") + `:*"]}]}`})
	d := c.Settled(token.OpenSearchDomain, "s", in)
	assert.Regexp(t, `^vpc-s-[0-9a-f]{7}-[a-z0-9]{26}\.us-east-1\.es\.amazonaws\.com$`, d.Str("endpoint"))
	c.Settled(token.OpenSearchDomainPolicy, "s",
		sim.Props{"domainName": d.Str("domainName"),
			"accessPolicies": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"es:ESHttp*","Resource":"` + d.ID + `/*"}]}`})
	nested := func(key string, changes sim.Props) sim.Props {
		return with(in, sim.Props{key: map[string]any(with(in.Map(key), changes))})
	}
	replacedBy(t, c, d, in, map[string]sim.Props{
		"name": {"domainName": "other"}, "subnets": {"vpcOptions": map[string]any{"subnetIds": subnets[:1]}}, "security": {"advancedSecurityOptions": map[string]any{"enabled": false}},
		"size": {"ebsOptions": map[string]any{"ebsEnabled": true, "volumeSize": 40.0}}, "engine": {"engineVersion": "OpenSearch_2.19"},
	}, map[string]bool{"name": true, "subnets": true, "security": true})
	const invalid = "ValidationException"
	allRefused(t, c, map[string]mistake{
		"name":         {token.OpenSearchDomain, with(in, sim.Props{"domainName": "Big"}), []string{"small letters"}},
		"engine":       {token.OpenSearchDomain, with(in, sim.Props{"engineVersion": "2.17"}), []string{"OpenSearch_2.17"}},
		"type":         {token.OpenSearchDomain, nested("clusterConfig", sim.Props{"instanceType": "r7g.large"}), []string{"r7g.large.search"}},
		"one subnet":   {token.OpenSearchDomain, with(in, sim.Props{"vpcOptions": map[string]any{"subnetIds": subnets[:1]}}), []string{invalid, "exactly 2 subnet(s)"}},
		"no subnet":    {token.OpenSearchDomain, with(in, sim.Props{"vpcOptions": map[string]any{"subnetIds": sim.List("subnet-none")}}), []string{invalid}},
		"nodes":        {token.OpenSearchDomain, nested("clusterConfig", sim.Props{"instanceCount": 1.0}), []string{invalid, "minimum of 2 data nodes"}},
		"masters":      {token.OpenSearchDomain, nested("clusterConfig", sim.Props{"dedicatedMasterCount": 2.0}), []string{invalid, "three or five"}},
		"disk":         {token.OpenSearchDomain, nested("ebsOptions", sim.Props{"volumeSize": 5.0}), []string{invalid, "at least 10 GiB"}},
		"IOPS":         {token.OpenSearchDomain, nested("ebsOptions", sim.Props{"iops": 100.0}), []string{invalid, "3000"}},
		"throughput":   {token.OpenSearchDomain, nested("ebsOptions", sim.Props{"throughput": 100.0}), []string{invalid, "125"}},
		"plain nodes":  {token.OpenSearchDomain, with(in, sim.Props{"nodeToNodeEncryption": map[string]any{"enabled": false}}), []string{invalid, "node-to-node"}},
		"plain HTTP":   {token.OpenSearchDomain, nested("domainEndpointOptions", sim.Props{"enforceHttps": false}), []string{invalid, "HTTPS"}},
		"password":     {token.OpenSearchDomain, nested("advancedSecurityOptions", sim.Props{"masterUserOptions": map[string]any{"masterUserName": "a", "masterUserPassword": "secret"}}), []string{invalid, "uppercase"}},
		"no domain":    {token.OpenSearchDomainPolicy, sim.Props{"domainName": "none", "accessPolicies": readAll}, []string{"ResourceNotFoundException"}},
		"bad policy":   {token.OpenSearchDomainPolicy, sim.Props{"domainName": d.Str("domainName"), "accessPolicies": "{"}, []string{invalid}},
		"service name": {token.IAMServiceLinkedRole, sim.Props{"awsServiceName": "opensearch"}, []string{"opensearchservice.amazonaws.com"}},
		"log policy":   {token.CloudWatchLogResourcePolicy, sim.Props{"policyName": "x", "policyDocument": "{"}, []string{"InvalidParameterException"}},
	})
}

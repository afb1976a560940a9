package cost_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/resource/token"
)

// nodesTemplate is what the node group of an older EKS component deploys.
const nodesTemplate = `
AWSTemplateFormatVersion: '2010-09-09'
Resources:
  NodeGroup:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties:
      DesiredCapacity: 2
      LaunchConfigurationName: nodes-07da6d7
      MaxSize: 4
      MinSize: !Ref Least
      VPCZoneIdentifier: ["subnet-1"]
Parameters:
  Least: {Type: Number, Default: 1}
`

func TestPricesWhatATemplateMakes(t *testing.T) {
	launch := res("", token.EC2LaunchConfiguration, "nodes", m{"name": "nodes-07da6d7", "instanceType": "t3.medium",
		"associatePublicIpAddress": true, "enableMonitoring": false, "rootBlockDevice": m{"volumeSize": 20.0, "volumeType": "gp2"}})
	stack := func(p m) cost.Resource { return res("", token.CloudFormationStack, "nodes", p) }
	for name, tt := range map[string]struct {
		resources []cost.Resource
		want      map[string]map[string]want
	}{
		// t3.medium 0.0416 × 730 = 30.368, times 2; gp2 0.10 × 20 × 2; 0.005 × 730 × 2
		"the nodes of an EKS component": {[]cost.Resource{launch, stack(m{"templateBody": nodesTemplate})},
			map[string]map[string]want{"nodes/NodeGroup": {"instance hours, t3.medium": flat("60.74"),
				"root volume, gp2": flat("4.00"), "public IPv4 addresses": flat("7.30")}}},
		// a launch configuration measures each minute unless it says otherwise: 7 metrics × 0.30 × 1
		"all of it in one, with the parameter of the stack": {[]cost.Resource{stack(m{"parameters": m{"Type": "t3.small"},
			"templateBody": m{"Parameters": m{"Type": m{"Default": "m5.large"}}, "Resources": m{
				"Launch": m{"Type": "AWS::AutoScaling::LaunchConfiguration", "Properties": m{"InstanceType": m{"Ref": "Type"}}},
				"Group": m{"Type": "AWS::AutoScaling::AutoScalingGroup", "Properties": m{"MinSize": "1", "MaxSize": "1",
					"LaunchConfigurationName": m{"Ref": "Launch"}}}}}})},
			map[string]map[string]want{"nodes/Group": {"instance hours, t3.small": flat("15.18"),
				"root volume, gp3": flat("0.64"), "detailed monitoring": flat("2.10")}}},
		"a machine, a database and a table": {[]cost.Resource{stack(m{"templateBody": `{"Resources": {
			"DB": {"Type": "AWS::RDS::DBInstance", "Properties": {"Engine": "postgres", "DBInstanceClass": "db.t3.micro",
				"AllocatedStorage": "20", "StorageType": "gp2"}},
			"T": {"Type": "AWS::DynamoDB::Table", "Properties": {"ProvisionedThroughput": {"ReadCapacityUnits": 10, "WriteCapacityUnits": 0},
				"GlobalSecondaryIndexes": [{"IndexName": "i", "ProvisionedThroughput": {"ReadCapacityUnits": 10, "WriteCapacityUnits": 0}}]}},
			"Role": {"Type": "AWS::IAM::Role"}}}`})},
			map[string]map[string]want{
				"nodes/DB": {"db.t3.micro hours, PostgreSQL Single-AZ": flat("13.14"), "storage, gp2 Single-AZ": flat("2.30")},
				"nodes/T": {"read capacity": flat("0.95"), "write capacity": flat("0.00"),
					"read capacity of index i": flat("0.95"), "write capacity of index i": flat("0.00")}}},
	} {
		t.Run(name, func(t *testing.T) {
			e := estimate(t, cost.Options{}, tt.resources...)
			for name, items := range tt.want {
				checkLines(t, e, name, items)
			}
		})
	}
}

// What a template makes has its stack's URN, region and component.
func TestTemplatesResourcesBelongToTheirStack(t *testing.T) {
	s := res("", token.CloudFormationStack, "nodes", m{"templateBody": `{"Resources": {"IP": {"Type": "AWS::EC2::EIP"}}}`})
	s.Region, s.Component = "eu-west-1", "cluster"
	e := estimate(t, cost.Options{}, s)
	require.Len(t, e.Lines, 1)
	assert.Equal(t, s.URN+"#IP", e.Lines[0].URN)
	assert.Equal(t, "nodes/IP", e.Lines[0].Name)
	assert.Equal(t, "cluster", e.Lines[0].Component)
	assert.Equal(t, "eu-west-1", e.Lines[0].Region)
	require.Len(t, e.Free, 1)
	assert.Equal(t, "what its template makes is priced by itself", e.Free[0].Reason)
}

func TestTemplatesThatCannotBeReadAreNotFree(t *testing.T) {
	for want, p := range map[string]m{
		"not known before the deployment":                {"templateBody": cost.Unknown{}},
		"stands at templateUrl, which":                   {"templateUrl": "https://s3/x"},
		"which is not in this file":                      {},
		"read a template of CloudFormation: it has no R": {"templateBody": "A: 1"},
	} {
		e := estimate(t, cost.Options{}, res("", token.CloudFormationStack, "x", p))
		require.Len(t, e.Unpriced, 1, want)
		assert.Contains(t, e.Unpriced[0].Reason, want)
		assert.Empty(t, e.Free, want)
	}
}

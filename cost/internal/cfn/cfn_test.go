package cfn_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/cost/internal/cfn"
	"github.com/rung-dev/rung/resource"
)

type m = map[string]any

func read(t *testing.T, body any) map[string]cfn.Resource {
	t.Helper()
	made, err := cfn.Read(body, cfn.Stack{Region: "us-east-1", Parameters: m{"Size": "3"},
		Ref: func(name string) string { return "ref-" + name }})
	require.NoError(t, err)
	out := map[string]cfn.Resource{}
	for _, r := range made {
		out[r.Name] = r
	}
	return out
}

// The template that awsx.classic deploys for a group of machines, as a state has it.
func TestReadsTheGroupOfAnOlderComponent(t *testing.T) {
	got := read(t, `
    AWSTemplateFormatVersion: '2010-09-09'
    Outputs:
        Instances:
            Value: !Ref Instances
    Resources:
        Instances:
            Type: AWS::AutoScaling::AutoScalingGroup
            Properties:
                DesiredCapacity: 2
                LaunchConfigurationName: "nodes-07da6d7"
                MaxSize: 100
                MinSize: !Ref Size
                VPCZoneIdentifier: ["subnet-1","subnet-2"]
                Tags:
                -   Key: Name
                    Value: nodes
                    PropagateAtLaunch: true
            CreationPolicy:
                ResourceSignal:
                    Count: 2
`)
	require.Len(t, got, 1)
	assert.Equal(t, cfn.Resource{Name: "Instances", Type: "aws-native:autoscaling:AutoScalingGroup", Props: m{
		"id": "ref-Instances", "arn": "ref-Instances", "desiredCapacity": 2.0, "launchConfigurationName": "nodes-07da6d7",
		"maxSize": 100.0, "minSize": "3", "vpcZoneIdentifier": []any{"subnet-1", "subnet-2"},
		"tags": []any{m{"key": "Name", "value": "nodes", "propagateAtLaunch": true}},
	}}, got["Instances"])
}

func TestComputesWhatStandsInTheTemplate(t *testing.T) {
	got := read(t, `{
	"Parameters": {"Size": {"Default": "1"}, "Class": {"Default": "db.t3.micro"}, "Asked": {}},
	"Mappings": {"Types": {"us-east-1": {"web": "m5.large"}}},
	"Conditions": {
		"Big": {"Fn::Equals": [{"Ref": "Size"}, "3"]}, "Small": {"Fn::Not": [{"Condition": "Big"}]},
		"Both": {"Fn::And": [{"Condition": "Big"}, {"Condition": "Small"}]},
		"Any": {"Fn::Or": [{"Condition": "Unsaid"}, {"Condition": "Big"}]},
		"Unsaid": {"Fn::Equals": [{"Ref": "Asked"}, "x"]}, "Loop": {"Condition": "Loop"}
	},
	"Resources": {
		"Web": {"Type": "AWS::EC2::Instance", "Properties": {
			"InstanceType": {"Fn::FindInMap": ["Types", {"Ref": "AWS::Region"}, "web"]},
			"SubnetId": {"Fn::GetAtt": ["Net", "SubnetId"]},
			"KeyName": {"Fn::Sub": ["${Env}-${Size}-${!Plain}", {"Env": {"Fn::Join": ["-", ["a", "b"]]}}]},
			"ImageId": {"Fn::Sub": "ami-${Asked}"},
			"Monitoring": {"Fn::If": ["Any", true, false]},
			"Tenancy": {"Fn::If": ["Unsaid", "default", "dedicated"]},
			"EbsOptimized": {"Fn::If": ["Small", true, {"Ref": "AWS::NoValue"}]},
			"AvailabilityZone": {"Fn::Select": ["1", ["a", "b"]]},
			"UserData": {"Fn::Base64": "x"}
		}},
		"Net": {"Type": "AWS::EC2::VPC"},
		"DB": {"Type": "AWS::RDS::DBInstance", "Properties": {"DBInstanceClass": {"Ref": "Class"}, "MultiAZ": "true", "Iops": 3000}},
		"Never": {"Type": "AWS::EC2::EIP", "Condition": "Both"},
		"Perhaps": {"Type": "AWS::EC2::EIP", "Condition": "Loop"},
		"Own": {"Type": "Custom::Thing"}
	}}`)
	unknown := resource.Unknown{}
	assert.Equal(t, m{"id": "ref-Web", "arn": "ref-Web", "instanceType": "m5.large", "subnetId": "ref-Net",
		"keyName": "a-b-3-${!Plain}", "imageId": unknown, "monitoring": true, "tenancy": unknown,
		"availabilityZone": "b", "userData": unknown}, got["Web"].Props)
	assert.Equal(t, "aws-native:rds:DbInstance", got["DB"].Type)
	assert.Equal(t, m{"id": "ref-DB", "arn": "ref-DB", "dbInstanceClass": "db.t3.micro", "multiAz": "true",
		"iops": 3000.0}, got["DB"].Props)
	assert.Equal(t, "aws-native:ec2:Vpc", got["Net"].Type)
	assert.NotContains(t, got, "Never")
	assert.Equal(t, "aws-native:ec2:Eip", got["Perhaps"].Type)
	assert.Equal(t, "aws-native:cloudformation:CustomResource", got["Own"].Type)
}

func TestRefusesWhatIsNoTemplate(t *testing.T) {
	for body, want := range map[any]string{
		"": "no object", "[1]": "no object", "{": "did not find", "a: &x 1\nResources: {b: *x}": "line 2: aliases",
		"Resources: 7": "no Resources", strings.Repeat(" ", 1<<20+1): "want at most 1048576", 7: "no object",
	} {
		_, err := cfn.Read(body, cfn.Stack{Ref: func(string) string { return "" }})
		require.ErrorContains(t, err, want)
		require.ErrorContains(t, err, "read a template of CloudFormation")
	}
}

// Conditions and texts that name one another over and over end as soon as others.
func TestRefersInLittleTime(t *testing.T) {
	conditions, text := m{"C0": m{"Fn::Equals": []any{"1", "1"}}}, any("x")
	name := func(i int) string { return "C" + strings.Repeat("x", i) }
	conditions[name(1)] = conditions["C0"]
	for i := 2; i < 25; i++ {
		before := m{"Condition": name(i - 1)}
		conditions[name(i)] = m{"Fn::And": []any{before, before}}
	}
	for range 20 {
		text = m{"Fn::Sub": []any{"${A}${A}", m{"A": text}}}
	}
	got := read(t, m{"Conditions": conditions, "Resources": m{"A": m{"Type": "AWS::EC2::EIP", "Condition": name(24),
		"Properties": m{"Domain": m{"Fn::If": []any{name(24), "vpc", "x"}}, "Text": text}}}})
	assert.Equal(t, "vpc", got["A"].Props["domain"])
	assert.Equal(t, resource.Unknown{}, got["A"].Props["text"])
}

func FuzzRead(f *testing.F) {
	f.Add("Resources: {A: {Type: AWS::EC2::Instance, Properties: {InstanceType: !Ref B, X: !If [C, 1, 2]}}}")
	f.Add(`{"Resources":{"A":{"Properties":{"P":{"Fn::Sub":["${A}",{"A":{"Fn::GetAtt":"B.c"}}]}}}}}`)
	f.Fuzz(func(t *testing.T, body string) {
		made, err := cfn.Read(body, cfn.Stack{Ref: func(n string) string { return n }})
		for _, r := range made {
			require.NoError(t, err)
			require.NotNil(t, r.Props, r.Name)
		}
	})
}

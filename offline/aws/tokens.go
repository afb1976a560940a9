package aws

import (
	"fmt"
	"strings"

	"github.com/rung-dev/rung/offline/sim"
)

// Tokens that more than one table refers to.
const (
	vpcToken              = "aws:ec2/vpc:Vpc"
	subnetToken           = "aws:ec2/subnet:Subnet"
	internetGatewayToken  = "aws:ec2/internetGateway:InternetGateway"
	routeTableToken       = "aws:ec2/routeTable:RouteTable"
	routeToken            = "aws:ec2/route:Route"
	eipToken              = "aws:ec2/eip:Eip"
	eipAssociationToken   = "aws:ec2/eipAssociation:EipAssociation"
	natGatewayToken       = "aws:ec2/natGateway:NatGateway"
	vpcEndpointToken      = "aws:ec2/vpcEndpoint:VpcEndpoint"
	securityGroupToken    = "aws:ec2/securityGroup:SecurityGroup"
	defaultGroupToken     = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
	ingressRuleToken      = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
	egressRuleToken       = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
	instanceToken         = "aws:ec2/instance:Instance"
	launchTemplateToken   = "aws:ec2/launchTemplate:LaunchTemplate"
	volumeToken           = "aws:ebs/volume:Volume"
	volumeAttachmentToken = "aws:ec2/volumeAttachment:VolumeAttachment"
	networkInterfaceToken = "aws:ec2/networkInterface:NetworkInterface"
	keyPairToken          = "aws:ec2/keyPair:KeyPair"
	instanceProfileToken  = "aws:iam/instanceProfile:InstanceProfile"
	roleToken             = "aws:iam/role:Role"
	logGroupToken         = "aws:cloudwatch/logGroup:LogGroup"
	kmsKeyToken           = "aws:kms/key:Key"
	replicaKeyToken       = "aws:kms/replicaKey:ReplicaKey"
	keyPolicyToken        = "aws:kms/keyPolicy:KeyPolicy"
	bucketEncryptionToken = "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2"
	bucketToken           = "aws:s3/bucketV2:BucketV2"
)

// dependency is EC2's refusal to delete what something else stands on.
const dependency = "DependencyViolation"

// vpcRef, subnetRef and securityGroupRef are the references that most tables
// need: what they name must exist, and cannot be deleted while it is named.
func vpcRef(path string) sim.Ref {
	return sim.Ref{Path: path, To: []sim.Target{{Token: vpcToken}}, Missing: "InvalidVpcID.NotFound", InUse: dependency}
}

func subnetRef(path string) sim.Ref {
	return sim.Ref{Path: path, To: []sim.Target{{Token: subnetToken}}, Missing: "InvalidSubnetID.NotFound",
		InUse: dependency}
}

func securityGroupRef(path string) sim.Ref {
	return sim.Ref{
		Path: path, Missing: "InvalidGroup.NotFound", InUse: dependency,
		To: []sim.Target{{Token: securityGroupToken}, {Token: defaultGroupToken}, {Token: vpcToken, By: "defaultSecurityGroupId"}},
	}
}

// kmsKeyRef is a reference to a customer's KMS key by ARN or id. AWS's own keys
// and aliases are not looked up.
func kmsKeyRef(path, missing string) sim.Ref {
	return sim.Ref{
		Path: path, Missing: missing,
		To:     []sim.Target{{Token: kmsKeyToken, By: "arn"}, {Token: kmsKeyToken}, {Token: replicaKeyToken, By: "arn"}, {Token: replicaKeyToken}},
		Unless: func(v string) bool { return strings.Contains(v, "alias/") },
	}
}

// zoneInRegion refuses an availability zone that the region does not have.
func zoneInRegion(property string) func(*sim.Op) error {
	return func(o *sim.Op) error {
		zone := o.In.Str(property)
		if zone == "" || zoneOK(o, zone) {
			return nil
		}
		return sim.Refuse("InvalidParameterValue",
			fmt.Sprintf("Value (%s) for parameter availabilityZone is invalid. It can currently only be one of: %s",
				zone, strings.Join(zonesOf(o.Region), ", ")),
			"Choose a zone of "+o.Region+".")
	}
}

func zoneOK(o *sim.Op, zone string) bool {
	for _, z := range zonesOf(o.Region) {
		if z == zone {
			return true
		}
	}
	return false
}

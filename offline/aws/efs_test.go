package aws_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

func TestFileSystemSettles(t *testing.T) {
	c := cloud(t, "us-east-1")
	v, s := publicNetwork(c)
	in := sim.Props{"encrypted": true, "tags": obj{"Name": "files"},
		"lifecyclePolicies": list{obj{"transitionToIa": "AFTER_30_DAYS"}}}
	fs := c.Settled(token.EFSFileSystem, "files", in)
	assert.Regexp(t, `^fs-0[0-9a-f]{16}$`, fs.ID)
	assert.Equal(t, fs.ID+".efs.us-east-1.amazonaws.com", fs.Str("dnsName"))
	assert.Equal(t, "files", fs.Str("name"))
	assert.Contains(t, fs.Str("kmsKeyId"), ":key/", "AWS's own key")
	replacedBy(t, c, fs, in, map[string]sim.Props{"clear": {"encrypted": false}, "mode": {"performanceMode": "maxIO"},
		"throughput": {"throughputMode": "elastic"}, "moves": {"lifecyclePolicies": list{}}},
		map[string]bool{"clear": true, "mode": true})

	sg := c.Must(token.EC2SecurityGroup, "nfs", sim.Props{"vpcId": v.ID})
	at := sim.Props{"fileSystemId": fs.ID, "subnetId": s.ID}
	target := c.Settled(token.EFSMountTarget, "a", at)
	assert.Equal(t, "us-east-1a."+fs.ID+".efs.us-east-1.amazonaws.com", target.Str("mountTargetDnsName"))
	assert.Regexp(t, `^10\.0\.1\.\d+$`, target.Str("ipAddress"))
	assert.Equal(t, list{v.Str("defaultSecurityGroupId")}, target.Get("securityGroups"))
	replacedBy(t, c, target, at, map[string]sim.Props{"groups": {"securityGroups": list{sg.ID}},
		"address": {"ipAddress": "10.0.1.9"}},
		map[string]bool{"address": true})
	user := sim.Props{"fileSystemId": fs.ID, "posixUser": obj{"uid": 1000.0, "gid": 1000.0},
		"rootDirectory": obj{"path": "/www"}}
	point := c.Settled(token.EFSAccessPoint, "www", user)
	assert.Regexp(t, `^arn:aws:elasticfilesystem:us-east-1:\d+:access-point/fsap-0`, point.Str("arn"))
	plain := c.Settled(token.EFSAccessPoint, "all", sim.Props{"fileSystemId": fs.ID})
	assert.Equal(t, "/", plain.Get("rootDirectory.path"))
	replacedBy(t, c, point, user, map[string]sim.Props{"user": {"posixUser": obj{"uid": 1.0, "gid": 1.0}},
		"tags": {"tags": obj{"a": "b"}}},
		map[string]bool{"user": true})
	c.Settled(token.EFSBackupPolicy, "kept", sim.Props{"fileSystemId": fs.ID, "backupPolicy": obj{"status": "ENABLED"}})
	c.Settled(token.EFSFileSystemPolicy, "who", sim.Props{"fileSystemId": fs.ID, "policy": `{"Version":"2012-10-17","Statement":[` +
		`{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"elasticfilesystem:ClientMount","Resource":"*"}]}`})

	require.ErrorContains(t, c.Delete(fs), "FileSystemInUse")
	require.NoError(t, c.Delete(target))
	require.NoError(t, c.Delete(fs))
}

func TestFileSystemRefuses(t *testing.T) {
	c := cloud(t, "us-east-1")
	v, s := publicNetwork(c)
	twin := c.Must(token.EC2Subnet, "twin", sim.Props{"vpcId": v.ID, "cidrBlock": "10.0.2.0/24",
		"availabilityZone": "us-east-1a"})
	far := c.Must(token.EC2Vpc, "far", sim.Props{"cidrBlock": "10.9.0.0/16"})
	there := c.Must(token.EC2Subnet, "there", sim.Props{"vpcId": far.ID, "cidrBlock": "10.9.1.0/24",
		"availabilityZone": "us-east-1b"})
	fs := c.Must(token.EFSFileSystem, "files", sim.Props{"creationToken": "once"})
	c.Must(token.EFSMountTarget, "a", sim.Props{"fileSystemId": fs.ID, "subnetId": s.ID})
	policies := list{obj{"transitionToIa": "AFTER_7_DAYS"}, obj{"transitionToArchive": "AFTER_90_DAYS"},
		obj{"transitionToPrimaryStorageClass": "AFTER_1_ACCESS"}, obj{"transitionToIa": "AFTER_14_DAYS"}}
	allRefused(t, c, map[string]mistake{
		"token":      {token.EFSFileSystem, sim.Props{"creationToken": "once"}, []string{"FileSystemAlreadyExists", fs.ID}},
		"key":        {token.EFSFileSystem, sim.Props{"kmsKeyId": "arn:aws:kms:us-east-1:" + account + ":alias/x"}, []string{"BadRequest", "encrypted must be set"}},
		"throughput": {token.EFSFileSystem, sim.Props{"throughputMode": "provisioned"}, []string{"BadRequest", "provisionedThroughputInMibps"}},
		"elastic":    {token.EFSFileSystem, sim.Props{"throughputMode": "elastic", "performanceMode": "maxIO"}, []string{"BadRequest", "maxIO"}},
		"four":       {token.EFSFileSystem, sim.Props{"lifecyclePolicies": policies}, []string{"at most 3"}},
		"word":       {token.EFSFileSystem, sim.Props{"lifecyclePolicies": list{obj{"transitionToIa": "30"}}}, []string{"AFTER_30_DAYS"}},
		"zone":       {token.EFSMountTarget, sim.Props{"fileSystemId": fs.ID, "subnetId": twin.ID}, []string{"MountTargetConflict", "already exists in this AZ"}},
		"network":    {token.EFSMountTarget, sim.Props{"fileSystemId": fs.ID, "subnetId": there.ID}, []string{"MountTargetConflict", v.ID}},
		"system":     {token.EFSMountTarget, sim.Props{"fileSystemId": "fs-0", "subnetId": s.ID}, []string{"FileSystemNotFound"}},
		"subnet":     {token.EFSMountTarget, sim.Props{"fileSystemId": fs.ID, "subnetId": "subnet-0"}, []string{"SubnetNotFound"}},
		"policy":     {token.EFSFileSystemPolicy, sim.Props{"fileSystemId": fs.ID, "policy": readAll}, []string{"InvalidPolicyException"}},
		"status":     {token.EFSBackupPolicy, sim.Props{"fileSystemId": fs.ID, "backupPolicy": obj{"status": "ON"}}, []string{"ENABLED"}},
	})
}

// A function finds its files by the mount target in the zone of each of its subnets.
func TestFunctionsWaitForMountTargets(t *testing.T) {
	c := cloud(t, "us-east-1")
	v, s := publicNetwork(c)
	sg := c.Must(token.EC2SecurityGroup, "f", sim.Props{"vpcId": v.ID})
	fs := c.Must(token.EFSFileSystem, "files", sim.Props{})
	point := c.Must(token.EFSAccessPoint, "www", sim.Props{"fileSystemId": fs.ID})
	role := trusting(c, "files", "lambda.amazonaws.com")
	in := zipped(c, "f", trustPlain, sim.Props{"role": role.Str("arn"), "vpcConfig": obj{"subnetIds": list{s.ID},
		"securityGroupIds": list{sg.ID}},
		"fileSystemConfig": obj{"arn": point.Str("arn"), "localMountPath": "/mnt/www"}})
	allows(c, "files", "net", "ec2:CreateNetworkInterface", "*")
	_, err := c.Create(token.LambdaFunction, "f", in)
	mustRefuse(t, err, "InvalidParameterValueException", "mount target in us-east-1a")
	c.Must(token.EFSMountTarget, "a", sim.Props{"fileSystemId": fs.ID, "subnetId": s.ID})
	c.Settled(token.LambdaFunction, "f", in)
}

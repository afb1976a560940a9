package aws_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

func TestComputeSettles(t *testing.T) {
	c := cloud(t, "us-east-1")
	_, s := publicNetwork(c)
	r := c.Must(token.IAMRole, "web", sim.Props{"assumeRolePolicy": trustEC2})
	p := c.Must(token.IAMInstanceProfile, "web", sim.Props{"role": r.ID})
	in := sim.Props{
		"ami": image(t, c, "arm64"), "instanceType": "t4g.small", "subnetId": s.ID, "iamInstanceProfile": p.Str("name"), "userData": "#!/bin/sh",
		"metadataOptions": map[string]any{"httpTokens": "required"}, "rootBlockDevice": map[string]any{"volumeType": "gp3", "volumeSize": 20.0, "encrypted": true},
	}
	m := c.Settled(token.EC2Instance, "web", in)
	assert.Equal(t, "us-east-1a", m.Str("availabilityZone"))
	assert.Regexp(t, `^10\.0\.1\.\d+$`, m.Str("privateIp"))
	v := c.Settled(token.EBSVolume, "data",
		sim.Props{"availabilityZone": "us-east-1a", "size": 20.0, "type": "gp3", "encrypted": true})
	a := c.Settled(token.EC2VolumeAttachment, "data",
		sim.Props{"volumeId": v.ID, "instanceId": m.ID, "deviceName": "/dev/sdf"})
	require.ErrorContains(t, c.Delete(v), "VolumeInUse")
	address := c.Must(token.EC2Eip, "web", sim.Props{"domain": "vpc"})
	c.Settled(token.EC2EipAssociation, "web", sim.Props{"allocationId": address.ID, "instanceId": m.ID})
	c.Settled(token.EC2KeyPair, "ops", sim.Props{"publicKey": "ssh-ed25519 AAAA"})
	replacedBy(t, c, m, in, map[string]sim.Props{
		"image": {"ami": image(t, c, "x86_64")}, "architecture": {"instanceType": "t3.small"}, "subnet": {"subnetId": "subnet-other"},
		"size": {"instanceType": "t4g.medium"}, "user data": {"userData": "#!/bin/bash"}, "tokens": {"metadataOptions": map[string]any{"httpTokens": "optional"}},
		"user data that replaces": {"userData": "#!/bin/bash", "userDataReplaceOnChange": true},
		"root encryption":         {"rootBlockDevice": map[string]any{"volumeType": "gp3", "volumeSize": 20.0, "encrypted": false}},
		"root size":               {"rootBlockDevice": map[string]any{"volumeType": "gp3", "volumeSize": 30.0, "encrypted": true}},
	}, map[string]bool{"image": true, "architecture": true, "subnet": true, "user data that replaces": true,
		"root encryption": true})
	require.NoError(t, c.Delete(a))
	require.NoError(t, c.Delete(v))
}

func TestTemplateVersions(t *testing.T) {
	c := cloud(t, "us-east-1")
	in := sim.Props{"imageId": image(t, c, "arm64"), "instanceType": "t4g.small", "updateDefaultVersion": true}
	lt := c.Settled(token.EC2LaunchTemplate, "web", in)
	assert.EqualValues(t, 1, lt.Get("latestVersion"))
	next, err := c.Update(lt, with(in, sim.Props{"instanceType": "t4g.medium"}))
	require.NoError(t, err)
	assert.EqualValues(t, 2, next.Get("latestVersion"))
	assert.EqualValues(t, 2, next.Get("defaultVersion"))
	tagged, err := c.Update(next, with(in, sim.Props{"instanceType": "t4g.medium", "tags": map[string]any{"a": "b"}}))
	require.NoError(t, err)
	assert.EqualValues(t, 2, tagged.Get("latestVersion"), "tags of the template make no version")
	shown, err := c.PreviewUpdate(tagged, in)
	require.NoError(t, err)
	assert.Equal(t, sim.Unknown{}, shown.Get("latestVersion"))
}

func TestComputeRefuses(t *testing.T) {
	c := cloud(t, "us-east-1")
	_, s := publicNetwork(c)
	arm := image(t, c, "arm64")
	good := sim.Props{"ami": arm, "instanceType": "t4g.small", "subnetId": s.ID}
	m := c.Must(token.EC2Instance, "m", good)
	far := c.Must(token.EBSVolume, "far", sim.Props{"availabilityZone": "us-east-1b", "size": 1.0})
	near := c.Must(token.EBSVolume, "near", sim.Props{"availabilityZone": "us-east-1a", "size": 1.0})
	used := c.Must(token.EBSVolume, "used", sim.Props{"availabilityZone": "us-east-1a", "size": 1.0})
	c.Must(token.EC2VolumeAttachment, "used", sim.Props{"volumeId": used.ID, "instanceId": m.ID, "deviceName": "/dev/sdf"})
	c.Must(token.EC2LaunchTemplate, "taken", sim.Props{"name": "taken"})
	bare := c.Must(token.EC2Subnet, "bare",
		sim.Props{"vpcId": c.Must(token.EC2Vpc, "bare", sim.Props{"cidrBlock": "10.1.0.0/16"}).ID, "cidrBlock": "10.1.1.0/24"})
	inside := c.Must(token.EC2Instance, "inside", with(good, sim.Props{"subnetId": bare.ID}))
	c.Must(token.EC2KeyPair, "taken", sim.Props{"keyName": "taken", "publicKey": "k"})
	bad := func(changes sim.Props) sim.Props { return with(good, changes) }
	disk := func(changes sim.Props) sim.Props {
		return with(sim.Props{"availabilityZone": "us-east-1a", "size": 100.0, "type": "gp3"}, changes)
	}
	long := strings.Repeat("x", 16385)
	allRefused(t, c, map[string]mistake{
		"no image":        {token.EC2Instance, bad(sim.Props{"ami": nil}), []string{"ami, launchTemplate"}},
		"no type":         {token.EC2Instance, bad(sim.Props{"instanceType": nil}), []string{"instanceType, launchTemplate"}},
		"type":            {token.EC2Instance, bad(sim.Props{"instanceType": "t4g.tiny"}), []string{"InvalidInstanceType", "t4g.small"}},
		"image":           {token.EC2Instance, bad(sim.Props{"ami": "ami-00000000000000000"}), []string{"InvalidAMIID.NotFound"}},
		"architecture":    {token.EC2Instance, bad(sim.Props{"instanceType": "t3.small"}), []string{"InvalidParameterValue", "x86_64", "arm64"}},
		"subnet":          {token.EC2Instance, bad(sim.Props{"subnetId": "subnet-none"}), []string{"InvalidSubnetID.NotFound"}},
		"group":           {token.EC2Instance, bad(sim.Props{"vpcSecurityGroupIds": sim.List("sg-none")}), []string{"InvalidGroup.NotFound"}},
		"profile":         {token.EC2Instance, bad(sim.Props{"iamInstanceProfile": "nobody"}), []string{"InvalidParameterValue", "nobody"}},
		"key":             {token.EC2Instance, bad(sim.Props{"keyName": "none"}), []string{"InvalidKeyPair.NotFound"}},
		"zone":            {token.EC2Instance, bad(sim.Props{"availabilityZone": "eu-west-1a"}), []string{"InvalidParameterValue"}},
		"two user data":   {token.EC2Instance, bad(sim.Props{"userData": "a", "userDataBase64": "YQ=="}), []string{"conflicts"}},
		"long user data":  {token.EC2Instance, bad(sim.Props{"userData": long}), []string{"16384"}},
		"long base64":     {token.EC2Instance, bad(sim.Props{"userDataBase64": base64.StdEncoding.EncodeToString([]byte(long))}), []string{"16384"}},
		"no base64":       {token.EC2Instance, bad(sim.Props{"userDataBase64": "!"}), []string{"BASE64"}},
		"hops":            {token.EC2Instance, bad(sim.Props{"metadataOptions": map[string]any{"httpPutResponseHopLimit": 65.0}}), []string{"64"}},
		"root type":       {token.EC2Instance, bad(sim.Props{"rootBlockDevice": map[string]any{"volumeType": "gp9"}}), []string{"gp3"}},
		"root IOPS":       {token.EC2Instance, bad(sim.Props{"rootBlockDevice": map[string]any{"volumeType": "gp3", "iops": 100.0}}), []string{"3000"}},
		"template name":   {token.EC2LaunchTemplate, sim.Props{"name": "taken"}, []string{"InvalidLaunchTemplateName.AlreadyExistsException"}},
		"template short":  {token.EC2LaunchTemplate, sim.Props{"name": "a"}, []string{"at least 3"}},
		"template data":   {token.EC2LaunchTemplate, sim.Props{"userData": "#!/bin/sh"}, []string{"BASE64"}},
		"template type":   {token.EC2LaunchTemplate, sim.Props{"instanceType": "t4g.tiny"}, []string{"InvalidInstanceType"}},
		"template target": {token.EC2LaunchTemplate, sim.Props{"tagSpecifications": []any{map[string]any{"resourceType": "machine"}}}, []string{"instance"}},
		"no size":         {token.EBSVolume, disk(sim.Props{"size": nil}), []string{"size, snapshotId"}},
		"size":            {token.EBSVolume, disk(sim.Props{"size": 65537.0}), []string{"65536"}},
		"disk type":       {token.EBSVolume, disk(sim.Props{"type": "gp9"}), []string{"gp3"}},
		"disk zone":       {token.EBSVolume, disk(sim.Props{"availabilityZone": "eu-west-1a"}), []string{"InvalidParameterValue"}},
		"few IOPS":        {token.EBSVolume, disk(sim.Props{"iops": 2999.0}), []string{"3000"}},
		"many IOPS":       {token.EBSVolume, disk(sim.Props{"size": 10.0, "iops": 6000.0}), []string{"at most 5000"}},
		"needs IOPS":      {token.EBSVolume, disk(sim.Props{"type": "io2"}), []string{"must be set"}},
		"takes no IOPS":   {token.EBSVolume, disk(sim.Props{"type": "gp2", "iops": 3000.0}), []string{"cannot be set"}},
		"throughput":      {token.EBSVolume, disk(sim.Props{"type": "gp2", "throughput": 125.0}), []string{"gp3"}},
		"much throughput": {token.EBSVolume, disk(sim.Props{"throughput": 1000.0}), []string{"quarter of the IOPS"}},
		"disk key":        {token.EBSVolume, disk(sim.Props{"encrypted": true, "kmsKeyId": "arn:aws:kms:us-east-1:123456789012:key/none"}), []string{"InvalidKmsKey.NotFound"}},
		"other zone":      {token.EC2VolumeAttachment, sim.Props{"volumeId": far.ID, "instanceId": m.ID, "deviceName": "/dev/sdg"}, []string{"InvalidVolume.ZoneMismatch", "us-east-1b"}},
		"disk used":       {token.EC2VolumeAttachment, sim.Props{"volumeId": used.ID, "instanceId": m.ID, "deviceName": "/dev/sdg"}, []string{"VolumeInUse", m.ID}},
		"device used":     {token.EC2VolumeAttachment, sim.Props{"volumeId": near.ID, "instanceId": m.ID, "deviceName": "/dev/sdf"}, []string{"InvalidParameterValue", "/dev/sdf"}},
		"no disk":         {token.EC2VolumeAttachment, sim.Props{"volumeId": "vol-none", "instanceId": m.ID, "deviceName": "/dev/sdg"}, []string{"InvalidVolume.NotFound"}},
		"no machine":      {token.EC2VolumeAttachment, sim.Props{"volumeId": near.ID, "instanceId": "i-none", "deviceName": "/dev/sdg"}, []string{"InvalidInstanceID.NotFound"}},
		"key taken":       {token.EC2KeyPair, sim.Props{"keyName": "taken", "publicKey": "k"}, []string{"InvalidKeyPair.Duplicate"}},
		"no way out":      {token.EC2EipAssociation, sim.Props{"allocationId": c.Must(token.EC2Eip, "a", sim.Props{}).ID, "instanceId": inside.ID}, []string{"Gateway.NotAttached"}},
	})
}

func TestTheProviderLiftsTerminationProtection(t *testing.T) {
	c := cloud(t, "us-east-1")
	_, s := publicNetwork(c)
	m := c.Must(token.EC2Instance, "m",
		sim.Props{"ami": image(t, c, "arm64"), "instanceType": "t4g.small", "subnetId": s.ID, "disableApiTermination": true})
	require.NoError(t, c.Delete(m))
	gone, err := c.Read(m)
	require.NoError(t, err)
	assert.Nil(t, gone)
}

func TestVolumesOnlyGrow(t *testing.T) {
	c := cloud(t, "us-east-1")
	in := sim.Props{"availabilityZone": "us-east-1a", "size": 20.0}
	v := c.Must(token.EBSVolume, "v", in)
	_, err := c.Update(v, with(in, sim.Props{"size": 10.0}))
	require.ErrorContains(t, err, "smaller than existing size (20 GiB to 10 GiB)")
	grown, err := c.Update(v, with(in, sim.Props{"size": 30.0}))
	require.NoError(t, err)
	assert.EqualValues(t, 30, grown.Get("size"))
}

package aws_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/sim"
)

const (
	instance = "aws:ec2/instance:Instance"
	volume   = "aws:ebs/volume:Volume"
	attached = "aws:ec2/volumeAttachment:VolumeAttachment"
	keyPair  = "aws:ec2/keyPair:KeyPair"
)

func TestComputeSettles(t *testing.T) {
	c := cloud(t, "us-east-1")
	_, s := publicNetwork(c)
	r := c.Must(role, "web", sim.Props{"assumeRolePolicy": trustEC2})
	p := c.Must(profile, "web", sim.Props{"role": r.ID})
	in := sim.Props{
		"ami": image(t, c, "arm64"), "instanceType": "t4g.small", "subnetId": s.ID, "iamInstanceProfile": p.Str("name"), "userData": "#!/bin/sh",
		"metadataOptions": map[string]any{"httpTokens": "required"}, "rootBlockDevice": map[string]any{"volumeType": "gp3", "volumeSize": 20.0, "encrypted": true},
	}
	m := c.Settled(instance, "web", in)
	assert.Equal(t, "us-east-1a", m.Str("availabilityZone"))
	assert.Regexp(t, `^10\.0\.1\.\d+$`, m.Str("privateIp"))
	v := c.Settled(volume, "data",
		sim.Props{"availabilityZone": "us-east-1a", "size": 20.0, "type": "gp3", "encrypted": true})
	a := c.Settled(attached, "data", sim.Props{"volumeId": v.ID, "instanceId": m.ID, "deviceName": "/dev/sdf"})
	require.ErrorContains(t, c.Delete(v), "VolumeInUse")
	address := c.Must(eip, "web", sim.Props{"domain": "vpc"})
	c.Settled(eipLink, "web", sim.Props{"allocationId": address.ID, "instanceId": m.ID})
	c.Settled(keyPair, "ops", sim.Props{"publicKey": "ssh-ed25519 AAAA"})
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
	lt := c.Settled(template, "web", in)
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
	m := c.Must(instance, "m", good)
	far := c.Must(volume, "far", sim.Props{"availabilityZone": "us-east-1b", "size": 1.0})
	near := c.Must(volume, "near", sim.Props{"availabilityZone": "us-east-1a", "size": 1.0})
	used := c.Must(volume, "used", sim.Props{"availabilityZone": "us-east-1a", "size": 1.0})
	c.Must(attached, "used", sim.Props{"volumeId": used.ID, "instanceId": m.ID, "deviceName": "/dev/sdf"})
	c.Must(template, "taken", sim.Props{"name": "taken"})
	bare := c.Must(subnet, "bare",
		sim.Props{"vpcId": c.Must(vpc, "bare", sim.Props{"cidrBlock": "10.1.0.0/16"}).ID, "cidrBlock": "10.1.1.0/24"})
	inside := c.Must(instance, "inside", with(good, sim.Props{"subnetId": bare.ID}))
	c.Must(keyPair, "taken", sim.Props{"keyName": "taken", "publicKey": "k"})
	bad := func(changes sim.Props) sim.Props { return with(good, changes) }
	disk := func(changes sim.Props) sim.Props {
		return with(sim.Props{"availabilityZone": "us-east-1a", "size": 100.0, "type": "gp3"}, changes)
	}
	long := strings.Repeat("x", 16385)
	allRefused(t, c, map[string]mistake{
		"no image":        {instance, bad(sim.Props{"ami": nil}), []string{"ami, launchTemplate"}},
		"no type":         {instance, bad(sim.Props{"instanceType": nil}), []string{"instanceType, launchTemplate"}},
		"type":            {instance, bad(sim.Props{"instanceType": "t4g.tiny"}), []string{"InvalidInstanceType", "t4g.small"}},
		"image":           {instance, bad(sim.Props{"ami": "ami-00000000000000000"}), []string{"InvalidAMIID.NotFound"}},
		"architecture":    {instance, bad(sim.Props{"instanceType": "t3.small"}), []string{"InvalidParameterValue", "x86_64", "arm64"}},
		"subnet":          {instance, bad(sim.Props{"subnetId": "subnet-none"}), []string{"InvalidSubnetID.NotFound"}},
		"group":           {instance, bad(sim.Props{"vpcSecurityGroupIds": sim.List("sg-none")}), []string{"InvalidGroup.NotFound"}},
		"profile":         {instance, bad(sim.Props{"iamInstanceProfile": "nobody"}), []string{"InvalidParameterValue", "nobody"}},
		"key":             {instance, bad(sim.Props{"keyName": "none"}), []string{"InvalidKeyPair.NotFound"}},
		"zone":            {instance, bad(sim.Props{"availabilityZone": "eu-west-1a"}), []string{"InvalidParameterValue"}},
		"two user data":   {instance, bad(sim.Props{"userData": "a", "userDataBase64": "YQ=="}), []string{"conflicts"}},
		"long user data":  {instance, bad(sim.Props{"userData": long}), []string{"16384"}},
		"long base64":     {instance, bad(sim.Props{"userDataBase64": base64.StdEncoding.EncodeToString([]byte(long))}), []string{"16384"}},
		"no base64":       {instance, bad(sim.Props{"userDataBase64": "!"}), []string{"BASE64"}},
		"hops":            {instance, bad(sim.Props{"metadataOptions": map[string]any{"httpPutResponseHopLimit": 65.0}}), []string{"64"}},
		"root type":       {instance, bad(sim.Props{"rootBlockDevice": map[string]any{"volumeType": "gp9"}}), []string{"gp3"}},
		"root IOPS":       {instance, bad(sim.Props{"rootBlockDevice": map[string]any{"volumeType": "gp3", "iops": 100.0}}), []string{"3000"}},
		"template name":   {template, sim.Props{"name": "taken"}, []string{"InvalidLaunchTemplateName.AlreadyExistsException"}},
		"template short":  {template, sim.Props{"name": "a"}, []string{"at least 3"}},
		"template data":   {template, sim.Props{"userData": "#!/bin/sh"}, []string{"BASE64"}},
		"template type":   {template, sim.Props{"instanceType": "t4g.tiny"}, []string{"InvalidInstanceType"}},
		"template target": {template, sim.Props{"tagSpecifications": []any{map[string]any{"resourceType": "machine"}}}, []string{"instance"}},
		"no size":         {volume, disk(sim.Props{"size": nil}), []string{"size, snapshotId"}},
		"size":            {volume, disk(sim.Props{"size": 65537.0}), []string{"65536"}},
		"disk type":       {volume, disk(sim.Props{"type": "gp9"}), []string{"gp3"}},
		"disk zone":       {volume, disk(sim.Props{"availabilityZone": "eu-west-1a"}), []string{"InvalidParameterValue"}},
		"few IOPS":        {volume, disk(sim.Props{"iops": 2999.0}), []string{"3000"}},
		"many IOPS":       {volume, disk(sim.Props{"size": 10.0, "iops": 6000.0}), []string{"at most 5000"}},
		"needs IOPS":      {volume, disk(sim.Props{"type": "io2"}), []string{"must be set"}},
		"takes no IOPS":   {volume, disk(sim.Props{"type": "gp2", "iops": 3000.0}), []string{"cannot be set"}},
		"throughput":      {volume, disk(sim.Props{"type": "gp2", "throughput": 125.0}), []string{"gp3"}},
		"much throughput": {volume, disk(sim.Props{"throughput": 1000.0}), []string{"quarter of the IOPS"}},
		"disk key":        {volume, disk(sim.Props{"encrypted": true, "kmsKeyId": "arn:aws:kms:us-east-1:123456789012:key/none"}), []string{"InvalidKmsKey.NotFound"}},
		"other zone":      {attached, sim.Props{"volumeId": far.ID, "instanceId": m.ID, "deviceName": "/dev/sdg"}, []string{"InvalidVolume.ZoneMismatch", "us-east-1b"}},
		"disk used":       {attached, sim.Props{"volumeId": used.ID, "instanceId": m.ID, "deviceName": "/dev/sdg"}, []string{"VolumeInUse", m.ID}},
		"device used":     {attached, sim.Props{"volumeId": near.ID, "instanceId": m.ID, "deviceName": "/dev/sdf"}, []string{"InvalidParameterValue", "/dev/sdf"}},
		"no disk":         {attached, sim.Props{"volumeId": "vol-none", "instanceId": m.ID, "deviceName": "/dev/sdg"}, []string{"InvalidVolume.NotFound"}},
		"no machine":      {attached, sim.Props{"volumeId": near.ID, "instanceId": "i-none", "deviceName": "/dev/sdg"}, []string{"InvalidInstanceID.NotFound"}},
		"key taken":       {keyPair, sim.Props{"keyName": "taken", "publicKey": "k"}, []string{"InvalidKeyPair.Duplicate"}},
		"no way out":      {eipLink, sim.Props{"allocationId": c.Must(eip, "a", sim.Props{}).ID, "instanceId": inside.ID}, []string{"Gateway.NotAttached"}},
	})
}

func TestTheProviderLiftsTerminationProtection(t *testing.T) {
	c := cloud(t, "us-east-1")
	_, s := publicNetwork(c)
	m := c.Must(instance, "m",
		sim.Props{"ami": image(t, c, "arm64"), "instanceType": "t4g.small", "subnetId": s.ID, "disableApiTermination": true})
	require.NoError(t, c.Delete(m))
	gone, err := c.Read(m)
	require.NoError(t, err)
	assert.Nil(t, gone)
}

func TestVolumesOnlyGrow(t *testing.T) {
	c := cloud(t, "us-east-1")
	in := sim.Props{"availabilityZone": "us-east-1a", "size": 20.0}
	v := c.Must(volume, "v", in)
	_, err := c.Update(v, with(in, sim.Props{"size": 10.0}))
	require.ErrorContains(t, err, "smaller than existing size (20 GiB to 10 GiB)")
	grown, err := c.Update(v, with(in, sim.Props{"size": 30.0}))
	require.NoError(t, err)
	assert.EqualValues(t, 30, grown.Get("size"))
}

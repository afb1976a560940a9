package ec2

import (
	"regexp"

	"github.com/rung-dev/rung/offline/aws/internal/place"
	"github.com/rung-dev/rung/offline/aws/internal/refer"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// volumeTypes are the EBS volume types.
var volumeTypes = []string{"gp2", "gp3", "io1", "io2", "sc1", "st1", "standard"}

// metadataEnums are the values of instance metadata options, for the two types
// that have them.
func metadataEnums(extra map[string][]string) map[string][]string {
	onOff := []string{"enabled", "disabled"}
	out := map[string][]string{
		"metadataOptions.httpEndpoint": onOff, "metadataOptions.httpProtocolIpv6": onOff,
		"metadataOptions.httpTokens": {"optional", "required"}, "metadataOptions.instanceMetadataTags": onOff,
		"creditSpecification.cpuCredits":    {"standard", "unlimited"},
		"instanceInitiatedShutdownBehavior": {"stop", "terminate"},
		"maintenanceOptions.autoRecovery":   {"default", "disabled"},
	}
	for key, values := range extra {
		out[key] = values
	}
	return out
}

// compute is the table of instances, launch templates and volumes.
func compute() []sim.Kind {
	return []sim.Kind{
		{
			Token: token.EC2Instance, Service: "EC2", API: "Instance", Noun: "EC2 Instance", IDPrefix: "i",
			Verbs: map[sim.Verb]string{sim.Create: "RunInstances", sim.Update: "ModifyInstanceAttribute", sim.Delete: "TerminateInstances"},
			Defaults: sim.Props{
				"getPasswordData": false, "sourceDestCheck": true, "userDataReplaceOnChange": false,
				"rootBlockDevice.deleteOnTermination": true, "ebsBlockDevices.deleteOnTermination": true,
			},
			AtMostOneOf: [][]string{
				{"userData", "userDataBase64"}, {"placementGroup", "hostResourceGroupArn"}, {"ipv6Addresses", "ipv6AddressCount"},
				{"networkInterfaces", "subnetId"}, {"networkInterfaces", "vpcSecurityGroupIds"}, {"networkInterfaces", "privateIp"},
				{"networkInterfaces", "associatePublicIpAddress"}, {"cpuOptions", "cpuCoreCount"}, {"cpuOptions", "cpuThreadsPerCore"},
			},
			Enums: metadataEnums(map[string][]string{
				"rootBlockDevice.volumeType": volumeTypes, "ebsBlockDevices.volumeType": volumeTypes,
				"tenancy": {"default", "dedicated", "host"},
			}),
			Ranges: map[string]sim.Range{"metadataOptions.httpPutResponseHopLimit": {Min: 1, Max: 64}},
			Checks: []sim.Check{eitherTemplateOr("ami"), eitherTemplateOr("instanceType"), userDataSize, blockDevices("rootBlockDevice", "ebsBlockDevices")},
			ReplaceOn: []string{
				"ami", "associatePublicIpAddress", "availabilityZone", "cpuCoreCount", "cpuThreadsPerCore", "ebsOptimized",
				"ephemeralBlockDevices", "hibernation", "hostId", "instanceMarketOptions", "keyName", "launchTemplate",
				"networkInterfaces",
				"placementGroup", "placementPartitionNumber", "privateDnsNameOptions", "privateIp",
				"rootBlockDevice.encrypted", "rootBlockDevice.kmsKeyId", "securityGroups", "subnetId", "tenancy",
			},
			ReplaceWhen: instanceReplacedWhen,
			Sets:        []string{"ebsBlockDevices", "ephemeralBlockDevices", "networkInterfaces"},
			Outputs:     instanceOutputs,
			Changing: func(o *sim.Op) []string {
				if o.Changed("instanceType") || o.Changed("userData") || o.Changed("userDataBase64") {
					return []string{"publicIp", "publicDns"} // a stop and start may change them
				}
				return nil
			},
			Refs: []sim.Ref{
				refer.Subnet("subnetId"), refer.SecurityGroup("vpcSecurityGroupIds"),
				{
					Path: "iamInstanceProfile", Missing: "InvalidParameterValue",
					To: []sim.Target{{Token: token.IAMInstanceProfile, By: "name"}, {Token: token.IAMInstanceProfile}},
				},
				{Path: "launchTemplate.id", To: []sim.Target{{Token: token.EC2LaunchTemplate}}, Missing: "InvalidLaunchTemplateId.NotFound"},
				{Path: "launchTemplate.name", To: []sim.Target{{Token: token.EC2LaunchTemplate, By: "name"}}, Missing: "InvalidLaunchTemplateName.NotFoundException"},
				{Path: "keyName", To: []sim.Target{{Token: token.EC2KeyPair, By: "keyName"}}, Missing: "InvalidKeyPair.NotFound"},
				refer.Key("rootBlockDevice.kmsKeyId", "InvalidKmsKey.NotFound"),
			},
			// The provider lifts disableApiTermination itself before it terminates.
			Rules: sim.Many(sim.Create|sim.Update, place.ZoneInRegion("availabilityZone"), instanceTypeExists, imageFits),
		},
		{
			Token: token.EC2LaunchTemplate, Service: "EC2", API: "LaunchTemplate", Noun: "EC2 Launch Template", IDPrefix: "lt",
			Verbs: map[sim.Verb]string{sim.Update: "CreateLaunchTemplateVersion"},
			Name: &sim.Name{
				Prefix: "namePrefix", Auto: true, Max: 125, Taken: "InvalidLaunchTemplateName.AlreadyExistsException",
				Pattern: sim.Pattern{Match: regexp.MustCompile(`^[a-zA-Z0-9().\-/_]{3,}$`), Want: "at least 3 letters, digits and ().-/_"},
			},
			AtMostOneOf: [][]string{
				{"name", "namePrefix"}, {"defaultVersion", "updateDefaultVersion"}, {"instanceRequirements", "instanceType"},
				{"securityGroupNames", "vpcSecurityGroupIds"},
			},
			Lengths: map[string]sim.Range{"description": {Max: 255}, "namePrefix": {Min: 3, Max: 99}},
			Enums: metadataEnums(map[string][]string{
				"blockDeviceMappings.ebs.volumeType": volumeTypes,
				"tagSpecifications.resourceType": {
					"instance", "volume", "network-interface", "spot-instances-request", "elastic-gpu",
				},
			}),
			Ranges:    map[string]sim.Range{"metadataOptions.httpPutResponseHopLimit": {Min: 1, Max: 64}},
			Checks:    []sim.Check{encodedUserData, blockDevices("blockDeviceMappings.ebs")},
			ReplaceOn: []string{"name", "namePrefix"},
			Outputs:   templateOutputs,
			Changing:  templateChanging,
			Refs: []sim.Ref{
				refer.SecurityGroup("vpcSecurityGroupIds"), refer.SecurityGroup("networkInterfaces.securityGroups"),
				refer.Subnet("networkInterfaces.subnetId"),
				{Path: "keyName", To: []sim.Target{{Token: token.EC2KeyPair, By: "keyName"}}, Missing: "InvalidKeyPair.NotFound"},
			},
			Rules: sim.Many(sim.Create|sim.Update, instanceTypeExists),
		},
		{
			Token: token.EBSVolume, Service: "EC2", API: "Volume", Noun: "EBS Volume", IDPrefix: "vol",
			Enums: map[string][]string{"type": volumeTypes}, Defaults: sim.Props{"finalSnapshot": false},
			Ranges:    map[string]sim.Range{"size": {Min: 1, Max: 65536}, "throughput": {Min: 125, Max: 1000}},
			Checks:    []sim.Check{volumeNeedsSize, volumeNumbers("type", "size")},
			ReplaceOn: []string{"availabilityZone", "encrypted", "kmsKeyId", "multiAttachEnabled", "outpostArn", "snapshotId"},
			Outputs:   volumeOutputs,
			Refs:      []sim.Ref{refer.Key("kmsKeyId", "InvalidKmsKey.NotFound")},
			Rules:     append(sim.Many(sim.Create, place.ZoneInRegion("availabilityZone")), sim.Many(sim.Update, volumeGrows)...),
		},
		{
			Token: token.EC2VolumeAttachment, Service: "EC2", API: "Volume", Noun: "EBS Volume Attachment", IDPrefix: "vai",
			Verbs:     map[sim.Verb]string{sim.Create: "AttachVolume", sim.Delete: "DetachVolume"},
			ReplaceOn: []string{"deviceName", "instanceId", "volumeId"},
			Refs: []sim.Ref{
				{Path: "volumeId", To: []sim.Target{{Token: token.EBSVolume}}, Missing: "InvalidVolume.NotFound", InUse: "VolumeInUse"},
				{Path: "instanceId", To: []sim.Target{{Token: token.EC2Instance}}, Missing: "InvalidInstanceID.NotFound"},
			},
			Rules: sim.Many(sim.Create, sameZone, volumeFree, deviceFree),
		},
		{
			Token: token.EC2NetworkInterface, Service: "EC2", API: "NetworkInterface", Noun: "EC2 Network Interface", IDPrefix: "eni",
			Defaults: sim.Props{"sourceDestCheck": true}, ReplaceOn: []string{"interfaceType", "subnetId"},
			Outputs: func(o *sim.Op) sim.Props {
				ip := place.HostIn(o, o.In.Str("subnetId"), "eni")
				return sim.Props{
					"arn": o.ARN("ec2", "network-interface/"+o.ID), "ownerId": o.Account, "macAddress": macAddress(o), "outpostArn": "",
					"privateIp": ip, "privateIps": sim.List(ip), "privateDnsName": privateDNS(o.Region, ip), "privateIpsCount": 0,
					"interfaceType": "interface", "securityGroups": []any{}, "attachments": []any{},
				}
			},
			Refs: []sim.Ref{refer.Subnet("subnetId"), refer.SecurityGroup("securityGroups")},
		},
		{
			Token: token.EC2KeyPair, Service: "EC2", API: "KeyPair", Noun: "EC2 Key Pair",
			Verbs:     map[sim.Verb]string{sim.Create: "ImportKeyPair"},
			Name:      &sim.Name{Property: "keyName", Prefix: "keyNamePrefix", Auto: true, Max: 255, Taken: "InvalidKeyPair.Duplicate"},
			ReplaceOn: []string{"keyName", "keyNamePrefix", "publicKey"},
			Outputs: func(o *sim.Op) sim.Props {
				return sim.Props{
					"arn": o.ARN("ec2", "key-pair/"+o.NameOf()), "keyPairId": o.HexID("key"), "keyType": "ed25519",
					"fingerprint": o.Lower(43, "fingerprint") + "=", "keyNamePrefix": "",
				}
			},
		},
	}
}

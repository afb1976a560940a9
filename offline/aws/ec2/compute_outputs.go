package ec2

import (
	"strings"

	"github.com/rung-dev/rung/offline/aws/internal/made"
	"github.com/rung-dev/rung/offline/aws/internal/place"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

func instanceOutputs(o *sim.Op) sim.Props {
	subnet, _ := o.Find(token.EC2Subnet, o.In.Str("subnetId"))
	zone := subnet.Str("availabilityZone")
	if zone == "" {
		zone = o.Old.Str("availabilityZone")
	}
	private := o.In.Str("privateIp")
	if private == "" {
		private = place.HostIn(o, o.In.Str("subnetId"), "instance")
	}
	public := ""
	if o.In.Bool("associatePublicIpAddress") ||
		(!o.In.Has("associatePublicIpAddress") && subnet.Bool("mapPublicIpOnLaunch")) {
		public = publicIP(o, "instance")
	}
	out := sim.Props{
		"arn": o.ARN("ec2", "instance/"+o.ID), "instanceState": "running", "primaryNetworkInterfaceId": o.HexID("eni"),
		"availabilityZone": zone, "subnetId": "", "privateIp": private, "privateDns": privateDNS(o.Region, private),
		"publicIp": public, "publicDns": publicDNS(o.Region, public), "associatePublicIpAddress": public != "",
		"vpcSecurityGroupIds": []any{}, "securityGroups": []any{}, "secondaryPrivateIps": []any{}, "ipv6Addresses": []any{},
		"ipv6AddressCount": 0, "tenancy": "default", "hostId": "", "keyName": "", "placementGroup": "", "placementPartitionNumber": 0,
		"passwordData": "", "outpostArn": "", "instanceLifecycle": "", "spotInstanceRequestId": "",
		"disableApiStop": false, "disableApiTermination": false, "monitoring": false, "ebsOptimized": false, "iamInstanceProfile": "",
		"instanceInitiatedShutdownBehavior": "stop", "userDataBase64": "", "instanceType": "", "ami": "",
		"rootBlockDevice": map[string]any{"deleteOnTermination": true, "volumeType": "gp3", "volumeSize": 8.0, "encrypted": false},
		"metadataOptions": map[string]any{
			"httpEndpoint": "enabled", "httpTokens": "optional", "httpPutResponseHopLimit": 1.0, "instanceMetadataTags": "disabled",
		},
	}
	for key, v := range rootVolume(o) {
		out["rootBlockDevice."+key] = v
	}
	return out
}

// rootVolume is what AWS fills into the root device.
func rootVolume(o *sim.Op) sim.Props {
	return sim.Props{
		"volumeId": "vol-0" + o.Hex(16, "root"), "deviceName": "/dev/xvda", "encrypted": false, "volumeType": "gp3",
		"volumeSize": 8.0, "iops": 3000.0, "throughput": 125.0, "kmsKeyId": "",
	}
}

func templateOutputs(o *sim.Op) sim.Props {
	latest, standard := 1, 1
	if o.Old != nil {
		latest, standard = o.Old.Int("latestVersion"), o.Old.Int("defaultVersion")
	}
	if o.Old != nil && templateChanged(o) {
		latest++
		if o.In.Bool("updateDefaultVersion") {
			standard = latest
		}
	}
	return sim.Props{
		"arn": o.ARN("ec2", "launch-template/"+o.ID), "latestVersion": latest, "defaultVersion": standard,
	}
}

// templateChanged reports whether an update makes a new version: everything but
// the template's own tags and its choice of default does.
func templateChanged(o *sim.Op) bool {
	for key := range mergeKeys(o.In, o.Old) {
		switch key {
		case "id", "arn", "tags", "tagsAll", "name", "namePrefix", "latestVersion", "defaultVersion", "updateDefaultVersion":
		default:
			if !strings.HasPrefix(key, "__") && o.Changed(key) {
				return true
			}
		}
	}
	return false
}

func mergeKeys(maps ...sim.Props) map[string]bool {
	keys := map[string]bool{}
	for _, m := range maps {
		for key := range m {
			keys[key] = true
		}
	}
	return keys
}

func templateChanging(o *sim.Op) []string {
	switch {
	case !templateChanged(o):
		return nil
	case o.In.Bool("updateDefaultVersion"):
		return []string{"latestVersion", "defaultVersion"}
	}
	return []string{"latestVersion"}
}

func volumeOutputs(o *sim.Op) sim.Props {
	kind, size := o.In.Str("type"), o.In.Int("size")
	if kind == "" {
		kind = "gp2"
	}
	out := sim.Props{
		"arn": o.ARN("ec2", "volume/"+o.ID), "createTime": made.At, "encrypted": false, "iops": 0, "throughput": 0,
		"kmsKeyId": "", "size": 8, "snapshotId": "", "type": kind,
	}
	switch kind {
	case "gp3":
		out["iops"], out["throughput"] = 3000, 125
	case "gp2":
		out["iops"] = min(16000, max(100, 3*size))
	}
	if o.In.Bool("encrypted") {
		out["kmsKeyId"] = o.ARN("kms", "key/"+made.Key(o, "ebs"))
	}
	return out
}

func macAddress(o *sim.Op) string {
	h := o.Hex(8, "mac")
	return "0e:" + h[:2] + ":" + h[2:4] + ":" + h[4:6] + ":" + h[6:8] + ":" + o.Hex(2, "mac end")
}

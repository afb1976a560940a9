package record

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/rung-dev/rung/resource/token"
)

// prefixedIDs are the types whose id is a prefix and 17 hex digits.
var prefixedIDs = map[string]string{
	token.EBSVolume:                          "vol-",
	token.EC2EgressOnlyInternetGateway:       "eigw-",
	token.EC2Eip:                             "eipalloc-",
	token.EC2FlowLog:                         "fl-",
	token.EC2Instance:                        "i-",
	token.EC2InternetGateway:                 "igw-",
	token.EC2LaunchTemplate:                  "lt-",
	token.EC2NatGateway:                      "nat-",
	token.EC2NetworkAcl:                      "acl-",
	token.EC2NetworkInterface:                "eni-",
	token.EC2PlacementGroup:                  "pg-",
	token.EC2RouteTable:                      "rtb-",
	token.EC2RouteTableAssociation:           "rtbassoc-",
	token.EC2SecurityGroup:                   "sg-",
	token.EC2SecurityGroupRule:               "sgrule-",
	token.EC2Subnet:                          "subnet-",
	token.EC2Vpc:                             "vpc-",
	token.EC2VpcEndpoint:                     "vpce-",
	token.EC2VpcPeeringConnection:            "pcx-",
	token.EC2TransitGatewayPeeringAttachment: "tgw-attach-",
	token.EC2TransitGatewayRouteTable:        "tgw-rtb-",
	token.EC2TransitGateway:                  "tgw-",
	token.EC2TransitGatewayVpcAttachment:     "tgw-attach-",
	token.DLMLifecyclePolicy:                 "policy-",
	token.EFSFileSystem:                      "fs-",
	token.VPCSecurityGroupEgressRule:         "sgr-",
	token.VPCSecurityGroupIngressRule:        "sgr-",
}

// awsOutputs adds what a type computes beyond id, name and arn.
var awsOutputs = map[string]func(made) outputs{
	token.EC2Vpc: func(m made) outputs {
		return outputs{
			"defaultSecurityGroupId": "sg-" + m.hex(17), "mainRouteTableId": "rtb-" + m.hex(17),
			"defaultRouteTableId": "rtb-" + m.hex(17), "defaultNetworkAclId": "acl-" + m.hex(17),
			"ownerId": account, "ipv6CidrBlock": "2001:db8:" + m.hex(4) + "::/56",
		}
	},
	token.EC2Instance: func(m made) outputs {
		return outputs{
			"privateIp": m.ip("10.0.0"), "publicIp": m.ip("203.0.113"), "availabilityZone": m.region + "a",
			"privateDns": "ip-10-0-0-1.ec2.internal", "primaryNetworkInterfaceId": "eni-" + m.hex(17), "instanceState": "running",
		}
	},
	token.EC2Eip: func(m made) outputs {
		return outputs{"allocationId": "eipalloc-" + m.hex(17), "publicIp": m.ip("203.0.113"),
			"publicDns": "ec2-203-0-113-1.compute-1.amazonaws.com"}
	},
	token.EC2NatGateway: func(m made) outputs {
		return outputs{"publicIp": m.ip("198.51.100"), "networkInterfaceId": "eni-" + m.hex(17)}
	},
	token.EC2LaunchTemplate: func(made) outputs { return outputs{"latestVersion": 1, "defaultVersion": 1} },
	token.EC2VpcEndpoint: func(m made) outputs {
		return outputs{"prefixListId": "pl-" + m.hex(8), "networkInterfaceIds": list("eni-" + m.hex(17))}
	},

	token.LBLoadBalancer:       loadBalancer,
	token.LBTargetGroup:        targetGroup,
	token.LBListener:           arnAsID(func(m made) string { return "listener/app/" + m.name + "/" + m.hex(16) + "/" + m.hex(16) }),
	token.LBListenerRule:       arnAsID(func(m made) string { return "listener-rule/app/" + m.name + "/" + m.hex(16) }),
	token.AutoScalingGroup:     named(func(m made) string { return "autoScalingGroup:" + m.hash + ":autoScalingGroupName/" + m.name }),
	token.AutoScalingPolicy:    named(func(m made) string { return "scalingPolicy:" + m.hash + ":policyName/" + m.name }),
	token.SQSQueue:             queue,
	token.SNSTopic:             arnAsID(func(m made) string { return m.name }),
	token.SNSTopicSubscription: arnAsID(func(m made) string { return m.name + ":" + m.hex(16) }),
	token.S3Bucket:             bucket,
	token.S3BucketV2:           bucket,
	token.S3BucketObjectv2:     func(m made) outputs { return outputs{"id": m.str("key"), "versionId": m.hex(32)} },
	token.RDSInstance:          rdsInstance,
	token.RDSCluster:           rdsCluster,
	token.RDSGlobalCluster: func(m made) outputs {
		id := m.str("globalClusterIdentifier")
		return outputs{"id": id, "arn": "arn:aws:rds::" + account + ":global-cluster:" + id,
			"endpoint":            id + ".global-" + m.hex(12) + ".global.rds.amazonaws.com",
			"engineVersionActual": m.str("engineVersion")}
	},
	token.RDSParameterGroup:           named(func(m made) string { return "pg:" + m.name }),
	token.RDSSubnetGroup:              named(func(m made) string { return "subgrp:" + m.name }),
	token.ElastiCacheReplicationGroup: replicationGroup,
	token.ElastiCacheSubnetGroup:      named(func(m made) string { return "subnetgroup:" + m.name }),
	token.ElastiCacheParameterGroup:   named(func(m made) string { return "parametergroup:" + m.name }),

	token.IAMRole: func(m made) outputs {
		return outputs{"arn": m.global("role/" + m.name), "uniqueId": "AROA" + m.upper(16)}
	},
	token.IAMPolicy: func(m made) outputs {
		return outputs{"id": m.global("policy/" + m.name), "arn": m.global("policy/" + m.name),
			"policyId": "ANPA" + m.upper(16)}
	},
	token.IAMInstanceProfile: func(m made) outputs { return outputs{"arn": m.global("instance-profile/" + m.name)} },
	token.KMSKey: func(m made) outputs {
		return outputs{"id": m.uuid(), "keyId": m.uuid(), "arn": m.arn("key/" + m.uuid())}
	},
	token.KMSReplicaKey: func(m made) outputs {
		return outputs{"id": m.uuid(), "keyId": m.uuid(), "arn": m.arn("key/" + m.uuid())}
	},
	token.SecretsManagerSecret: arnAsID(func(m made) string { return "secret:" + m.name + "-" + m.hex(6) }),
	token.SecretsManagerSecretVersion: func(m made) outputs {
		return outputs{"id": m.str("secretId") + "|" + m.uuid(), "arn": m.str("secretId"), "versionId": m.uuid()}
	},
	token.SSMParameter: func(m made) outputs {
		return outputs{"arn": m.arn("parameter/" + strings.TrimPrefix(m.name, "/")), "version": 1}
	},

	token.Route53Zone: func(m made) outputs {
		return outputs{
			"id": "Z" + m.upper(20), "zoneId": "Z" + m.upper(20), "arn": "arn:aws:route53:::hostedzone/Z" + m.upper(20),
			"nameServers": list("ns-1.awsdns-01.com", "ns-2.awsdns-02.net", "ns-3.awsdns-03.org", "ns-4.awsdns-04.co.uk"),
		}
	},
	token.GlobalAcceleratorAccelerator: func(m made) outputs {
		arn := "arn:aws:globalaccelerator::" + account + ":accelerator/" + m.uuid()
		return outputs{
			"id": arn, "arn": arn, "dnsName": "a" + m.hex(16) + ".awsglobalaccelerator.com", "hostedZoneId": "Z2BJ6XQ5FK7U4H",
			"ipSets": resource.NewProperty([]resource.PropertyValue{resource.NewProperty(resource.PropertyMap{
				"ipAddresses": list(m.ip("192.0.2"), m.ip("198.51.100")), "ipFamily": resource.NewProperty("IPv4"),
			})}),
		}
	},
	token.Route53Record: func(m made) outputs {
		return outputs{"id": m.str("zoneId") + "_" + m.str("name") + "_" + m.str("type"), "fqdn": m.str("name")}
	},
	token.Route53HealthCheck: func(m made) outputs {
		return outputs{"id": m.uuid(), "arn": "arn:aws:route53:::healthcheck/" + m.uuid()}
	},
	token.ACMCertificate:           certificate,
	token.ACMCertificateValidation: func(m made) outputs { return outputs{"id": m.str("certificateArn")} },

	token.CloudFrontDistribution: func(m made) outputs {
		return outputs{
			"id": "E" + m.upper(13), "arn": m.cloudfront("distribution/E" + m.upper(13)), "status": "Deployed", "etag": "E" + m.upper(13),
			"domainName": "d" + m.hex(13) + ".cloudfront.net", "hostedZoneId": "Z2FDTNDATAQYW2", // CloudFront's one zone for alias records
		}
	},
	token.CloudFrontOriginAccessControl:   cloudfrontPart("E", "origin-access-control"),
	token.CloudFrontCachePolicy:           cloudfrontPart("", "cache-policy"),
	token.CloudFrontOriginRequestPolicy:   cloudfrontPart("", "origin-request-policy"),
	token.CloudFrontResponseHeadersPolicy: cloudfrontPart("", "response-headers-policy"),
	token.CloudFrontFunction: func(m made) outputs {
		return outputs{"arn": m.cloudfront("function/" + m.name), "etag": "E" + m.upper(13)}
	},

	token.CloudWatchLogGroup:    named(func(m made) string { return "log-group:" + m.name }),
	token.CloudWatchMetricAlarm: named(func(m made) string { return "alarm:" + m.name }),
	token.CloudWatchDashboard: func(m made) outputs {
		return outputs{"dashboardArn": "arn:aws:cloudwatch::" + account + ":dashboard/" + m.str("dashboardName")}
	},
	token.BudgetsBudget: func(m made) outputs { return outputs{"id": account + ":" + m.name} },
}

// global is an IAM ARN, which has no region.
func (m made) global(rest string) string { return "arn:aws:iam::" + account + ":" + rest }

// cloudfront is a CloudFront ARN, which has no region.
func (m made) cloudfront(rest string) string { return "arn:aws:cloudfront::" + account + ":" + rest }

func (m made) uuid() string {
	h := m.hash
	return h[:8] + "-" + h[8:12] + "-4" + h[13:16] + "-8" + h[17:20] + "-" + h[20:32]
}

func list(values ...string) resource.PropertyValue {
	out := make([]resource.PropertyValue, 0, len(values))
	for _, v := range values {
		out = append(out, resource.NewProperty(v))
	}
	return resource.NewProperty(out)
}

func arnAsID(rest func(made) string) func(made) outputs {
	return func(m made) outputs { return outputs{"id": m.arn(rest(m)), "arn": m.arn(rest(m))} }
}

func named(rest func(made) string) func(made) outputs {
	return func(m made) outputs { return outputs{"arn": m.arn(rest(m))} }
}

func cloudfrontPart(prefix, kind string) func(made) outputs {
	return func(m made) outputs {
		id := m.uuid()
		if prefix != "" {
			id = prefix + m.upper(13)
		}
		return outputs{"id": id, "arn": m.cloudfront(kind + "/" + id), "etag": "E" + m.upper(13)}
	}
}

// albZones are the hosted zones of application load balancers, from
// https://docs.aws.amazon.com/general/latest/gr/elb.html (read 2026-11).
var albZones = map[string]string{"us-east-1": "Z35SXDOTRQ7X7K", "us-east-2": "Z3AADJGX6KTTL2",
	"us-west-2": "Z1H1FL5HABSF5", "eu-west-1": "Z32O12XQLNTSW2", "eu-central-1": "Z215JYRZR1TBD5"}

func loadBalancer(m made) outputs {
	suffix := "app/" + m.name + "/" + m.hex(16)
	zone := albZones[m.region]
	if zone == "" {
		zone = "Z" + m.upper(13)
	}
	return outputs{
		"id": m.arn("loadbalancer/" + suffix), "arn": m.arn("loadbalancer/" + suffix), "arnSuffix": suffix, "zoneId": zone,
		"dnsName": m.name + "-" + m.hex(9) + "." + m.region + ".elb.amazonaws.com",
	}
}

func targetGroup(m made) outputs {
	suffix := "targetgroup/" + m.name + "/" + m.hex(16)
	return outputs{"id": m.arn(suffix), "arn": m.arn(suffix), "arnSuffix": suffix}
}

func queue(m made) outputs {
	url := "https://sqs." + m.region + ".amazonaws.com/" + account + "/" + m.name
	return outputs{"id": url, "url": url, "arn": m.arn(m.name)}
}

func bucket(m made) outputs {
	return outputs{
		"bucket": m.name, "arn": "arn:aws:s3:::" + m.name, "region": m.region, "hostedZoneId": "Z3AQBSTGFYJSTF",
		"bucketDomainName": m.name + ".s3.amazonaws.com", "bucketRegionalDomainName": m.name + ".s3." + m.region + ".amazonaws.com",
	}
}

func rdsInstance(m made) outputs {
	host := m.name + "." + m.hex(12) + "." + m.region + ".rds.amazonaws.com"
	return outputs{
		"id": "db-" + m.upper(26), "identifier": m.name, "resourceId": "db-" + m.upper(26), "arn": m.arn("db:" + m.name),
		"address": host, "endpoint": host + ":5432", "port": m.number("port", 5432), "hostedZoneId": "Z2R2ITUGPM61AM",
		"engineVersionActual": m.str("engineVersion"), "availabilityZone": m.region + "a", "status": "available",
	}
}

func rdsCluster(m made) outputs {
	host := func(kind string) string {
		return m.name + ".cluster-" + kind + m.hex(12) + "." + m.region + ".rds.amazonaws.com"
	}
	return outputs{
		"clusterIdentifier": m.name, "arn": m.arn("cluster:" + m.name), "clusterResourceId": "cluster-" + m.upper(26),
		"endpoint": host(""), "readerEndpoint": host("ro-"), "port": m.number("port", 5432), "hostedZoneId": "Z2R2ITUGPM61AM",
	}
}

func replicationGroup(m made) outputs {
	host := func(kind string) string {
		return kind + "." + m.name + "." + m.hex(6) + ".use1.cache.amazonaws.com"
	}
	return outputs{
		"replicationGroupId": m.name, "arn": m.arn("replicationgroup:" + m.name), "port": m.number("port", 6379),
		"primaryEndpointAddress": host("master"), "readerEndpointAddress": host("replica"),
		"configurationEndpointAddress": host("clustercfg"), "memberClusters": list(m.name+"-001", m.name+"-002"),
	}
}

func certificate(m made) outputs {
	names := []string{m.str("domainName")}
	if v := m.in["subjectAlternativeNames"]; v.IsArray() {
		for _, e := range v.ArrayValue() {
			if e.IsString() && e.StringValue() != names[0] {
				names = append(names, e.StringValue())
			}
		}
	}
	options := make([]resource.PropertyValue, 0, len(names))
	for _, n := range names {
		options = append(options, resource.NewProperty(resource.PropertyMap{
			"domainName":          resource.NewProperty(n),
			"resourceRecordName":  resource.NewProperty("_" + m.hash + "." + strings.TrimPrefix(n, "*.") + "."),
			"resourceRecordType":  resource.NewProperty("CNAME"),
			"resourceRecordValue": resource.NewProperty("_" + m.hash + ".acm-validations.aws."),
		}))
	}
	arn := m.arn("certificate/" + m.uuid())
	return outputs{"id": arn, "arn": arn, "domainValidationOptions": resource.NewProperty(options), "status": "ISSUED"}
}

package record

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// prefixedIDs are the types whose id is a prefix and 17 hex digits.
var prefixedIDs = map[string]string{
	"aws:ebs/volume:Volume": "vol-",
	"aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway": "eigw-",
	"aws:ec2/eip:Eip":                                           "eipalloc-",
	"aws:ec2/flowLog:FlowLog":                                   "fl-",
	"aws:ec2/instance:Instance":                                 "i-",
	"aws:ec2/internetGateway:InternetGateway":                   "igw-",
	"aws:ec2/launchTemplate:LaunchTemplate":                     "lt-",
	"aws:ec2/natGateway:NatGateway":                             "nat-",
	"aws:ec2/networkAcl:NetworkAcl":                             "acl-",
	"aws:ec2/networkInterface:NetworkInterface":                 "eni-",
	"aws:ec2/placementGroup:PlacementGroup":                     "pg-",
	"aws:ec2/routeTable:RouteTable":                             "rtb-",
	"aws:ec2/routeTableAssociation:RouteTableAssociation":       "rtbassoc-",
	"aws:ec2/securityGroup:SecurityGroup":                       "sg-",
	"aws:ec2/securityGroupRule:SecurityGroupRule":               "sgrule-",
	"aws:ec2/subnet:Subnet":                                     "subnet-",
	"aws:ec2/vpc:Vpc":                                           "vpc-",
	"aws:ec2/vpcEndpoint:VpcEndpoint":                           "vpce-",
	"aws:ec2/vpcPeeringConnection:VpcPeeringConnection":         "pcx-",
	"aws:ec2transitgateway/peeringAttachment:PeeringAttachment": "tgw-attach-",
	"aws:ec2transitgateway/routeTable:RouteTable":               "tgw-rtb-",
	"aws:ec2transitgateway/transitGateway:TransitGateway":       "tgw-",
	"aws:ec2transitgateway/vpcAttachment:VpcAttachment":         "tgw-attach-",
	"aws:dlm/lifecyclePolicy:LifecyclePolicy":                   "policy-",
	"aws:efs/fileSystem:FileSystem":                             "fs-",
	"aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule":   "sgr-",
	"aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": "sgr-",
}

// awsOutputs adds what a type computes beyond id, name and arn.
var awsOutputs = map[string]func(made) outputs{
	"aws:ec2/vpc:Vpc": func(m made) outputs {
		return outputs{
			"defaultSecurityGroupId": "sg-" + m.hex(17), "mainRouteTableId": "rtb-" + m.hex(17),
			"defaultRouteTableId": "rtb-" + m.hex(17), "defaultNetworkAclId": "acl-" + m.hex(17),
			"ownerId": account, "ipv6CidrBlock": "2001:db8:" + m.hex(4) + "::/56",
		}
	},
	"aws:ec2/instance:Instance": func(m made) outputs {
		return outputs{
			"privateIp": m.ip("10.0.0"), "publicIp": m.ip("203.0.113"), "availabilityZone": m.region + "a",
			"privateDns": "ip-10-0-0-1.ec2.internal", "primaryNetworkInterfaceId": "eni-" + m.hex(17), "instanceState": "running",
		}
	},
	"aws:ec2/eip:Eip": func(m made) outputs {
		return outputs{"allocationId": "eipalloc-" + m.hex(17), "publicIp": m.ip("203.0.113"),
			"publicDns": "ec2-203-0-113-1.compute-1.amazonaws.com"}
	},
	"aws:ec2/natGateway:NatGateway": func(m made) outputs {
		return outputs{"publicIp": m.ip("198.51.100"), "networkInterfaceId": "eni-" + m.hex(17)}
	},
	"aws:ec2/launchTemplate:LaunchTemplate": func(made) outputs { return outputs{"latestVersion": 1, "defaultVersion": 1} },
	"aws:ec2/vpcEndpoint:VpcEndpoint": func(m made) outputs {
		return outputs{"prefixListId": "pl-" + m.hex(8), "networkInterfaceIds": list("eni-" + m.hex(17))}
	},

	"aws:lb/loadBalancer:LoadBalancer":            loadBalancer,
	"aws:lb/targetGroup:TargetGroup":              targetGroup,
	"aws:lb/listener:Listener":                    arnAsID(func(m made) string { return "listener/app/" + m.name + "/" + m.hex(16) + "/" + m.hex(16) }),
	"aws:lb/listenerRule:ListenerRule":            arnAsID(func(m made) string { return "listener-rule/app/" + m.name + "/" + m.hex(16) }),
	"aws:autoscaling/group:Group":                 named(func(m made) string { return "autoScalingGroup:" + m.hash + ":autoScalingGroupName/" + m.name }),
	"aws:autoscaling/policy:Policy":               named(func(m made) string { return "scalingPolicy:" + m.hash + ":policyName/" + m.name }),
	"aws:sqs/queue:Queue":                         queue,
	"aws:sns/topic:Topic":                         arnAsID(func(m made) string { return m.name }),
	"aws:sns/topicSubscription:TopicSubscription": arnAsID(func(m made) string { return m.name + ":" + m.hex(16) }),
	"aws:s3/bucket:Bucket":                        bucket,
	"aws:s3/bucketV2:BucketV2":                    bucket,
	"aws:s3/bucketObjectv2:BucketObjectv2":        func(m made) outputs { return outputs{"id": m.str("key"), "versionId": m.hex(32)} },
	"aws:rds/instance:Instance":                   rdsInstance,
	"aws:rds/cluster:Cluster":                     rdsCluster,
	"aws:rds/globalCluster:GlobalCluster": func(m made) outputs {
		id := m.str("globalClusterIdentifier")
		return outputs{"id": id, "arn": "arn:aws:rds::" + account + ":global-cluster:" + id,
			"endpoint":            id + ".global-" + m.hex(12) + ".global.rds.amazonaws.com",
			"engineVersionActual": m.str("engineVersion")}
	},
	"aws:rds/parameterGroup:ParameterGroup":             named(func(m made) string { return "pg:" + m.name }),
	"aws:rds/subnetGroup:SubnetGroup":                   named(func(m made) string { return "subgrp:" + m.name }),
	"aws:elasticache/replicationGroup:ReplicationGroup": replicationGroup,
	"aws:elasticache/subnetGroup:SubnetGroup":           named(func(m made) string { return "subnetgroup:" + m.name }),
	"aws:elasticache/parameterGroup:ParameterGroup":     named(func(m made) string { return "parametergroup:" + m.name }),

	"aws:iam/role:Role": func(m made) outputs {
		return outputs{"arn": m.global("role/" + m.name), "uniqueId": "AROA" + m.upper(16)}
	},
	"aws:iam/policy:Policy": func(m made) outputs {
		return outputs{"id": m.global("policy/" + m.name), "arn": m.global("policy/" + m.name),
			"policyId": "ANPA" + m.upper(16)}
	},
	"aws:iam/instanceProfile:InstanceProfile": func(m made) outputs { return outputs{"arn": m.global("instance-profile/" + m.name)} },
	"aws:kms/key:Key": func(m made) outputs {
		return outputs{"id": m.uuid(), "keyId": m.uuid(), "arn": m.arn("key/" + m.uuid())}
	},
	"aws:kms/replicaKey:ReplicaKey": func(m made) outputs {
		return outputs{"id": m.uuid(), "keyId": m.uuid(), "arn": m.arn("key/" + m.uuid())}
	},
	"aws:secretsmanager/secret:Secret": arnAsID(func(m made) string { return "secret:" + m.name + "-" + m.hex(6) }),
	"aws:secretsmanager/secretVersion:SecretVersion": func(m made) outputs {
		return outputs{"id": m.str("secretId") + "|" + m.uuid(), "arn": m.str("secretId"), "versionId": m.uuid()}
	},
	"aws:ssm/parameter:Parameter": func(m made) outputs {
		return outputs{"arn": m.arn("parameter/" + strings.TrimPrefix(m.name, "/")), "version": 1}
	},

	"aws:route53/zone:Zone": func(m made) outputs {
		return outputs{
			"id": "Z" + m.upper(20), "zoneId": "Z" + m.upper(20), "arn": "arn:aws:route53:::hostedzone/Z" + m.upper(20),
			"nameServers": list("ns-1.awsdns-01.com", "ns-2.awsdns-02.net", "ns-3.awsdns-03.org", "ns-4.awsdns-04.co.uk"),
		}
	},
	"aws:globalaccelerator/accelerator:Accelerator": func(m made) outputs {
		arn := "arn:aws:globalaccelerator::" + account + ":accelerator/" + m.uuid()
		return outputs{
			"id": arn, "arn": arn, "dnsName": "a" + m.hex(16) + ".awsglobalaccelerator.com", "hostedZoneId": "Z2BJ6XQ5FK7U4H",
			"ipSets": resource.NewProperty([]resource.PropertyValue{resource.NewProperty(resource.PropertyMap{
				"ipAddresses": list(m.ip("192.0.2"), m.ip("198.51.100")), "ipFamily": resource.NewProperty("IPv4"),
			})}),
		}
	},
	"aws:route53/record:Record": func(m made) outputs {
		return outputs{"id": m.str("zoneId") + "_" + m.str("name") + "_" + m.str("type"), "fqdn": m.str("name")}
	},
	"aws:route53/healthCheck:HealthCheck": func(m made) outputs {
		return outputs{"id": m.uuid(), "arn": "arn:aws:route53:::healthcheck/" + m.uuid()}
	},
	"aws:acm/certificate:Certificate":                     certificate,
	"aws:acm/certificateValidation:CertificateValidation": func(m made) outputs { return outputs{"id": m.str("certificateArn")} },

	"aws:cloudfront/distribution:Distribution": func(m made) outputs {
		return outputs{
			"id": "E" + m.upper(13), "arn": m.cloudfront("distribution/E" + m.upper(13)), "status": "Deployed", "etag": "E" + m.upper(13),
			"domainName": "d" + m.hex(13) + ".cloudfront.net", "hostedZoneId": "Z2FDTNDATAQYW2", // CloudFront's one zone for alias records
		}
	},
	"aws:cloudfront/originAccessControl:OriginAccessControl":     cloudfrontPart("E", "origin-access-control"),
	"aws:cloudfront/cachePolicy:CachePolicy":                     cloudfrontPart("", "cache-policy"),
	"aws:cloudfront/originRequestPolicy:OriginRequestPolicy":     cloudfrontPart("", "origin-request-policy"),
	"aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy": cloudfrontPart("", "response-headers-policy"),
	"aws:cloudfront/function:Function": func(m made) outputs {
		return outputs{"arn": m.cloudfront("function/" + m.name), "etag": "E" + m.upper(13)}
	},

	"aws:cloudwatch/logGroup:LogGroup":       named(func(m made) string { return "log-group:" + m.name }),
	"aws:cloudwatch/metricAlarm:MetricAlarm": named(func(m made) string { return "alarm:" + m.name }),
	"aws:cloudwatch/dashboard:Dashboard": func(m made) outputs {
		return outputs{"dashboardArn": "arn:aws:cloudwatch::" + account + ":dashboard/" + m.str("dashboardName")}
	},
	"aws:budgets/budget:Budget": func(m made) outputs { return outputs{"id": account + ":" + m.name} },
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

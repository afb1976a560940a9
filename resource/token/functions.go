package token

// AWS's functions.
const (
	CloudFrontGetCachePolicy                = "aws:cloudfront/getCachePolicy:getCachePolicy"
	CloudFrontGetLogDeliveryCanonicalUserId = "aws:cloudfront/getLogDeliveryCanonicalUserId:getLogDeliveryCanonicalUserId"
	CloudFrontGetOriginRequestPolicy        = "aws:cloudfront/getOriginRequestPolicy:getOriginRequestPolicy"
	CloudFrontGetResponseHeadersPolicy      = "aws:cloudfront/getResponseHeadersPolicy:getResponseHeadersPolicy"

	EC2GetAmi               = "aws:ec2/getAmi:getAmi"
	EC2GetManagedPrefixList = "aws:ec2/getManagedPrefixList:getManagedPrefixList"
	EC2GetPrefixList        = "aws:ec2/getPrefixList:getPrefixList"
	EC2GetSecurityGroup     = "aws:ec2/getSecurityGroup:getSecurityGroup"
	EC2GetSubnet            = "aws:ec2/getSubnet:getSubnet"
	EC2GetSubnets           = "aws:ec2/getSubnets:getSubnets"
	EC2GetVpc               = "aws:ec2/getVpc:getVpc"

	ELBGetServiceAccount = "aws:elb/getServiceAccount:getServiceAccount"

	IAMGetPolicyDocument = "aws:iam/getPolicyDocument:getPolicyDocument"
	IAMGetRoles          = "aws:iam/getRoles:getRoles"

	AWSGetAvailabilityZones = "aws:index/getAvailabilityZones:getAvailabilityZones"
	AWSGetCallerIdentity    = "aws:index/getCallerIdentity:getCallerIdentity"
	AWSGetPartition         = "aws:index/getPartition:getPartition"
	AWSGetRegion            = "aws:index/getRegion:getRegion"

	RDSGetEngine        = "aws:rds/getEngine:getEngine"
	RDSGetEngineVersion = "aws:rds/getEngineVersion:getEngineVersion"

	Route53GetZone = "aws:route53/getZone:getZone"

	SSMGetParameter = "aws:ssm/getParameter:getParameter"
)

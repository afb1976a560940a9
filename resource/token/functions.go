package token

// AWS's functions.
const (
	ACMGetCertificate = "aws:acm/getCertificate:getCertificate"

	CloudFrontGetCachePolicy                = "aws:cloudfront/getCachePolicy:getCachePolicy"
	CloudFrontGetLogDeliveryCanonicalUserId = "aws:cloudfront/getLogDeliveryCanonicalUserId:getLogDeliveryCanonicalUserId"
	CloudFrontGetOriginRequestPolicy        = "aws:cloudfront/getOriginRequestPolicy:getOriginRequestPolicy"
	CloudFrontGetResponseHeadersPolicy      = "aws:cloudfront/getResponseHeadersPolicy:getResponseHeadersPolicy"

	EC2GetAmi               = "aws:ec2/getAmi:getAmi"
	EC2GetManagedPrefixList = "aws:ec2/getManagedPrefixList:getManagedPrefixList"
	EC2GetPrefixList        = "aws:ec2/getPrefixList:getPrefixList"
	EC2GetSecurityGroup     = "aws:ec2/getSecurityGroup:getSecurityGroup"
	EC2GetSecurityGroups    = "aws:ec2/getSecurityGroups:getSecurityGroups"
	EC2GetSubnet            = "aws:ec2/getSubnet:getSubnet"
	EC2GetSubnets           = "aws:ec2/getSubnets:getSubnets"
	EC2GetVpc               = "aws:ec2/getVpc:getVpc"

	ECRGetAuthorizationToken = "aws:ecr/getAuthorizationToken:getAuthorizationToken"
	ECRGetCredentials        = "aws:ecr/getCredentials:getCredentials"
	ECRGetRepository         = "aws:ecr/getRepository:getRepository"

	EKSGetCluster     = "aws:eks/getCluster:getCluster"
	EKSGetClusterAuth = "aws:eks/getClusterAuth:getClusterAuth"

	ELBGetServiceAccount = "aws:elb/getServiceAccount:getServiceAccount"

	IAMGetPolicy         = "aws:iam/getPolicy:getPolicy"
	IAMGetPolicyDocument = "aws:iam/getPolicyDocument:getPolicyDocument"
	IAMGetRole           = "aws:iam/getRole:getRole"
	IAMGetRoles          = "aws:iam/getRoles:getRoles"

	AWSGetAvailabilityZones = "aws:index/getAvailabilityZones:getAvailabilityZones"
	AWSGetCallerIdentity    = "aws:index/getCallerIdentity:getCallerIdentity"
	AWSGetPartition         = "aws:index/getPartition:getPartition"
	AWSGetRegion            = "aws:index/getRegion:getRegion"

	KMSGetAlias = "aws:kms/getAlias:getAlias"
	KMSGetKey   = "aws:kms/getKey:getKey"

	LBGetLoadBalancer = "aws:lb/getLoadBalancer:getLoadBalancer"

	RDSGetEngine        = "aws:rds/getEngine:getEngine"
	RDSGetEngineVersion = "aws:rds/getEngineVersion:getEngineVersion"

	Route53GetZone = "aws:route53/getZone:getZone"

	S3GetBucket = "aws:s3/getBucket:getBucket"

	SecretsManagerGetSecret        = "aws:secretsmanager/getSecret:getSecret"
	SecretsManagerGetSecretVersion = "aws:secretsmanager/getSecretVersion:getSecretVersion"

	SSMGetParameter = "aws:ssm/getParameter:getParameter"
)

package cost

import (
	"maps"

	"github.com/rung-dev/rung/resource/token"
)

// nativeType is a type of the aws-native provider, which names AWS's things as
// CloudFormation does, in the words of the classic one.
type nativeType struct {
	classic string
	// names are the properties that have another name there.
	names map[string]string
	// more makes what takes more than another name.
	more func(p, out props)
}

// natives are the types of aws-native that have a model.
var natives = map[string]nativeType{
	"aws-native:rds:DbInstance": {classic: token.RDSInstance, names: map[string]string{
		"dbInstanceClass": "instanceClass", "sourceDbInstanceIdentifier": "replicateSourceDb", "dbInstanceIdentifier": "identifier",
		"enablePerformanceInsights": "performanceInsightsEnabled", "dbClusterIdentifier": "clusterIdentifier"}},
	"aws-native:rds:DbCluster": {classic: token.RDSCluster, names: map[string]string{
		"dbClusterIdentifier": "clusterIdentifier", "serverlessV2ScalingConfiguration": "serverlessv2ScalingConfiguration"}},
	"aws-native:ec2:Instance": {classic: token.EC2Instance, more: func(p, out props) {
		for k, v := range machineOf(p) {
			if given(v) && !out.mentions(k) {
				out[k] = v
			}
		}
		out["monitoring"] = p["monitoring"]
	}},
	"aws-native:ec2:Volume":     {classic: token.EBSVolume, names: map[string]string{"volumeType": "type"}},
	"aws-native:ec2:NatGateway": {classic: token.EC2NatGateway},
	"aws-native:ec2:Eip":        {classic: token.EC2Eip, names: map[string]string{"instanceId": "instance"}},
	"aws-native:ec2:LaunchTemplate": {classic: token.EC2LaunchTemplate, more: func(p, out props) {
		for k, v := range p.object("launchTemplateData") {
			out[k] = v
		}
	}},
	"aws-native:ec2:VpcEndpoint": {classic: token.EC2VpcEndpoint},
	"aws-native:elasticloadbalancingv2:LoadBalancer": {classic: token.LBLoadBalancer, names: map[string]string{"type": "loadBalancerType"},
		more: func(p, out props) { out["internal"] = p.str("scheme") == "internal" }},
	"aws-native:elasticloadbalancing:LoadBalancer": {classic: token.ELBLoadBalancer,
		more: func(p, out props) { out["internal"] = p.str("scheme") == "internal" }},
	"aws-native:autoscaling:AutoScalingGroup": {classic: token.AutoScalingGroup, names: map[string]string{"vpcZoneIdentifier": "vpcZoneIdentifiers"}},
	"aws-native:ecs:Service": {classic: token.ECSService, names: map[string]string{"capacityProviderStrategy": "capacityProviderStrategies"},
		more: func(p, out props) {
			if vpc := p.object("networkConfiguration").object("awsvpcConfiguration"); vpc != nil {
				out["networkConfiguration"] = map[string]any{"assignPublicIp": vpc.str("assignPublicIp") == "ENABLED"}
			}
		}},
	"aws-native:ecs:TaskDefinition": {classic: token.ECSTaskDefinition, names: map[string]string{"taskDefinitionArn": "arn"}},
	"aws-native:ecs:Cluster":        {classic: token.ECSCluster},
	"aws-native:eks:Cluster":        {classic: token.EKSCluster},
	"aws-native:eks:Nodegroup":      {classic: token.EKSNodeGroup},
	"aws-native:lambda:Function":    {classic: token.LambdaFunction},
	"aws-native:dynamodb:Table": {classic: token.DynamoDBTable, more: func(p, out props) {
		flow := p.object("provisionedThroughput")
		out["readCapacity"], out["writeCapacity"] = flow["readCapacityUnits"], flow["writeCapacityUnits"]
	}},
	"aws-native:elasticache:ReplicationGroup": {classic: token.ElastiCacheReplicationGroup, names: map[string]string{"cacheNodeType": "nodeType"}},
	"aws-native:elasticache:CacheCluster":     {classic: token.ElastiCacheCluster, names: map[string]string{"cacheNodeType": "nodeType"}},
	"aws-native:opensearchservice:Domain":     {classic: token.OpenSearchDomain},
	"aws-native:redshift:Cluster":             {classic: token.RedshiftCluster},
	"aws-native:efs:FileSystem":               {classic: token.EFSFileSystem},
	"aws-native:s3:Bucket":                    {classic: token.S3Bucket},
	"aws-native:sqs:Queue":                    {classic: token.SQSQueue},
	"aws-native:sns:Topic":                    {classic: token.SNSTopic},
	"aws-native:kms:Key":                      {classic: token.KMSKey},
	"aws-native:secretsmanager:Secret":        {classic: token.SecretsManagerSecret},
	"aws-native:logs:LogGroup":                {classic: token.CloudWatchLogGroup},
	"aws-native:cloudwatch:Alarm":             {classic: token.CloudWatchMetricAlarm},
	"aws-native:cloudfront:Distribution":      {classic: token.CloudFrontDistribution},
	"aws-native:route53:HostedZone":           {classic: token.Route53Zone},
	"aws-native:apigatewayv2:Api":             {classic: token.APIGatewayV2Api},
	"aws-native:apigateway:RestApi":           {classic: token.APIGatewayRestApi},
	"aws-native:kinesis:Stream":               {classic: token.KinesisStream},
	"aws-native:stepfunctions:StateMachine":   {classic: token.SFNStateMachine},
	"aws-native:ecr:Repository":               {classic: token.ECRRepository},
}

// inClassicWords is a resource as the classic provider would have it, which all
// models speak; any other stays as it is.
func inClassicWords(r *Resource) *Resource {
	n, ok := natives[r.Type]
	if !ok {
		return r
	}
	out := make(props, len(r.Props))
	maps.Copy(out, r.Props)
	for there, here := range n.names {
		if v, has := r.Props[there]; has {
			out[here] = v
		}
	}
	if n.more != nil {
		n.more(r.Props, out)
	}
	same := *r
	same.Type, same.Props = n.classic, out
	if n.classic == token.RDSInstance && out.mentions("clusterIdentifier") {
		same.Type = token.RDSClusterInstance
	}
	return &same
}

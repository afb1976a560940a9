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
	"aws-native:ec2:LaunchTemplate": {classic: token.EC2LaunchTemplate, names: map[string]string{
		"launchTemplateName": "name", "launchTemplateId": "id"}, more: func(p, out props) {
		for k, v := range p.object("launchTemplateData") {
			out[k] = v
		}
	}},
	"aws-native:ec2:VpcEndpoint": {classic: token.EC2VpcEndpoint},
	"aws-native:elasticloadbalancingv2:LoadBalancer": {classic: token.LBLoadBalancer, names: map[string]string{"type": "loadBalancerType"},
		more: func(p, out props) { out["internal"] = p.str("scheme") == "internal" }},
	"aws-native:elasticloadbalancing:LoadBalancer": {classic: token.ELBLoadBalancer,
		more: func(p, out props) { out["internal"] = p.str("scheme") == "internal" }},
	"aws-native:autoscaling:AutoScalingGroup": {classic: token.AutoScalingGroup, names: map[string]string{
		"vpcZoneIdentifier": "vpcZoneIdentifiers", "launchConfigurationName": "launchConfiguration", "autoScalingGroupName": "name"}},
	"aws-native:autoscaling:LaunchConfiguration": {classic: token.EC2LaunchConfiguration, names: map[string]string{
		"instanceMonitoring": "enableMonitoring", "launchConfigurationName": "name"}},
	"aws-native:autoscaling:ScalingPolicy": {classic: token.AutoScalingPolicy, names: map[string]string{
		"autoScalingGroupName": "autoscalingGroupName"}},
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
		takeThroughput(p, out)
		indexes := make([]any, 0, len(p.objects("globalSecondaryIndexes")))
		for _, index := range p.objects("globalSecondaryIndexes") {
			of := props{"name": index["indexName"]}
			takeThroughput(index, of)
			indexes = append(indexes, map[string]any(of))
		}
		out["globalSecondaryIndexes"] = indexes
	}},
	"aws-native:elasticache:ReplicationGroup":          {classic: token.ElastiCacheReplicationGroup, names: map[string]string{"cacheNodeType": "nodeType"}},
	"aws-native:elasticache:CacheCluster":              {classic: token.ElastiCacheCluster, names: map[string]string{"cacheNodeType": "nodeType"}},
	"aws-native:opensearchservice:Domain":              {classic: token.OpenSearchDomain},
	"aws-native:redshift:Cluster":                      {classic: token.RedshiftCluster},
	"aws-native:efs:FileSystem":                        {classic: token.EFSFileSystem},
	"aws-native:s3:Bucket":                             {classic: token.S3Bucket},
	"aws-native:sqs:Queue":                             {classic: token.SQSQueue},
	"aws-native:sns:Topic":                             {classic: token.SNSTopic},
	"aws-native:kms:Key":                               {classic: token.KMSKey},
	"aws-native:secretsmanager:Secret":                 {classic: token.SecretsManagerSecret},
	"aws-native:logs:LogGroup":                         {classic: token.CloudWatchLogGroup},
	"aws-native:cloudwatch:Alarm":                      {classic: token.CloudWatchMetricAlarm},
	"aws-native:cloudfront:Distribution":               {classic: token.CloudFrontDistribution},
	"aws-native:route53:HostedZone":                    {classic: token.Route53Zone},
	"aws-native:apigatewayv2:Api":                      {classic: token.APIGatewayV2Api},
	"aws-native:apigateway:RestApi":                    {classic: token.APIGatewayRestApi},
	"aws-native:kinesis:Stream":                        {classic: token.KinesisStream},
	"aws-native:stepfunctions:StateMachine":            {classic: token.SFNStateMachine},
	"aws-native:ecr:Repository":                        {classic: token.ECRRepository},
	"aws-native:rds:DbProxy":                           {classic: token.RDSProxy},
	"aws-native:docdb:DbCluster":                       {classic: token.DocDBCluster, names: clusterNames},
	"aws-native:docdb:DbInstance":                      {classic: token.DocDBClusterInstance, names: clusterNames},
	"aws-native:neptune:DbCluster":                     {classic: token.NeptuneCluster, names: clusterNames},
	"aws-native:neptune:DbInstance":                    {classic: token.NeptuneClusterInstance, names: clusterNames},
	"aws-native:amazonmq:Broker":                       {classic: token.MQBroker},
	"aws-native:sns:Subscription":                      {classic: token.SNSTopicSubscription, names: map[string]string{"topicArn": "topic"}},
	"aws-native:logs:MetricFilter":                     {classic: token.CloudWatchLogMetricFilter},
	"aws-native:kinesisfirehose:DeliveryStream":        {classic: token.KinesisFirehoseDeliveryStream},
	"aws-native:ec2:TransitGateway":                    {classic: token.EC2TransitGateway},
	"aws-native:ec2:TransitGatewayVpcAttachment":       {classic: token.EC2TransitGatewayVpcAttachment},
	"aws-native:ec2:TransitGatewayAttachment":          {classic: token.EC2TransitGatewayVpcAttachment},
	"aws-native:ec2:TransitGatewayPeeringAttachment":   {classic: token.EC2TransitGatewayPeeringAttachment},
	"aws-native:ec2:ClientVpnEndpoint":                 {classic: token.EC2ClientVpnEndpoint},
	"aws-native:ec2:ClientVpnTargetNetworkAssociation": {classic: token.EC2ClientVpnNetworkAssociation},
	"aws-native:ec2:Host":                              {classic: token.EC2DedicatedHost},
	"aws-native:backup:BackupVault":                    {classic: token.BackupVault},
	"aws-native:athena:WorkGroup":                      {classic: token.AthenaWorkgroup},
	"aws-native:config:ConfigurationRecorder":          {classic: token.CfgRecorder},
	"aws-native:config:ConfigRule":                     {classic: token.CfgRule},
	"aws-native:route53resolver:ResolverEndpoint":      {classic: token.Route53ResolverEndpoint},
	"aws-native:route53:HealthCheck": {classic: token.Route53HealthCheck, more: func(p, out props) {
		maps.Copy(out, p.object("healthCheckConfig"))
	}},
	"aws-native:directoryservice:SimpleAd":    {classic: token.DirectoryServiceDirectory},
	"aws-native:directoryservice:MicrosoftAd": {classic: token.DirectoryServiceDirectory, more: func(_, out props) { out["type"] = "MicrosoftAD" }},
	"aws-native:elasticbeanstalk:Environment": {classic: token.ElasticBeanstalkEnvironment, more: func(p, out props) {
		settings := make([]any, 0, len(p.objects("optionSettings")))
		for _, o := range p.objects("optionSettings") {
			setting := map[string]any{"namespace": o["namespace"], "name": o["optionName"], "value": o["value"]}
			settings = append(settings, setting)
		}
		out["settings"] = settings
	}},
	"aws-native:cloudformation:Stack": {classic: token.CloudFormationStack},
}

// clusterNames are the properties of a cluster and its instances that have another
// name there.
var clusterNames = map[string]string{"dbInstanceClass": "instanceClass", "dbClusterIdentifier": "clusterIdentifier"}

// takeThroughput writes the capacity of a table or an index as the classic provider does.
func takeThroughput(p, out props) {
	flow := p.object("provisionedThroughput")
	out["readCapacity"], out["writeCapacity"] = flow["readCapacityUnits"], flow["writeCapacityUnits"]
}

// fileSystems are the types of FSx's file systems by what a native one says that it is.
var fileSystems = map[string]string{"WINDOWS": token.FSxWindowsFileSystem, "LUSTRE": token.FSxLustreFileSystem,
	"ONTAP": token.FSxOntapFileSystem, "OPENZFS": token.FSxOpenZfsFileSystem}

// nativeOf is how a type of aws-native is put into classic words; false for what is
// none or has no model. Most types differ in their name only.
func nativeOf(r *Resource) (nativeType, bool) {
	if n, ok := natives[r.Type]; ok {
		return n, true
	}
	if r.Type == "aws-native:fsx:FileSystem" {
		typ := fileSystems[props(r.Props).str("fileSystemType")]
		return nativeType{classic: typ, more: func(p, out props) {
			for _, own := range []string{"windowsConfiguration", "openZfsConfiguration"} {
				maps.Copy(out, p.object(own))
			}
		}}, typ != ""
	}
	classic, ok := classicName(r.Type)
	_, priced := pricers[classic]
	return nativeType{classic: classic}, ok && priced
}

// inClassicWords is a resource as the classic provider would have it, which all
// models speak; any other stays as it is.
func inClassicWords(r *Resource) *Resource {
	n, ok := nativeOf(r)
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

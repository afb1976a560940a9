package bill

// codesOf are AWS's codes of a product by which its meters go. A bill in FOCUS has
// only the service's name where it holds no x_ServiceCode; what a name covers may be
// metered under several codes.
func codesOf(product string) []string {
	if codes, ok := codes[product]; ok {
		return codes
	}
	return []string{product}
}

var codes = map[string][]string{
	"AWS Cloud Map":              {"AWSCloudMap"},
	"AWS Data Transfer":          {"AWSDataTransfer"},
	"AWS Global Accelerator":     {"AWSGlobalAccelerator"},
	"AWS Key Management Service": {"awskms"},
	"AWS Lambda":                 {"AWSLambda"},
	"AWS Secrets Manager":        {"AWSSecretsManager"},
	"AWS WAF":                    {"awswaf"},
	"Amazon API Gateway":         {"AmazonApiGateway"},
	"Amazon CloudFront":          {"AmazonCloudFront"},
	"Amazon CloudWatch":          {"AmazonCloudWatch"},
	"Amazon DocumentDB (with MongoDB compatibility)": {"AmazonDocDB"},
	"Amazon DynamoDB":                                 {"AmazonDynamoDB"},
	"Amazon EC2 Container Registry (ECR)":             {"AmazonECR"},
	"Amazon ElastiCache":                              {"AmazonElastiCache"},
	"Amazon Elastic Block Store":                      {"AmazonEC2"},
	"Amazon Elastic Compute Cloud":                    {"AmazonEC2", "AmazonVPC"},
	"Amazon Elastic Container Registry":               {"AmazonECR"},
	"Amazon Elastic Container Service":                {"AmazonECS"},
	"Amazon Elastic Container Service for Kubernetes": {"AmazonEKS"},
	"Amazon Elastic File System":                      {"AmazonEFS"},
	"Amazon Elastic Kubernetes Service":               {"AmazonEKS"},
	"Amazon Elastic Load Balancing":                   {"AWSELB", "AmazonEC2"},
	"Amazon EventBridge":                              {"AWSEvents"},
	"Amazon Managed Streaming for Apache Kafka":       {"AmazonMSK"},
	"Amazon Neptune":                                  {"AmazonNeptune"},
	"Amazon OpenSearch Service":                       {"AmazonES"},
	"Amazon Redshift":                                 {"AmazonRedshift"},
	"Amazon Relational Database Service":              {"AmazonRDS"},
	"Amazon Route 53":                                 {"AmazonRoute53"},
	"Amazon Simple Notification Service":              {"AmazonSNS"},
	"Amazon Simple Queue Service":                     {"AWSQueueService"},
	"Amazon Simple Storage Service":                   {"AmazonS3"},
	"Amazon Virtual Private Cloud":                    {"AmazonVPC", "AmazonEC2"},
	"AmazonCloudWatch":                                {"AmazonCloudWatch"},
	"Elastic Load Balancing":                          {"AWSELB", "AmazonEC2"},
}

package awswire

// Service is how one of AWS's services is reached.
type Service struct {
	// Name begins the host and is what requests are signed for.
	Name string
	// Version is that of the Query protocol; empty for the others.
	Version string
	// Global services have one host without a region.
	Global bool
	// Target begins the X-Amz-Target of the JSON protocol; JSON its version.
	Target, JSON string
}

// Home is where global services are signed for.
const Home = "us-east-1"

// The services that are asked.
var (
	STS         = Service{Name: "sts", Version: "2011-06-15"}
	EC2         = Service{Name: "ec2", Version: "2016-11-15"}
	RDS         = Service{Name: "rds", Version: "2014-10-31"}
	ElastiCache = Service{Name: "elasticache", Version: "2015-02-02"}
	Balancing   = Service{Name: "elasticloadbalancing", Version: "2015-12-01"}
	AutoScaling = Service{Name: "autoscaling", Version: "2011-01-01"}
	IAM         = Service{Name: "iam", Version: "2010-05-08", Global: true}
	CloudWatch  = Service{Name: "monitoring", Version: "2010-08-01"}
	Quotas      = Service{Name: "servicequotas", Target: "ServiceQuotasV20190624", JSON: "1.1"}
	ACM         = Service{Name: "acm", Target: "CertificateManager", JSON: "1.1"}
	Logs        = Service{Name: "logs", Target: "Logs_20140328", JSON: "1.1"}
	SSM         = Service{Name: "ssm", Target: "AmazonSSM", JSON: "1.1"}
	Secrets     = Service{Name: "secretsmanager", Target: "secretsmanager", JSON: "1.1"}
	SQS         = Service{Name: "sqs", Target: "AmazonSQS", JSON: "1.0"}
	OpenSearch  = Service{Name: "es"}
	Gateway     = Service{Name: "apigateway"}
	Lambda      = Service{Name: "lambda"}
	S3          = Service{Name: "s3"}
	CloudFront  = Service{Name: "cloudfront", Global: true}
	Route53     = Service{Name: "route53", Global: true}
)

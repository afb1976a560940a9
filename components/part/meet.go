package part

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// Subnet is one subnet of a network, known by its zone at preview.
type Subnet struct {
	// ID is the subnet's id.
	ID pulumi.StringOutput
	// Zone is its availability zone, "us-east-1a" say.
	Zone string
	// CIDR is its range, "10.0.16.0/20" say.
	CIDR string
	// RouteTableID is the route table that it uses.
	RouteTableID pulumi.StringOutput
	// Ways are what must stand before anything in the subnet reaches what it may
	// reach: the routes and the gateways behind them. No property of a machine
	// names them, so whatever boots here, or has a public address, depends on them.
	Ways []pulumi.Resource
}

// Ways is the option of what is put into subnets: that it waits for their ways.
func Ways(subnets ...Subnet) pulumi.ResourceOption {
	var all []pulumi.Resource
	for _, s := range subnets {
		all = append(all, s.Ways...)
	}
	return pulumi.DependsOn(all)
}

// IDs are the subnets' ids, in order.
func IDs(subnets []Subnet) pulumi.StringArray {
	ids := make(pulumi.StringArray, len(subnets))
	for i, s := range subnets {
		ids[i] = s.ID
	}
	return ids
}

// Client is a security group that may connect to a component's port.
type Client struct {
	// Name is the client's logical name, "web" say; the rule is named for it.
	Name string
	// SecurityGroupID is the client's security group.
	SecurityGroupID pulumi.StringInput
}

// Range is a range of addresses that may connect to a component's port: the
// clients of another region, whose security groups cannot be named here.
type Range struct {
	// Name tells the ranges apart, "euw1" say; the rule is named for it.
	Name string
	// CIDR is the IPv4 range, "10.4.64.0/18" say.
	CIDR string
}

// RouteTable is one table of routes of a network.
type RouteTable struct {
	// Name tells the tables of one network apart and never changes: "public",
	// "private-0", "data".
	Name string
	// ID is the table's id.
	ID pulumi.StringOutput
}

// Endpoint is all that an app needs to reach a data store.
type Endpoint struct {
	// Host is the DNS name to connect to.
	Host pulumi.StringOutput
	// Port is the TCP port.
	Port int
	// Secret is the ARN of the secret that opens the store, never its value.
	Secret pulumi.StringOutput
}

// Artifact is the program that machines run, as it lies in a bucket.
type Artifact struct {
	// Bucket is the bucket's name and BucketARN its ARN.
	Bucket, BucketARN pulumi.StringInput
	// Key is the object's key. It contains the hash, so that a new program
	// is a new key.
	Key pulumi.StringInput
	// SHA256 is the hash of the content in hex; machines check it.
	SHA256 string
}

// Files keeps what machines fetch when they boot: the bucket of artifacts.
type Files interface {
	// PutText keeps a text for a component of that name. Another text is another
	// version of the same object, and the one before can still be fetched.
	PutText(name string, text pulumi.StringInput) (Text, error)
}

// Text is where a text lies that machines fetch. What is known of it, is known
// when it lies there.
type Text struct {
	// Bucket and Key are the object's, Version is S3's id of the version; empty in
	// a bucket that keeps none.
	Bucket, Key, Version pulumi.StringOutput
	// BucketARN is the bucket's ARN, for whoever may read the text.
	BucketARN pulumi.StringOutput
}

// Variable is an environment variable of the app; the value may be known
// only after the deployment.
type Variable struct {
	Name  string
	Value pulumi.StringInput
}

// Permission is something that a machine's role may do.
type Permission struct {
	// Name is the name of the inline policy, "queue-send" say.
	Name string
	// Actions are IAM actions, "sqs:SendMessage" say.
	Actions []string
	// Resources are the ARNs that they apply to; never "*" for data.
	Resources pulumi.StringArray
}

// Widget is one graph of a stack's dashboard.
type Widget struct {
	// Title stands above the graph.
	Title string
	// Metrics are its lines.
	Metrics []Metric
}

// Metric is one line of a graph.
type Metric struct {
	// Namespace and Name are CloudWatch's, "AWS/RDS" and "CPUUtilization" say.
	Namespace, Name string
	// Dimensions pick the resource.
	Dimensions pulumi.StringMap
	// Statistic is "Average", "Sum", "Maximum", "p95", ….
	Statistic string
	// Label is the line's name in the legend; empty means Name.
	Label string
}

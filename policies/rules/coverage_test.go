package rules

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/policies/rule"
)

// covered says of a property which rules judge it, and which types that have it
// are left to others, with the reason. A type that is in neither makes the test
// fail: the provider has more of them with each version.
var covered = []struct {
	property string
	rules    []string
	others   map[string]string
}{
	{property: "publiclyAccessible", rules: []string{"rds-not-public"}},
	{property: "acl", rules: []string{"s3-public-access-block"}},
	{property: "assumeRolePolicy", rules: []string{"iam-trust-restricted"}},
	{property: "inlinePolicies", rules: []string{"iam-no-admin-star"}},
	{property: "inlinePolicy", rules: []string{"iam-no-admin-star"}},
	{property: "managedPolicyArn", rules: []string{"iam-no-admin-star"}},
	{property: "policyArns", rules: []string{"iam-no-admin-star"}},
	{property: "managedPolicyArns", rules: []string{"iam-no-admin-star"}, others: map[string]string{
		"aws:rolesanywhere/profile:Profile": "narrows what the role may do, and gives nothing",
	}},
	{property: "policyArn", rules: []string{"iam-no-admin-star"}, others: map[string]string{
		"aws:eks/accessPolicyAssociation:AccessPolicyAssociation": "a policy of the cluster, not of the account",
		"aws:quicksight/iamPolicyAssignment:IamPolicyAssignment":  "narrows what QuickSight's users may read",
	}},
	{property: "ingress", rules: []string{"sg-no-world-ingress", "sg-no-admin-ports"}, others: map[string]string{
		"aws:ec2/networkAcl:NetworkAcl":               statelessACL,
		"aws:ec2/defaultNetworkAcl:DefaultNetworkAcl": statelessACL,
	}},
	{property: "cidrIpv4", rules: []string{"sg-no-world-ingress", "sg-no-admin-ports"}, others: map[string]string{typeEgress: "a way out"}},
	{property: "ipv6CidrBlocks", rules: []string{"sg-no-world-ingress", "sg-no-admin-ports"}},
	{property: "mapPublicIpOnLaunch", rules: []string{"subnet-no-auto-public-ip"}},
	{property: "associatePublicIpAddress", rules: []string{"lt-no-public-ip"}},
	{property: "metadataOptions", rules: []string{"lt-imdsv2"}},
	{property: "userData", rules: []string{"lt-no-secret-user-data"}},
	{property: "userDataBase64", rules: []string{"lt-no-secret-user-data"}, others: map[string]string{
		"aws:imagebuilder/imageRecipe:ImageRecipe": "runs once while an image is built",
	}},
	{property: "launchSpecifications", rules: []string{"lt-no-secret-user-data", "lt-no-public-ip", "ebs-encrypted"}, others: map[string]string{
		"aws:emr/instanceFleet:InstanceFleet": "how spot machines are bought",
	}},
	{property: "ebsBlockDevices", rules: []string{"ebs-encrypted"}, others: map[string]string{
		"aws:ec2/ami:Ami":                         "as its snapshots are",
		"aws:ec2/amiFromInstance:AmiFromInstance": "as the machine's disks are",
		"aws:opsworks/instance:Instance":          "a service that AWS ended",
	}},
	{property: "blockDeviceMappings", rules: []string{"ebs-encrypted"}, others: map[string]string{
		"aws:imagebuilder/imageRecipe:ImageRecipe": "what is started from the image is judged",
	}},
	{property: "storageEncrypted", rules: []string{"rds-encrypted"}},
	{property: "encrypted", rules: []string{"rds-encrypted", "ebs-encrypted"}, others: map[string]string{
		"aws:efs/fileSystem:FileSystem": "a file system, which no rule of the table is about",
	}},
	{property: "backupRetentionPeriod", rules: []string{"rds-backups"}, others: map[string]string{
		"aws:docdb/elasticCluster:ElasticCluster": "always keeps at least a day, and is encrypted",
	}},
	{property: "deletionProtection", rules: []string{"rds-deletion-protection"}, others: map[string]string{
		"aws:cognito/userPool:UserPool": noDatabase, "aws:neptunegraph/graph:Graph": "on where nobody says otherwise",
		"aws:qldb/ledger:Ledger": "on where nobody says otherwise",
	}},
	{property: "autoMinorVersionUpgrade", rules: []string{"rds-minor-upgrades"}, others: map[string]string{
		"aws:dms/replicationInstance:ReplicationInstance": noDatabase, "aws:mq/broker:Broker": noDatabase,
		typeCacheCluster: noDatabase, typeCache: noDatabase, typeMemory: noDatabase,
	}},
	{property: "monitoringInterval", rules: []string{"rds-observable"}, others: map[string]string{typeAurora: "its instances are asked"}},
	{property: "instanceClass", rules: []string{"size-ladder"}, others: map[string]string{
		"aws:docdb/clusterInstance:ClusterInstance": noPart, "aws:neptune/clusterInstance:ClusterInstance": noPart,
	}},
	{property: "transitEncryptionEnabled", rules: []string{"cache-encrypted"}, others: map[string]string{"aws:appsync/apiCache:ApiCache": noPart}},
	{property: "tlsEnabled", rules: []string{"cache-encrypted"}, others: map[string]string{
		"aws:memorydb/multiRegionCluster:MultiRegionCluster": "its clusters are asked",
	}},
	{property: "requireTls", rules: []string{"rds-proxy-tls"}},
	{property: "sslPolicy", rules: []string{"alb-tls-policy"}},
	{property: "viewerCertificate", rules: []string{"cdn-tls-min"}},
	{property: "domainEndpointOptions", rules: []string{"search-encrypted"}},
	{property: "retentionInDays", rules: []string{"log-retention"}},
	{property: "alarmActions", rules: []string{"alarm-has-action"}},
	{property: "enableKeyRotation", rules: []string{"kms-rotation"}},
	{property: "proxied", rules: []string{"edge-proxied"}},
	{property: "accessLogs", rules: []string{"alb-access-logs"}, others: map[string]string{
		"aws:verifiedaccess/instanceLoggingConfiguration:InstanceLoggingConfiguration": "no load balancer",
	}},
	{property: "launchConfiguration", rules: []string{"asg-launch-template"}},
	{property: "policy", rules: []string{"queue-not-public", "iam-no-admin-star", "kms-rotation", "s3-tls-only", "policy-not-public"}, others: otherPolicies},
}

const (
	statelessACL = "has no memory: what comes back has to be let in on every port"
	noDatabase   = "no database"
	noPart       = "no part of a stage"
	noDocument   = "no policy document"
)

// otherPolicies are resources of services that no rule of the table is about,
// and properties that are called policy and are none.
var otherPolicies = map[string]string{
	"aws:ec2/vpcEndpoint:VpcEndpoint": "narrows: without one everything may pass", "aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy": "narrows: without one everything may pass",
	"aws:ecr/lifecyclePolicy:LifecyclePolicy": noDocument, "aws:iot/policyAttachment:PolicyAttachment": noDocument,
	"aws:opensearch/serverlessAccessPolicy:ServerlessAccessPolicy": noDocument, "aws:opensearch/serverlessLifecyclePolicy:ServerlessLifecyclePolicy": noDocument,
	"aws:opensearch/serverlessSecurityPolicy:ServerlessSecurityPolicy": noDocument, "aws:resiliencehub/resiliencyPolicy:ResiliencyPolicy": noDocument,
	"aws:ses/receiptFilter:ReceiptFilter": noDocument, "aws:sns/dataProtectionPolicy:DataProtectionPolicy": noDocument,
	"aws:transfer/access:Access": "narrows a role for one session", "aws:transfer/user:User": "narrows a role for one session",
	"aws:acmpca/policy:Policy": noPart, "aws:apigateway/domainName:DomainName": noPart, "aws:apigateway/restApi:RestApi": noPart,
	"aws:apigateway/restApiPolicy:RestApiPolicy": noPart, "aws:codebuild/resourcePolicy:ResourcePolicy": noPart, "aws:ecr/registryPolicy:RegistryPolicy": noPart,
	"aws:ecrpublic/repositoryPolicy:RepositoryPolicy": noPart, "aws:iot/policy:Policy": noPart,
	"aws:mediastore/containerPolicy:ContainerPolicy": noPart, "aws:networkfirewall/resourcePolicy:ResourcePolicy": noPart,
	"aws:oam/sinkPolicy:SinkPolicy": noPart, "aws:redshift/resourcePolicy:ResourcePolicy": noPart, "aws:redshiftserverless/resourcePolicy:ResourcePolicy": noPart, "aws:s3control/accessGrantsInstanceResourcePolicy:AccessGrantsInstanceResourcePolicy": noPart, "aws:s3control/bucketPolicy:BucketPolicy": noPart,
	"aws:s3control/objectLambdaAccessPointPolicy:ObjectLambdaAccessPointPolicy": noPart, "aws:schemas/registryPolicy:RegistryPolicy": noPart,
	"aws:ses/identityPolicy:IdentityPolicy": noPart, "aws:sesv2/emailIdentityPolicy:EmailIdentityPolicy": noPart,
	"aws:vpclattice/authPolicy:AuthPolicy": noPart, "aws:vpclattice/resourcePolicy:ResourcePolicy": noPart,
}

var (
	registered = regexp.MustCompile(`ctx\.RegisterResource\("([\w:/]+)"`)
	inputs     = regexp.MustCompile(`(?s)\ntype [a-z]\w*Args struct \{\n(.*?)\n\}`)
)

// schema is every type of the providers with its inputs, read from the SDKs'
// sources; nothing of them is compiled.
func schema(t *testing.T) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	for _, pattern := range []string{filepath.Join(sdk(t, "aws"), "*", "*.go"),
		filepath.Join(sdk(t, "cloudflare"), "*.go")} {
		files, err := filepath.Glob(pattern)
		require.NoError(t, err)
		for _, f := range files {
			text, err := os.ReadFile(f)
			require.NoError(t, err)
			typ, args := registered.FindSubmatch(text), inputs.FindSubmatch(text)
			if typ == nil || args == nil {
				continue
			}
			for _, m := range tag.FindAllSubmatch(args[1], -1) {
				all[string(typ[1])] = append(all[string(typ[1])], string(m[1]))
			}
		}
	}
	return all
}

// TestRulesCoverEveryTypeWithTheProperty: the same fault can be in every type
// that has the property, so a rule about one of them is about all.
func TestRulesCoverEveryTypeWithTheProperty(t *testing.T) {
	types := schema(t)
	require.Greater(t, len(types), 1_500, "the SDK is read")
	for _, c := range covered {
		known := map[string]bool{}
		for _, id := range c.rules {
			r, ok := ByID(id)
			require.True(t, ok, id)
			for _, typ := range r.Types {
				known[typ] = true
			}
		}
		seen := map[string]bool{}
		for typ, properties := range types {
			if !slices.Contains(properties, c.property) {
				continue
			}
			typ = rule.Canonical(typ)
			seen[typ] = true
			_, elsewhere := c.others[typ]
			assert.True(t, known[typ] != elsewhere, "%s of %s: judge it in %v, or say why not, not both", c.property, typ,
				c.rules)
		}
		assert.NotEmpty(t, seen, "nothing has a property %s", c.property)
		for _, typ := range slices.Sorted(maps.Keys(c.others)) {
			assert.True(t, seen[typ], "%s has no %s any more", typ, c.property)
		}
	}
}

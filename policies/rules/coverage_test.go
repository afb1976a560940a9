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
	"github.com/rung-dev/rung/resource/token"
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
		token.RolesAnywhereProfile: "narrows what the role may do, and gives nothing",
	}},
	{property: "policyArn", rules: []string{"iam-no-admin-star"}, others: map[string]string{
		token.EKSAccessPolicyAssociation:    "a policy of the cluster, not of the account",
		token.QuickSightIamPolicyAssignment: "narrows what QuickSight's users may read",
	}},
	{property: "ingress", rules: []string{"sg-no-world-ingress", "sg-no-admin-ports"}, others: map[string]string{
		token.EC2NetworkAcl:        statelessACL,
		token.EC2DefaultNetworkAcl: statelessACL,
	}},
	{property: "cidrIpv4", rules: []string{"sg-no-world-ingress", "sg-no-admin-ports"}, others: map[string]string{token.VPCSecurityGroupEgressRule: "a way out"}},
	{property: "ipv6CidrBlocks", rules: []string{"sg-no-world-ingress", "sg-no-admin-ports"}},
	{property: "mapPublicIpOnLaunch", rules: []string{"subnet-no-auto-public-ip"}},
	{property: "associatePublicIpAddress", rules: []string{"lt-no-public-ip"}},
	{property: "metadataOptions", rules: []string{"lt-imdsv2"}},
	{property: "userData", rules: []string{"lt-no-secret-user-data"}},
	{property: "userDataBase64", rules: []string{"lt-no-secret-user-data"}, others: map[string]string{
		token.ImageBuilderImageRecipe: "runs once while an image is built",
	}},
	{property: "launchSpecifications", rules: []string{"lt-no-secret-user-data", "lt-no-public-ip", "ebs-encrypted"}, others: map[string]string{
		token.EMRInstanceFleet: "how spot machines are bought",
	}},
	{property: "ebsBlockDevices", rules: []string{"ebs-encrypted"}, others: map[string]string{
		token.EC2Ami:             "as its snapshots are",
		token.EC2AmiFromInstance: "as the machine's disks are",
		token.OpsWorksInstance:   "a service that AWS ended",
	}},
	{property: "blockDeviceMappings", rules: []string{"ebs-encrypted"}, others: map[string]string{
		token.ImageBuilderImageRecipe: "what is started from the image is judged",
	}},
	{property: "storageEncrypted", rules: []string{"rds-encrypted"}},
	{property: "encrypted", rules: []string{"rds-encrypted", "ebs-encrypted"}, others: map[string]string{
		token.EFSFileSystem: "a file system, which no rule of the table is about",
	}},
	{property: "backupRetentionPeriod", rules: []string{"rds-backups"}, others: map[string]string{
		token.DocDBElasticCluster: "always keeps at least a day, and is encrypted",
	}},
	{property: "deletionProtection", rules: []string{"rds-deletion-protection"}, others: map[string]string{
		token.CognitoUserPool: noDatabase, token.NeptuneGraphGraph: "on where nobody says otherwise",
		token.QLDBLedger: "on where nobody says otherwise",
	}},
	{property: "autoMinorVersionUpgrade", rules: []string{"rds-minor-upgrades"}, others: map[string]string{
		token.DMSReplicationInstance: noDatabase, token.MQBroker: noDatabase,
		token.ElastiCacheCluster: noDatabase, token.ElastiCacheReplicationGroup: noDatabase, token.MemoryDBCluster: noDatabase,
	}},
	{property: "monitoringInterval", rules: []string{"rds-observable"}, others: map[string]string{token.RDSCluster: "its instances are asked"}},
	{property: "instanceClass", rules: []string{"size-ladder"}, others: map[string]string{
		token.DocDBClusterInstance: noPart, token.NeptuneClusterInstance: noPart,
	}},
	{property: "transitEncryptionEnabled", rules: []string{"cache-encrypted"}, others: map[string]string{token.AppSyncApiCache: noPart}},
	{property: "tlsEnabled", rules: []string{"cache-encrypted"}, others: map[string]string{
		token.MemoryDBMultiRegionCluster: "its clusters are asked",
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
		token.VerifiedAccessInstanceLoggingConfiguration: "no load balancer",
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
	token.EC2VpcEndpoint: "narrows: without one everything may pass", token.EC2VpcEndpointPolicy: "narrows: without one everything may pass",
	token.ECRLifecyclePolicy: noDocument, token.IoTPolicyAttachment: noDocument,
	token.OpenSearchServerlessAccessPolicy: noDocument, token.OpenSearchServerlessLifecyclePolicy: noDocument,
	token.OpenSearchServerlessSecurityPolicy: noDocument, token.ResilienceHubResiliencyPolicy: noDocument,
	token.SESReceiptFilter: noDocument, token.SNSDataProtectionPolicy: noDocument,
	token.TransferAccess: "narrows a role for one session", token.TransferUser: "narrows a role for one session",
	token.ACMPCAPolicy: noPart, token.APIGatewayDomainName: noPart, token.APIGatewayRestApi: noPart,
	token.APIGatewayRestApiPolicy: noPart, token.CodeBuildResourcePolicy: noPart, token.ECRRegistryPolicy: noPart,
	token.ECRPublicRepositoryPolicy: noPart, token.IoTPolicy: noPart,
	token.MediaStoreContainerPolicy: noPart, token.NetworkFirewallResourcePolicy: noPart,
	token.OAMSinkPolicy: noPart, token.RedshiftResourcePolicy: noPart, token.RedshiftServerlessResourcePolicy: noPart, token.S3ControlAccessGrantsInstanceResourcePolicy: noPart, token.S3ControlBucketPolicy: noPart,
	token.S3ControlObjectLambdaAccessPointPolicy: noPart, token.SchemasRegistryPolicy: noPart,
	token.SESIdentityPolicy: noPart, token.SESv2EmailIdentityPolicy: noPart,
	token.VPCLatticeAuthPolicy: noPart, token.VPCLatticeResourcePolicy: noPart,
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

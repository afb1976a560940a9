package polyglot

import (
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/components/fleet"
	"github.com/rung-dev/rung/components/loadbalancer"
	"github.com/rung-dev/rung/components/part"
)

func TestPropertiesAreSpeltAlike(t *testing.T) {
	for name, want := range map[string]string{
		"VPCID": "vpcId", "CIDRs": "cidrs", "CDNPrefixList": "cdnPrefixList", "KMSKeyARN": "kmsKeyArn", "APIID": "apiId",
		"URL": "url", "TLS": "tls", "IOPS": "iops", "IOOptimized": "ioOptimized", "ServiceIDs": "serviceIds",
		"AllocatedGiB": "allocatedGiB", "GiB": "giB", "ThroughputMiBps": "throughputMiBps", "AlarmP95Seconds": "alarmP95Seconds",
		"SHA256": "sha256", "USEast1": "usEast1", "USWest2Alerts": "usWest2Alerts", "DatabaseCA": "databaseCa",
		"TTLSeconds": "ttlSeconds", "CPUPercent": "cpuPercent", "Username": "username", "Internal": "internal",
		"ARNSuffix": "arnSuffix", "DNSName": "dnsName", "NotFoundPage": "notFoundPage",
	} {
		assert.Equal(t, want, spelt(name), name)
	}
}

// What comes across a border arrives in the component's own arguments, field by field.
func TestInputsAreCarried(t *testing.T) {
	d := derived{kind: "Fleet", folder: "fleet", required: "VPCID"}
	given := reflect.New(d.arguments(reflect.TypeFor[fleet.Args]())).Elem()
	set := func(name string, v any) { given.FieldByName(name).Set(reflect.ValueOf(v)) }
	set("VPCID", pulumi.String("vpc-1"))
	set("InstanceTypes", []string{"t4g.small"})
	set("MinSize", 2)
	set("Subnets", []Subnet{{ID: pulumi.String("subnet-1"), Zone: "us-east-1a"}})
	set("TargetGroups", []pulumi.StringInput{pulumi.String("arn")})
	set("Files", Store{Bucket: pulumi.String("b"), BucketARN: pulumi.String("arn:b")})
	schedules := reflect.MakeSlice(given.FieldByName("Schedules").Type(), 1, 1)
	schedules.Index(0).FieldByName("Recurrence").SetString("0 8 * * *")
	given.FieldByName("Schedules").Set(schedules)
	program := given.FieldByName("Program")
	program.FieldByName("Port").SetInt(9000)
	program.FieldByName("Environment").Set(reflect.ValueOf([]Variable{{Name: "A", Value: pulumi.String("b")}}))

	var args fleet.Args
	require.NoError(t, (&place{}).carry(given, reflect.ValueOf(&args).Elem()))
	assert.Equal(t, pulumi.String("vpc-1"), args.VPCID)
	assert.Equal(t, []string{"t4g.small"}, args.InstanceTypes)
	assert.Equal(t, 2, args.MinSize)
	assert.Equal(t, "us-east-1a", args.Subnets[0].Zone)
	assert.Equal(t, pulumi.StringArray{pulumi.String("arn")}, args.TargetGroups)
	assert.Equal(t, "0 8 * * *", args.Schedules[0].Recurrence)
	assert.Equal(t, 9000, args.Program.Port)
	assert.Equal(t, []part.Variable{{Name: "A", Value: pulumi.String("b")}}, args.Program.Environment)
	assert.NotNil(t, args.Files)
	assert.Nil(t, args.Requests, "what was not given stays as it is")
	assert.Nil(t, args.Program.Artifact)
	assert.Nil(t, args.Tags, "what all components have is not carried here")
}

// Half a store is refused by name, and none is left to the component to refuse.
func TestFilesAreWholeOrNone(t *testing.T) {
	_, err := (&place{}).files(Store{Bucket: pulumi.String("b")})
	require.ErrorContains(t, err, "bucketArn")
	none, err := (&place{}).files(Store{})
	require.NoError(t, err)
	assert.Nil(t, none)
}

// A result keeps its kind, and an id or a name is called for what it is of.
func TestResultsAreNamed(t *testing.T) {
	d := derived{kind: "LoadBalancer", folder: "loadbalancer", hides: "Doors Services"}
	of := d.results(reflect.TypeFor[loadbalancer.LoadBalancer]())
	have := map[string]string{}
	for i := range of.NumField() {
		have[of.Field(i).Tag.Get("pulumi")] = of.Field(i).Type.Name()
	}
	assert.Equal(t, "StringOutput", have["dnsName"])
	assert.Equal(t, "StringMapOutput", have["alarms"])
	assert.Equal(t, "BoolOutput", have["tls"])
	assert.Equal(t, "StringArrayOutput", have["gateAlarms"])
	assert.Equal(t, "cdnId", derived{kind: "CDN"}.output("ID"))
	assert.Equal(t, "budgetName", derived{kind: "Budget"}.output("Name"))
}

// demand is how a doc comment says what must be given.
var demand = regexp.MustCompile(`(?:^|\. )((?:[A-Z]\w*(?:, | and )?)+) (?:is|are) required`)

// What the comment of the arguments says to be required, the schema requires.
func TestWhatTheCommentsRequireIsRequired(t *testing.T) {
	known, err := read()
	require.NoError(t, err)
	s, demanded := schema(t), 0
	for _, c := range offered() {
		docs := c.folder + ".Args"
		if c.derived {
			docs = docsOf(reflect.TypeOf(c.args))
		}
		for _, m := range demand.FindAllStringSubmatch(known.Docs[docs], -1) {
			for _, name := range strings.FieldsFunc(m[1], func(r rune) bool { return r == ',' || r == ' ' }) {
				if name != "and" {
					demanded++
					assert.Contains(t, s.Resources[token(c.kind)].RequiredInputs, spelt(name), c.kind)
				}
			}
		}
	}
	assert.Greater(t, demanded, 20)
}

// Every component has its row in the page of the package.
func TestThePageNamesEveryComponent(t *testing.T) {
	page, err := os.ReadFile("../docs/every-language.md")
	require.NoError(t, err)
	for _, c := range offered() {
		assert.Contains(t, string(page), "| `"+token(c.kind)+"` |")
	}
}

// `pulumi package add` of the folder finds a plugin that Go builds.
func TestTheSourcePluginIsAProject(t *testing.T) {
	p, err := workspace.LoadPluginProject("../cmd/" + Executable + "/PulumiPlugin.yaml")
	require.NoError(t, err)
	assert.Equal(t, "go", p.Runtime.Name())
}

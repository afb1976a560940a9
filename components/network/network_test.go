package network_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/components/network"
	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/record/recordtest"
	"github.com/rung-dev/rung/resource/token"
)

var (
	one   = []string{"us-east-1a"}
	three = []string{"us-east-1a", "us-east-1b", "us-east-1c"}
)

func run(t *testing.T, args network.Args) *record.Recording {
	t.Helper()
	args.Region = "us-east-1"
	return recordtest.Run(t, func(ctx *pulumi.Context) error {
		_, err := network.New(ctx, "network", args)
		return err
	})
}

func count(rec *record.Recording, typ string) int { return len(rec.All(typ)) }

func TestTokenIsFrozen(t *testing.T) {
	assert.Equal(t, "rung:components:Network", network.Token)
}

func TestStage1IsFree(t *testing.T) {
	rec := run(t, network.Args{Zones: one})
	assert.Equal(t, []string{
		token.EC2DefaultSecurityGroup, token.EC2InternetGateway,
		token.EC2Route, token.EC2RouteTable, token.EC2RouteTableAssociation,
		token.EC2Subnet, token.EC2Vpc, token.EC2VpcEndpoint,
	}, custom(rec))
	assert.True(t, recordtest.Only(t, rec, token.EC2Vpc).Bool("enableDnsHostnames"))
	subnet := recordtest.Named(t, rec, token.EC2Subnet, "network-public-0")
	assert.Equal(t, "public", subnet.Inputs["tags"].(map[string]any)["rung:tier"])
	assert.False(t, subnet.Bool("mapPublicIpOnLaunch"))
}

// custom are the types that a provider manages, each once.
func custom(rec *record.Recording) []string {
	var types []string
	for _, typ := range rec.Types() {
		for _, r := range rec.All(typ)[:1] {
			if r.Custom && !r.Read && r.Component != "" {
				types = append(types, typ)
			}
		}
	}
	return types
}

func TestDefaultGroupHasNoRules(t *testing.T) {
	group := recordtest.Only(t, run(t, network.Args{Zones: one}), token.EC2DefaultSecurityGroup)
	assert.False(t, group.Has("ingress"))
	assert.False(t, group.Has("egress"))
}

func TestNATLadderKeepsTheFirstAddress(t *testing.T) {
	tests := map[network.NAT]struct{ addresses, gateways, instances, routes int }{
		network.None:     {},
		network.Instance: {addresses: 1, instances: 1, routes: 3},
		network.Single:   {addresses: 1, gateways: 1, routes: 3},
		network.PerZone:  {addresses: 3, gateways: 3, routes: 3},
	}
	for nat, want := range tests {
		t.Run(string(nat), func(t *testing.T) {
			rec := run(t, network.Args{Zones: three, Private: true, NAT: nat, NATImage: pulumi.String("ami-0abc")})
			assert.Equal(t, want.addresses, count(rec, token.EC2Eip))
			assert.Equal(t, want.gateways, count(rec, token.EC2NatGateway))
			assert.Equal(t, want.instances, count(rec, token.EC2Instance))
			assert.Equal(t, want.routes+1, count(rec, token.EC2Route), "one more for the public tier")
			if want.addresses > 0 {
				recordtest.Named(t, rec, token.EC2Eip, "network-nat-0")
			}
		})
	}
}

// A gateway cannot take an address that an instance still holds, and Pulumi
// creates before it deletes: so the address itself must let go of it.
func TestAddressIsReleasedBeforeAGatewayTakesIt(t *testing.T) {
	instance := run(t, network.Args{Zones: one, Private: true, NAT: network.Instance, NATImage: pulumi.String("ami-0abc")})
	assert.NotEmpty(t, recordtest.Only(t, instance, token.EC2Eip).String("instance"))
	gateway := run(t, network.Args{Zones: one, Private: true, NAT: network.Single})
	eip := recordtest.Only(t, gateway, token.EC2Eip)
	require.Contains(t, eip.Inputs, "instance", "left out, AWS keeps the instance")
	assert.Empty(t, eip.String("instance"))
}

func TestNATInstanceForwards(t *testing.T) {
	rec := run(t, network.Args{Zones: three, Private: true, NAT: network.Instance, NATImage: pulumi.String("ami-0abc")})
	i := recordtest.Only(t, rec, token.EC2Instance)
	assert.Equal(t, false, i.Value("sourceDestCheck"))
	assert.Equal(t, "required", i.String("metadataOptions.httpTokens"))
	assert.True(t, i.Bool("rootBlockDevice.encrypted"))
	assert.Contains(t, i.IgnoreChanges, "ami")
	rule := recordtest.Only(t, rec, token.VPCSecurityGroupIngressRule)
	assert.Equal(t, "10.0.0.0/16", rule.String("cidrIpv4"), "open to the VPC only")
}

func TestDataTierHasNoWayOut(t *testing.T) {
	rec := run(t, network.Args{Zones: three, Private: true, Data: true, NAT: network.PerZone})
	table := recordtest.Named(t, rec, token.EC2RouteTable, "network-data-routes")
	for _, route := range rec.All(token.EC2Route) {
		assert.NotEqual(t, table.ID, route.String("routeTableId"))
	}
	assert.Equal(t, 9, count(rec, token.EC2Subnet))
	assert.Len(t, recordtest.Only(t, rec, token.EC2VpcEndpoint).Inputs["routeTableIds"], 5,
		"all tables reach S3")
}

func TestGrowthChangesNothingThatExists(t *testing.T) {
	before := run(t, network.Args{Zones: one})
	after := run(t, network.Args{Zones: three, Private: true, Data: true, NAT: network.PerZone})
	for _, typ := range []string{token.EC2Vpc, token.EC2Subnet, token.EC2Route,
		token.EC2RouteTable} {
		for _, old := range before.All(typ) {
			assert.Equal(t, old.Inputs, recordtest.Named(t, after, typ, old.Name).Inputs, old.Name)
		}
	}
}

func TestFlowLogsGoToTheBucket(t *testing.T) {
	rec := run(t, network.Args{Zones: one, FlowLogs: true, LogBucketARN: pulumi.String("arn:aws:s3:::logs")})
	log := recordtest.Only(t, rec, token.EC2FlowLog)
	assert.Equal(t, "arn:aws:s3:::logs", log.String("logDestination"))
	assert.Equal(t, "s3", log.String("logDestinationType"))
}

// What is created must not depend on what is known only after the deployment.
func TestPreviewHasTheSameShape(t *testing.T) {
	args := network.Args{Region: "us-east-1", Zones: three, Private: true, Data: true, NAT: network.Instance,
		NATImage: pulumi.String("ami-0abc")}
	preview := recordtest.Run(t, func(ctx *pulumi.Context) error {
		_, err := network.New(ctx, "network", args)
		return err
	}, record.Preview(true))
	assert.Len(t, preview.Resources, len(run(t, args).Resources))
}

func TestEverythingIsTagged(t *testing.T) {
	rec := run(t, network.Args{Zones: three, Private: true, NAT: network.Instance, NATImage: pulumi.String("ami-0abc")})
	for _, r := range rec.Custom() {
		if r.Has("tags") {
			tags := r.Inputs["tags"].(map[string]any)
			assert.Equal(t, "dev", tags["rung:stack"], r.Name)
			assert.NotEmpty(t, tags["rung:component"], r.Name)
		}
	}
}

func TestBadArgsCreateNothing(t *testing.T) {
	rec, err := record.Run(func(ctx *pulumi.Context) error {
		_, err := network.New(ctx, "network", network.Args{Region: "us-east-1", CIDR: "10.0.0.0/8"})
		return err
	})
	assert.ErrorContains(t, err, "network network: ")
	assert.ErrorContains(t, err, "Zones")
	assert.Empty(t, rec.Custom())
}

// runNAT runs the script of the NAT instance below a directory of its own, with
// fakes for the commands that would change this machine. It returns what the
// script said and which fakes it called.
func runNAT(t *testing.T, root, dnf string) (said, calls string, err error) {
	t.Helper()
	fakes := filepath.Join(t.TempDir(), "fakes")
	require.NoError(t, os.MkdirAll(fakes, 0o755))
	for name, body := range map[string]string{
		"dnf": dnf, "sleep": "", "sysctl": "", "systemctl": "", "ip": "echo default via 10.0.0.1 dev ens5 proto dhcp",
	} {
		text := "#!/bin/bash\necho \"" + name + " $*\" >>" + fakes + "/calls\n" + body + "\n"
		require.NoError(t, os.WriteFile(filepath.Join(fakes, name), []byte(text), 0o755))
	}
	cmd := exec.Command("bash", "nat.sh")
	cmd.Env = append(os.Environ(), "RUNG_ROOT="+root, "PATH="+fakes+":"+os.Getenv("PATH"))
	out, err := cmd.CombinedOutput()
	log, readErr := os.ReadFile(filepath.Join(fakes, "calls"))
	require.NoError(t, readErr)
	return string(out), string(log), err
}

func TestNATScriptMasquerades(t *testing.T) {
	root := t.TempDir()
	for range 2 { // the second run replaces the rules instead of adding to them
		said, calls, err := runNAT(t, root, "exit 0")
		require.NoError(t, err, said)
		assert.Contains(t, calls, "systemctl restart nftables")
		rules, err := os.ReadFile(filepath.Join(root, "etc/nftables/rung-nat.nft"))
		require.NoError(t, err)
		assert.Contains(t, string(rules), `oifname "ens5" masquerade`)
		assert.Contains(t, string(rules), "delete table ip rung_nat")
	}
}

func TestNATScriptGivesUpLoudlyWithoutNftables(t *testing.T) {
	said, calls, err := runNAT(t, t.TempDir(), "exit 1")
	assert.Error(t, err)
	assert.Contains(t, said, "forwards nothing")
	assert.Equal(t, 30, strings.Count(calls, "dnf install -y nftables"))
}

func TestNATScriptIsShellcheckClean(t *testing.T) {
	out, err := exec.Command("shellcheck", "nat.sh").CombinedOutput()
	require.NoError(t, err, "shellcheck (apt-get install shellcheck): %s", out)
}

func TestRouteTablesAndRangeAreForOtherNetworks(t *testing.T) {
	recordtest.Run(t, func(ctx *pulumi.Context) error {
		net, err := network.New(ctx, "network-euw1", network.Args{
			Region: "eu-west-1", Zones: []string{"eu-west-1a", "", "eu-west-1b"}, Private: true, Data: true,
		})
		if err != nil {
			return err
		}
		var names []string
		for _, table := range net.RouteTables {
			names = append(names, table.Name)
		}
		assert.Equal(t, []string{"public", "private-0", "private-2", "data"}, names)
		assert.Equal(t, "10.4.64.0/18", net.PrivateRange)
		return nil
	})
}

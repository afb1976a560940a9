package cost_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/cost"
)

// typesIn are the lines of a list of types.
func typesIn(t *testing.T, path string) []string {
	t.Helper()
	raw, err := os.ReadFile(path)
	require.NoError(t, err)
	return strings.Split(strings.TrimSpace(string(raw)), "\n")
}

// bare is the estimate of one resource of a type of which nothing is known.
func bare(t *testing.T, typ string) cost.Estimate {
	t.Helper()
	return estimate(t, cost.Options{}, cost.Resource{URN: "urn:x", Type: typ, Name: "x", Region: "us-east-1"})
}

// Every type of pulumi-aws 6.83.4 has a model, or a reason why it has none.
func TestEveryTypeOfAWSHasAModelOrAReason(t *testing.T) {
	types := typesIn(t, "testdata/aws-types.txt")
	require.Greater(t, len(types), 1_500)
	for _, typ := range types {
		for _, n := range bare(t, typ).Unpriced {
			assert.NotContains(t, n.Reason, "no price model", typ)
		}
	}
}

// What Infracost lists as free (internal/providers/terraform/aws/resource_registry.go,
// FreeResources) is free, but for what has a model here that says more.
func TestWhatInfracostListsAsFreeIsFree(t *testing.T) {
	modelled := map[string]string{
		"aws_ec2_transit_gateway_peering_attachment_accepter": "the accepting side pays for its attachment",
		"aws_s3_bucket_replication_configuration":             "what is replicated is paid by the GB",
		"aws_service_discovery_service":                       "its registered instances are paid by the month",
	}
	for _, line := range typesIn(t, "testdata/infracost-free.txt") {
		theirs, ours, _ := strings.Cut(line, " ")
		e := bare(t, ours)
		if modelled[theirs] != "" {
			assert.Empty(t, e.Free, "%s: it has a model no longer", theirs)
			continue
		}
		assert.Len(t, e.Free, 1, line)
		assert.Empty(t, e.Unpriced, line)
		assert.Empty(t, e.UsageBased, line)
	}
}

// Types that programs of github.com/pulumi/examples for AWS use, each after its program: none
// that carries money is unknown. How the list was made stands at its head. Types of components
// that a program defines itself are groups, of which a state says so; dynamic resources and
// those of other clouds have reasons of their own.
func TestPulumisExamplesHoldNoUnknownType(t *testing.T) {
	programs := map[string]bool{}
	for _, line := range typesIn(t, "testdata/pulumi-examples.txt") {
		if strings.HasPrefix(line, "#") {
			continue
		}
		program, typ, found := strings.Cut(line, " ")
		require.True(t, found, line)
		programs[program] = true
		if componentOfTheProgram(typ) {
			continue
		}
		for _, n := range bare(t, typ).Unpriced {
			assert.NotContains(t, n.Reason, "unknown type", line)
			assert.NotContains(t, n.Reason, "no price model", line)
		}
	}
	assert.Len(t, programs, 138)
}

// componentOfTheProgram reports whether a type is of a component that the program defines.
func componentOfTheProgram(typ string) bool {
	provider, _, _ := strings.Cut(typ, ":")
	return slices.Contains([]string{"acme", "awsAdvancedNetworking", "examples", "pulumicdk", "serverless", "twilio"},
		provider)
}

// Types that no table of ours names are written in two parts.
func TestTheClosestFamilyCounts(t *testing.T) {
	for typ, want := range map[string]string{
		"aws:" + "route53/trafficPolicyInstance:TrafficPolicyInstance": "by the month",
		"aws-native:events:Rule":                     "",
		"aws-native:opensearchserverless:Collection": "OCU",
		"aws-native:quantum:Computer":                "unknown type",
		"aws-native:neptunegraph:Graph":              "per memory unit and hour",
		"aws:" + "neptunegraph/graph:Graph":          "per memory unit and hour",
	} {
		e := bare(t, typ)
		if want == "" {
			assert.Empty(t, e.Unpriced, typ)
			continue
		}
		require.Len(t, e.Unpriced, 1, typ)
		assert.Contains(t, e.Unpriced[0].Reason, want, typ)
	}
}

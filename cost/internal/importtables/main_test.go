package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestRunWritesTables(t *testing.T) {
	list, karpenter, out := t.TempDir(), t.TempDir(), t.TempDir()
	write := func(dir, name, text string) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	write(list, "instances.json", `[{"instance_type":"m5.large","pricing":{
		"us-east-1":{"linux":{"ondemand":"0.096","reserved":{"yrTerm1Standard.noUpfront":"0.06"}},"dedicated":{"ondemand":"5.069"},"emr":{"emr":"0.0240000000"}},
		"us-east-1-bos-1":{"linux":{"ondemand":"9"}},"eu-west-1":{"linux":{"ondemand":"0.107000"},"mswin":{"ondemand":"N/A"}}}}]`)
	write(list, "rds-instances.json", `[{"instance_type":"db.r6g.large","pricing":{"us-east-1":{"14":{"ondemand":0.225},
		"21":{"ondemand":0.26},"211":{"ondemand":0.338}}}}]`)
	write(list, "elasticache-instances.json", `[]`)
	write(list, "opensearch-instances.json", `[{"instance_type":"m5.large.search","pricing":{"us-east-1":{"ondemand":0.142}}}]`)
	write(karpenter, "zz_generated.pricing_aws.go", "\t\"us-east-1\": {\n\t\t\"m8i.large\": 0.105840, \"m5.large\": "+
		"0.096000,\n")
	write(karpenter, "zz_generated.pricing_aws_us_gov.go", "\t\"us-gov-east-1\": {\n\t\t\"m5.large\": 0.121000,\n")

	require.NoError(t, run([]string{list, karpenter, out}))

	for name, want := range map[string]string{
		"ec2-linux":       "type,eu-west-1,us-east-1\nm5.large,0.107,0.096\n",
		"ec2-windows":     "type\n",
		"ec2-linux-1y":    "type,us-east-1\nm5.large,0.06\n",
		"emr":             "type,us-east-1\nm5.large,0.024\n",
		"ec2-host":        "type,us-east-1\nm5,5.069\n",
		"ec2-linux-newer": "type,us-east-1,us-gov-east-1\nm5.large,0.096,0.121\nm8i.large,0.10584,\n",
		"rds-postgresql":  "type,us-east-1\ndb.r6g.large,0.225\n",
		"aurora-iopt":     "type,us-east-1\ndb.r6g.large,0.338\n",
		"search":          "type,us-east-1\nm5.large.search,0.142\n",
	} {
		got, err := os.ReadFile(filepath.Join(out, name+".csv"))
		require.NoError(t, err)
		assert.Equal(t, want, string(got), name)
	}
}

// The list has RHEL with the High Availability add-on for about half of the types.
func TestRedHatIsWithoutTheAddOn(t *testing.T) {
	for name, tt := range map[string]struct {
		cpus        int64
		linux, rhel string
		want        string
	}{
		"with the add-on":                  {2, "0.096", "0.16", "0.1248"}, // + 2 × 0.0144
		"without it":                       {2, "0.0725", "0.1013", "0.1013"},
		"without it, rounded":              {4, "0.252", "0.31", "0.31"},
		"of 16 vCPUs, with it":             {16, "0.768", "1.165", "0.9408"}, // + 16 × 0.0108
		"of 128 vCPUs, with it":            {128, "6.4", "8.9728", "7.6288"}, // + 128 × 0.0096
		"no price of it":                   {2, "0.1", "", ""},
		"how many vCPUs it has is unknown": {0, "0.1", "0.2", "0.2"},
	} {
		prices := map[string]json.RawMessage{"linux": json.RawMessage(`{"ondemand":"` + tt.linux + `"}`),
			"rhel": json.RawMessage(`{"ondemand":"` + tt.rhel + `"}`)}
		assert.Equal(t, tt.want, redHat(tt.cpus, prices), name)
	}
}

func TestRunRefuses(t *testing.T) {
	assert.ErrorContains(t, run(nil), "three arguments")
	assert.ErrorIs(t, run([]string{t.TempDir(), t.TempDir(), t.TempDir()}), os.ErrNotExist)
}

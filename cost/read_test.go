package cost_test

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/cost"
)

// byName reads a document and indexes its resources by logical name.
func byName(t *testing.T, document string) map[string]cost.Resource {
	t.Helper()
	all, err := cost.Read(strings.NewReader(document))
	require.NoError(t, err)
	out := map[string]cost.Resource{}
	for _, r := range all {
		out[r.Name] = r
	}
	return out
}

func TestReadExport(t *testing.T) {
	got := byName(t, `{"version":3,"deployment":{"resources":[
		{"urn":"urn:pulumi:s::p::pulumi:pulumi:Stack::p-s","type":"pulumi:pulumi:Stack"},
		{"urn":"urn:pulumi:s::p::pulumi:providers:aws::eu","custom":true,"type":"pulumi:providers:aws","id":"1","inputs":{"region":"eu-west-1"}},
		{"urn":"urn:pulumi:s::p::a:b:Outer::outer","type":"a:b:Outer","parent":"urn:pulumi:s::p::pulumi:pulumi:Stack::p-s"},
		{"urn":"urn:pulumi:s::p::a:b:Outer$a:b:Inner::inner","type":"a:b:Inner","parent":"urn:pulumi:s::p::a:b:Outer::outer"},
		{"urn":"urn:pulumi:s::p::a:b:Outer$a:b:Inner$aws:ebs/volume:Volume::disk","custom":true,"type":"aws:ebs/volume:Volume","id":"vol-1",
			"parent":"urn:pulumi:s::p::a:b:Outer$a:b:Inner::inner","provider":"urn:pulumi:s::p::pulumi:providers:aws::eu::1",
			"inputs":{"size":10,"kmsKeyId":{"4dabf18193072939515e22adb298388d":"1b47061264138c4ac30d75fd1eb44270","ciphertext":"x"}},
			"outputs":{"size":12,"iops":{"4dabf18193072939515e22adb298388d":"1b47061264138c4ac30d75fd1eb44270","plaintext":"3000"}}},
		{"urn":"urn:pulumi:s::p::aws:ebs/volume:Volume::old","custom":true,"delete":true,"type":"aws:ebs/volume:Volume"},
		{"urn":"urn:pulumi:s::p::aws:s3/bucket:Bucket::read","custom":true,"external":true,"type":"aws:s3/bucket:Bucket"},
		{"urn":"urn:pulumi:s::p::aws:rds/instance:Instance::db","custom":true,"type":"aws:rds/instance:Instance","outputs":{"arn":"arn:aws:rds:sa-east-1:1:db:x"},
			"propertyDependencies":{"replicateSourceDb":["urn:source"]}}
	]}}`)

	assert.NotContains(t, got, "old", "what only waits for deletion is gone")
	disk := got["disk"]
	assert.Equal(t, "outer", disk.Component, "the outermost component")
	assert.Equal(t, "eu-west-1", disk.Region, "the provider's region")
	assert.Equal(t, map[string]any{"size": 12.0, "kmsKeyId": cost.Secret, "iops": 3000.0, "id": "vol-1"}, disk.Props)
	assert.True(t, got["outer"].Group && got["p-s"].Group && !disk.Group)
	assert.True(t, got["read"].External)
	assert.Equal(t, "sa-east-1", got["db"].Region, "the region of the ARN")
	assert.Equal(t, []string{"urn:source"}, got["db"].Dependencies["replicateSourceDb"])
	assert.Empty(t, got["read"].Component)
}

// A number that no cloud has is a size that nobody knows; it costs no time.
func TestNumbersBeyondAllBoundsAreNotKnown(t *testing.T) {
	catalogue, err := cost.Load()
	require.NoError(t, err)
	for _, size := range []string{`"1e1000000000"`, `"-1e1000000000"`, `"1e-1000000000"`, `1e300`,
		`"` + strings.Repeat("9", 1<<20) + `"`} {
		got := byName(t, `{"deployment":{"resources":[{"urn":"urn:pulumi:s::p::aws:ebs/volume:Volume::disk","custom":true,"type":"aws:ebs/volume:Volume",
			"inputs":{"size":`+size+`,"iops":`+size+`,"type":"gp3"}}]}}`)
		e := cost.NewEstimator(catalogue, cost.Options{}).Estimate([]cost.Resource{got["disk"]})
		assert.Empty(t, e.Lines)
		require.Len(t, e.Unpriced, 1)
		assert.Equal(t, "size is a number beyond all bounds", e.Unpriced[0].Reason)
	}
}

// small is a stack of one disk.
const small = `{"version":3,"deployment":{"resources":[{"urn":"urn:pulumi:s::p::aws:ebs/volume:Volume::été","custom":true,"type":"aws:ebs/volume:Volume"}]}}`

// utf16Of writes a text as PowerShell's > does, its mark in front.
func utf16Of(order binary.AppendByteOrder, mark bool, s string) string {
	var b []byte
	if mark {
		b = order.AppendUint16(b, 0xfeff)
	}
	for _, unit := range utf16.Encode([]rune(s)) {
		b = order.AppendUint16(b, unit)
	}
	return string(b)
}

func TestReadTakesWhatShellsWrite(t *testing.T) {
	for name, document := range map[string]string{
		"UTF-8": small, "with a mark": "\xef\xbb\xbf" + small,
		"UTF-16": utf16Of(binary.LittleEndian, true, small), "UTF-16, big end first": utf16Of(binary.BigEndian, true, small),
		"UTF-16 without a mark": utf16Of(binary.LittleEndian, false, small), "big end without one": utf16Of(binary.BigEndian, false, small),
	} {
		t.Run(name, func(t *testing.T) { assert.Contains(t, byName(t, document), "été") })
	}
}

func TestReadTakesEmptyStacks(t *testing.T) {
	for _, document := range []string{
		`{"version":3,"checkpoint":{"stack":"organization/shop/dev","config":{}}}`,
		`{"version":3,"checkpoint":{"latest":null}}`,
		`{"version":3,"deployment":{"manifest":{}}}`,
		`{"version":3,"deployment":{"resources":null}}`,
		`{"version":3,"deployment":null}`,
	} {
		assert.Empty(t, byName(t, document), document)
	}
}

func TestReadRefusesWhatIsNoStack(t *testing.T) {
	for name, tt := range map[string]struct{ give, want string }{
		"nothing":         {" \n", "it is empty"},
		"compressed":      {"\x1f\x8b\x08\x00", "unpack it"},
		"half a file":     {small[:len(small)-4], "neither"},
		"another":         {`{"hello":1}`, "neither"},
		"a list":          {"[]", "neither"},
		"Terraform":       {`{"version":4,"terraform_version":"1.9.0","resources":[]}`, "looks like Terraform's"},
		"a template":      {`{"Resources":{"A":{"Type":"AWS::EC2::VPC"}}}`, "looks like a template of CloudFormation"},
		"no JSON":         {"Previewing update (dev)", "neither"},
		"deeper than any": {strings.Repeat("[", 100_000), "neither"},
		"a failed preview": {`{"steps":[{"op":"create"}],"diagnostics":[{"severity":"warning","message":"old"},
			{"severity":"error","message":"resource 'db' has a problem: Missing required argument\n"},{"severity":"error","message":"update failed"}]}`,
			"the preview in it failed, so that it holds only a part of the stack (resource 'db' has a problem: Missing " +
				"required argument)"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := cost.Read(strings.NewReader(tt.give))
			assert.ErrorContains(t, err, tt.want)
		})
	}
}

// A chain of parents as long as the file, and one that bites its own tail.
func TestReadEndsWithAnyParents(t *testing.T) {
	const many = 50_000
	var b strings.Builder
	b.WriteString(`{"deployment":{"resources":[`)
	for i := range many {
		fmt.Fprintf(&b, `{"urn":"urn:%d","type":"a:b:C","parent":"urn:%d"},`, i, (i+1)%many)
	}
	b.WriteString(`null,{}]}}`)
	all, err := cost.Read(strings.NewReader(b.String()))
	require.NoError(t, err)
	assert.Len(t, all, many+2)
}

func TestReadPreview(t *testing.T) {
	got := byName(t, `{"config":{"aws:region":"eu-central-1"},"steps":[
		{"op":"create","urn":"urn::t::new","newState":{"urn":"urn:pulumi:s::p::aws:ebs/volume:Volume::new","custom":true,"type":"aws:ebs/volume:Volume",
			"inputs":{"size":10,"availabilityZone":"04da6b54-80e4-46f7-96ec-b56ff0331ba9","iops":"3eeb2bf0-c639-47a8-9e75-3b44932eb421"},"outputs":{"size":"3eeb2bf0-c639-47a8-9e75-3b44932eb421"}}},
		{"op":"delete","urn":"urn::t::gone","oldState":{"urn":"urn:pulumi:s::p::aws:ebs/volume:Volume::gone","custom":true,"type":"aws:ebs/volume:Volume"}},
		{"op":"delete-replaced","newState":{"urn":"urn:pulumi:s::p::aws:ebs/volume:Volume::gone","custom":true,"type":"aws:ebs/volume:Volume"}},
		{"op":"create-replacement","newState":{"urn":"urn:pulumi:s::p::aws:ebs/volume:Volume::twice","custom":true,"type":"aws:ebs/volume:Volume","inputs":{"size":1}}},
		{"op":"replace","newState":{"urn":"urn:pulumi:s::p::aws:ebs/volume:Volume::twice","custom":true,"type":"aws:ebs/volume:Volume","inputs":{"size":2}}}
	],"changeSummary":{"create":1,"same":7}}`)

	assert.Len(t, got, 3)
	assert.Equal(t, map[string]any{"size": 10.0, "availabilityZone": cost.Unknown{}, "iops": cost.Unknown{}},
		got["new"].Props,
		"an output that is not known yet does not hide the input")
	assert.Equal(t, "eu-central-1", got["new"].Region)
	assert.Equal(t, 2.0, got["twice"].Props["size"])
	assert.Contains(t, got, "7 unchanged resources")
}

func TestReadOtherForms(t *testing.T) {
	for name, document := range map[string]string{
		"a checkpoint of the file backend": `{"version":3,"checkpoint":{"stack":"s","latest":{"resources":[{"urn":"u::x","custom":true,"type":"aws:sqs/queue:Queue"}]}}}`,
		"with a byte order mark":           "\xef\xbb\xbf" + `{"deployment":{"resources":[{"urn":"u::x","custom":true,"type":"aws:sqs/queue:Queue"}]}}`,
	} {
		t.Run(name, func(t *testing.T) { assert.Contains(t, byName(t, document), "x") })
	}
	t.Run("an empty stack", func(t *testing.T) { assert.Empty(t, byName(t, `{"version":3,"deployment":{}}`)) })
	t.Run("a preview of nothing", func(t *testing.T) { assert.Empty(t, byName(t, `{"changeSummary":{}}`)) })
}

func TestReadFileRefuses(t *testing.T) {
	for name, tt := range map[string]struct{ give, want string }{
		"text":          {"hello", "pulumi stack export"},
		"a list":        {"[]", "pulumi preview --json"},
		"another file":  {`{"name":"package.json"}`, "neither"},
		"half a file":   {`{"deployment":{"resources":[`, "unexpected end"},
		"the wrong way": {`{"deployment":{"resources":"none"}}`, "neither"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "stack.json")
			require.NoError(t, os.WriteFile(path, []byte(tt.give), 0o600))
			_, err := cost.ReadFile(path)
			assert.ErrorContains(t, err, path)
			assert.ErrorContains(t, err, tt.want)
		})
	}
	_, err := cost.ReadFile("testdata/absent.json")
	assert.ErrorIs(t, err, os.ErrNotExist)
	assert.ErrorContains(t, err, "testdata/absent.json")
}

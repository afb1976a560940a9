package cost_test

import (
	"bytes"
	"compress/gzip"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/cost"
)

// packed is a text as gzip packs it, as often as is said.
func packed(t *testing.T, text string, times int) string {
	t.Helper()
	for range times {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		_, err := w.Write([]byte(text))
		require.NoError(t, err)
		require.NoError(t, w.Close())
		text = b.String()
	}
	return text
}

// Every way in which a stack leaves Pulumi's command or its backend.
func TestReadTakesEveryForm(t *testing.T) {
	const urn, typ = `"urn":"urn:pulumi:s::p::aws:ebs/volume:Volume::disk"`, `"type":"aws:ebs/volume:Volume","custom":true`
	const disk = `{` + urn + `,` + typ + `,"inputs":{"size":10}}`
	for name, document := range map[string]string{
		"a state":                  `{"version":3,"deployment":{"resources":[` + disk + `]}}`,
		"a state with features":    `{"version":4,"features":["refreshBeforeUpdate"],"deployment":{"resources":[` + disk + `]}}`,
		"a file of a backend":      `{"version":3,"checkpoint":{"latest":{"resources":[` + disk + `]}}}`,
		"the same, packed":         packed(t, `{"version":3,"checkpoint":{"latest":{"resources":[`+disk+`]}}}`, 1),
		"with text before it":      "Previewing update (dev)\n\n" + `{"deployment":{"resources":[` + disk + `]}}`,
		"with text after it":       `{"deployment":{"resources":[` + disk + `]}}` + "\nwarning: a new version is out\n",
		"a preview":                `{"steps":[{"op":"create",` + urn + `,"newState":` + disk + `}]}`,
		"a preview without states": `{"steps":[{"op":"create","newState":` + disk + `},{"op":"same","urn":"urn:x"}],"changeSummary":{}}`,
		"the engine's events": `{"sequence":0,"preludeEvent":{"config":{"aws:region":"eu-west-1"}}}` + "\n" +
			`{"sequence":1,"resourcePreEvent":{"metadata":{"op":"create",` + urn + `,"type":"aws:ebs/volume:Volume","new":` + disk + `}}}` + "\n" +
			`{"sequence":2,"summaryEvent":{"resourceChanges":{"create":1}}}` + "\n" + `{"sequence":3,"cancelEvent":{}}` + "\n",
	} {
		t.Run(name, func(t *testing.T) {
			got := byName(t, document)
			require.Contains(t, got, "disk")
			assert.Equal(t, 10.0, got["disk"].Props["size"])
		})
	}
}

func TestReadNamesWhatElseOfPulumiItIs(t *testing.T) {
	for document, want := range map[string]string{
		`{"manifest":{},"resourcePlans":{"urn:x":{}}}`:                 "an update plan",
		`{"backend":{},"cliVersion":"v3"}`:                             "pulumi about --json",
		`{"encryptionsalt":"v1:x","config":{}}`:                        "a stack's configuration",
		`{"manifest":{},"resources":[]}`:                               "pulumi stack export",
		`{"deployment":{}} {"deployment":{}}`:                          "more than one document",
		packed(t, `{"deployment":{}}`, 2):                              "compressed twice",
		`{"sequence":1,"cancelEvent":{}}` + "\n" + `{"sequence":2`:     "neither",
		`{"sequence":1,"diagnosticEvent":{"severity":"info"}}` + "\n[": "event 2",
	} {
		_, err := cost.ReadStack(strings.NewReader(document))
		assert.ErrorContains(t, err, want)
	}
}

// A change has a cost on both sides, whatever its steps are called.
func TestReadHasBothSidesOfAChange(t *testing.T) {
	step := func(op, name, before, after string) string {
		side := func(key, size string) string {
			if size == "" {
				return ""
			}
			return `,"` + key + `":{"urn":"urn:pulumi:s::p::aws:ebs/volume:Volume::` + name + `","custom":true,"type":"aws:ebs/volume:Volume","inputs":{"type":"gp3","size":` + size + `}}`
		}
		return `{"op":"` + op + `"` + side("oldState", before) + side("newState", after) + `}`
	}
	s, err := cost.ReadStack(strings.NewReader(`{"config":{"aws:region":"us-east-1"},"steps":[` + strings.Join([]string{
		step("same", "kept", "100", "100"), step("update", "grown", "100", "200"), step("create", "made", "", "50"),
		step("delete", "gone", "10", ""),
		step("create-replacement", "anew", "100", "300"), step("replace", "anew", "100", "300"),
		step("delete-replaced", "anew", "100", ""),
	}, ",") + `],"changeSummary":{"same":1}}`))
	require.NoError(t, err)
	assert.True(t, s.Change)
	assert.Empty(t, s.Failed)
	// 0.08 a GB: 100 + 100 + 10 + 100, and 100 + 200 + 50 + 300
	assert.Equal(t, "24.80", estimate(t, cost.Options{}, s.Before...).Expected.StringFixed(2))
	assert.Equal(t, "52.00", estimate(t, cost.Options{}, s.After...).Expected.StringFixed(2))
}

func TestReadSaysThatAPreviewFailed(t *testing.T) {
	s, err := cost.ReadStack(strings.NewReader(`{"steps":[{"op":"create","newState":{"urn":"u::x","custom":true,"type":"aws:sqs/queue:Queue"}}],
		"changeSummary":{"same":9},"diagnostics":[{"severity":"error","message":"db has a problem\n"},{"severity":"error","message":"update failed"}]}`))
	require.NoError(t, err)
	assert.Equal(t, "db has a problem", s.Failed)
	assert.Len(t, s.After, 1, "what is missing is said by the failure")
}

// Where a stack is: by what its resources say, and by what the rest agrees on.
func TestReadFindsTheRegion(t *testing.T) {
	const provider = `{"urn":"urn:p","custom":true,"type":"pulumi:providers:aws","id":"1","inputs":{"version":"6"}}`
	volume := func(name, more string) string {
		return `{"urn":"urn::` + name + `","custom":true,"type":"aws:ebs/volume:Volume","provider":"urn:p::1"` + more + `}`
	}
	queue := `{"urn":"urn::queue","custom":true,"type":"aws:sqs/queue:Queue","provider":"urn:p::1"}`
	for name, tt := range map[string]struct {
		rest, want string
		regionless int
	}{
		"by a zone":              {volume("v", `,"inputs":{"availabilityZone":"eu-central-1a"}`), "eu-central-1", 0},
		"by an ARN":              {volume("v", `,"outputs":{"arn":"arn:aws:ec2:sa-east-1:1:volume/v"}`), "sa-east-1", 0},
		"two regions, no choice": {volume("v", `,"inputs":{"availabilityZone":"eu-central-1a"}`) + "," + volume("w", `,"inputs":{"availabilityZone":"us-gov-west-1b"}`), "", 1},
		"nothing":                {volume("v", ""), "", 2},
		"by the others of its provider, whatever others have": {volume("v", `,"inputs":{"availabilityZone":"eu-central-1a"}`) +
			`,{"urn":"urn:east","custom":true,"type":"pulumi:providers:aws","id":"2","inputs":{"region":"us-east-1"}}` +
			`,{"urn":"urn::cert","custom":true,"type":"aws:acm/certificate:Certificate","provider":"urn:east::2"}`, "eu-central-1", 0},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := cost.ReadStack(strings.NewReader(`{"deployment":{"resources":[` + provider + "," + queue + "," + tt.rest + `]}}`))
			require.NoError(t, err)
			for _, r := range s.After {
				if r.Name == "queue" {
					assert.Equal(t, tt.want, r.Region)
				}
			}
			assert.Equal(t, tt.regionless, s.Regionless())
		})
	}
}

func FuzzReadStack(f *testing.F) {
	f.Add([]byte(small))
	f.Add([]byte(`{"steps":[{"op":"same","oldState":{"urn":"u"},"newState":null}],"changeSummary":{"same":2}}`))
	f.Add([]byte(`{"sequence":1,"resourcePreEvent":{"metadata":{"op":"create","new":{"urn":"u"}}}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		s, err := cost.ReadStack(bytes.NewReader(raw))
		if err == nil {
			estimate(t, cost.Options{}, s.After...)
		}
	})
}

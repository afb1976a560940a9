package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestSave(t *testing.T) {
	files := shared(t.TempDir())
	path := files.write(t, "now.json", exported(`{"urn":"urn:pulumi:s::p::aws:ebs/volume:Volume::data","custom":true,"type":"aws:ebs/volume:Volume",`+
		`"inputs":{"type":"gp2","size":500,"availabilityZone":"us-east-1a"}}`))
	out, _ := files.run(t, codeDone, "save", "--file", path)
	assert.Contains(t, out, "gp3 instead of gp2")
	assert.Contains(t, out, "-$10.00")
	out, _ = files.run(t, codeDone, "save", "4")
	assert.Contains(t, out, "CloudFront's flat-rate plan")
	files.run(t, codeUsage, "save")
	files.run(t, codeUsage, "save", "4", "--file", path)
	files.run(t, codeUsage, "save", "4", "--users", "5")
}

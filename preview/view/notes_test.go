package view

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/rung-dev/rung/preview"
	"github.com/rung-dev/rung/resource/token"
)

func TestNotesThatSayTheSameAreOne(t *testing.T) {
	log := func(name string) preview.Note {
		return preview.Note{Type: token.CloudWatchLogGroup, Name: name, Reason: "paid per GB"}
	}
	all := []preview.Note{log("a"), {Type: token.SQSQueue, Name: "dead", Reason: "failed only"}, log("b"), log("c"),
		log("d"), log("e"),
		{Type: token.CloudWatchLogGroup, Name: "f", Item: "storage", Reason: "paid per GB"}}
	var got []string
	for _, s := range remarks(all) {
		got = append(got, s.subject(func(name string) string { return "<" + name + ">" }))
	}
	assert.Equal(t, []string{
		"5 × cloudwatch/logGroup (<a>, <b>, <c>, 2 more)",
		"<dead> (sqs/queue)",
		"<f> (cloudwatch/logGroup), storage",
	}, got)
	assert.Empty(t, remarks(nil))
}

func TestNotesOfAnotherCloudAreOne(t *testing.T) {
	azure := func(typ, name string) preview.Note {
		return preview.Note{Type: "azure-native:" + typ, Name: name, Reason: "billed by Azure"}
	}
	all := []preview.Note{azure("sql:Server", "a"), azure("sql:Server", "b"), azure("web:WebApp", "c"),
		{Type: "gcp:storage/bucket:Bucket", Name: "d", Reason: "billed by Google Cloud"},
		{Type: "kubernetes:core/v1:Service", Name: "e", Reason: "billed by Azure"}}
	var got []string
	for _, s := range remarks(all) {
		got = append(got, s.subject(asItIs))
	}
	assert.Equal(t, []string{"3 × azure-native (a, b, c)", "d (storage/bucket)", "e (core/v1/Service)"}, got)
}

package preview

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestNotesThatSayTheSameAreOne(t *testing.T) {
	log := func(name string) Note {
		return Note{Type: "aws:cloudwatch/logGroup:LogGroup", Name: name, Reason: "paid per GB"}
	}
	all := []Note{log("a"), {Type: "aws:sqs/queue:Queue", Name: "dead", Reason: "failed only"}, log("b"), log("c"),
		log("d"), log("e"),
		{Type: "aws:cloudwatch/logGroup:LogGroup", Name: "f", Item: "storage", Reason: "paid per GB"}}
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

package config

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestCron(t *testing.T) {
	for text, want := range map[string]bool{
		"0 8 * * 1-5": true, "*/15 0,12 1 JAN-mar SUN": true, "59 23 31 12 7": true, "0-30/10 * * * *": true,
		"a b c d e": false, "60 8 * * *": false, "0 24 * * *": false, "0 8 0 * *": false, "0 8 * 13 *": false, "0 8 * * 8": false,
		"0 8 * * 5-1": false, "*/0 * * * *": false, "5/10 * * * *": false, "+5 8 * * *": false, "0 8 * *": false, "0 8 * * * *": false, "": false, ", * * * *": false,
	} {
		assert.Equal(t, want, isCron(text), text)
	}
	_, err := Parse(set("stage", "3", "web.schedules",
		`[{"name":"a","recurrence":"0 8 * * *","timeZone":"Local","min":2}]`))
	assert.ErrorContains(t, err, "want an IANA name")
}

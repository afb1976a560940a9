package cost

import (
	_ "embed"
	"encoding/csv"
	"strings"
	"sync"
	"unicode"
)

// kindsCSV says of whole families of types, by how their names begin, what they cost
// where no model does: nothing, by a use that no property tells, or at a price that
// the catalogue does not hold.
//
//go:embed kinds.csv
var kindsCSV string

// kind is what is said of a family of types.
type kind struct {
	// state is "free", "usage" or "unpriced".
	state  string
	reason string
}

// kinds are the families by how their types begin.
var kinds = sync.OnceValue(func() map[string]kind {
	rows, err := csv.NewReader(strings.NewReader(kindsCSV)).ReadAll()
	if err != nil {
		panic("cost: kinds.csv: " + err.Error()) // it is a part of the program
	}
	out := make(map[string]kind, len(rows))
	for _, row := range rows[1:] {
		out[row[0]] = kind{row[1], row[2]}
	}
	return out
})

// kindOf is what is said of the closest family of a type; false when nothing is.
func kindOf(typ string) (kind, bool) {
	for end := len(typ); end > 0; end-- {
		if k, ok := kinds()[typ[:end]]; ok {
			return k, true
		}
	}
	if classic, ok := classicName(typ); ok {
		return kindOf(classic)
	}
	return kind{}, false
}

// nativeModules are the modules of aws-native that the classic provider names
// otherwise.
var nativeModules = map[string]string{
	"events": "cloudwatch", "logs": "cloudwatch", "elasticloadbalancingv2": "lb", "elasticloadbalancing": "elb",
	"opensearchservice": "opensearch", "stepfunctions": "sfn", "certificatemanager": "acm", "config": "cfg",
	"kinesisfirehose": "kinesis", "applicationautoscaling": "appautoscaling", "rolesanywhere": "rolesanywhere",
}

// classicName is about how the classic provider calls a type of aws-native; false
// for any other.
func classicName(typ string) (string, bool) {
	parts := strings.Split(typ, ":")
	if len(parts) != 3 || parts[0] != "aws-native" || parts[2] == "" {
		return "", false
	}
	module, name := parts[1], parts[2]
	if classic, other := nativeModules[module]; other {
		module = classic
	}
	low := string(unicode.ToLower(rune(name[0]))) + name[1:]
	return "aws:" + module + "/" + low + ":" + name, true
}

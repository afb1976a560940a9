package polyglot

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"strings"

	"github.com/pulumi/pulumi-go-provider/infer"
)

// docsJSON are the doc comments of the components' arguments and outputs, by
// "package.Type.Field". A test writes it anew out of the code (-update).
//
//go:embed docs.json
var docsJSON []byte

var docs = func() map[string]string {
	all := map[string]string{}
	if err := json.Unmarshal(docsJSON, &all); err != nil {
		panic("read the embedded doc comments: " + err.Error()) // a test reads them first
	}
	return all
}()

// own are the fields that no component has under the same name.
var own = map[string]string{
	"Tags":   "Tags that are added to every resource of the component that takes tags.",
	"Alerts": "ARN of the SNS topic that alarms notify, when they fire and when they recover. Without it nobody is told.",
	"ConfirmDataLoss": "Logical names of the component's resources that may be deleted or replaced with all data in them. " +
		"Take it out again when that is done.",
}

// describe gives the fields of a struct the doc comments of the fields of the same names,
// in the words of the schema: constants by their values, fields by their properties. of is
// the other struct, "database.Args" say.
func describe(a infer.Annotator, fields any, of string, constants map[string]any) {
	v := reflect.ValueOf(fields).Elem()
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if f.Tag.Get("pulumi") == "" {
			continue
		}
		text := docs[of+"."+f.Name]
		if text == "" {
			text = own[f.Name]
		}
		a.Describe(v.Field(i).Addr().Interface(), inSchema(text, v.Type(), constants))
	}
}

// inSchema says a doc comment as somebody knows it who never sees the Go code.
func inSchema(text string, of reflect.Type, constants map[string]any) string {
	for name, value := range constants {
		text = word(name).ReplaceAllLiteralString(text, fmt.Sprint(value))
	}
	for i := range of.NumField() {
		property, _, _ := strings.Cut(of.Field(i).Tag.Get("pulumi"), ",")
		if property != "" {
			text = word(of.Field(i).Name).ReplaceAllLiteralString(text, property)
		}
	}
	return strings.TrimSpace(text)
}

func word(name string) *regexp.Regexp { return regexp.MustCompile(`\b` + name + `\b`) }

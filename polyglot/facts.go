package polyglot

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"path"
	"reflect"
	"regexp"
	"strconv"
	"strings"
)

// docsJSON are what the Go code of the components says and a program cannot ask for. A
// test writes it anew out of the code (-update).
//
//go:embed docs.json
var docsJSON []byte

// facts are what the schema takes from the Go code.
type facts struct {
	// Docs are the doc comments of arguments and results, by "package.Type.Field".
	Docs map[string]string `json:"docs"`
	// Constants are the values of constants that doc comments name, by "package.Name".
	Constants map[string]any `json:"constants"`
	// Values are what a text of some type may be, by "package.Type".
	Values map[string][]enumValue `json:"values"`
}

func read() (f facts, err error) {
	if err := json.Unmarshal(docsJSON, &f); err != nil {
		return facts{}, fmt.Errorf("read the doc comments: %w", err)
	}
	return f, nil
}

var (
	// figure is the name of a constant that stands for a figure.
	figure = regexp.MustCompile(`\b(?:contract\.[A-Z]\w*|(?:[a-z]+\.)?(?:Default|Max|Min|No)[A-Z]\w*)`)
	// standard is what a doc comment says of the zero value, where that is all.
	standard = regexp.MustCompile(`\b(?:[Zz]ero|[Ee]mpty|[Nn]il) means (?:contract\.)?([A-Za-z]\w*)\.(?: |$)`)
)

// valued is a doc comment with the values of the constants that it names.
func (f facts) valued(text, docs string) string {
	return figure.ReplaceAllStringFunc(text, func(name string) string {
		value, is := f.constant(name, docs)
		if number, float := value.(float64); float {
			return strconv.FormatFloat(number, 'f', -1, 64)
		}
		if is {
			return fmt.Sprint(value)
		}
		return name
	})
}

// constant is a constant of the package of docs, or of the contract.
func (f facts) constant(name, docs string) (any, bool) {
	if !strings.Contains(name, ".") {
		folder, _, _ := strings.Cut(docs, ".")
		name = folder + "." + name
	}
	value, is := f.Constants[name]
	return value, is
}

// defaultIn is the value that a doc comment says the zero value of a type to mean: the
// first of that type, for a comment may describe a number and a text at once.
func (f facts) defaultIn(text, docs string, of reflect.Type) (any, bool) {
	for _, found := range standard.FindAllStringSubmatch(text, -1) {
		name := found[1]
		if strings.Contains(found[0], "contract.") {
			name = "contract." + name
		}
		if value, is := f.constant(name, docs); is && fits(value, of) {
			return value, true
		}
	}
	return nil, false
}

// fits reports whether a constant, as JSON has it, is a value of a type.
func fits(value any, of reflect.Type) bool {
	switch value.(type) {
	case string:
		return of.Kind() == reflect.String
	case bool:
		return of.Kind() == reflect.Bool
	default:
		return of.ConvertibleTo(reflect.TypeFor[float64]())
	}
}

// docsOf is where the doc comment of a type stands. That of a struct which was put
// together stands in its fields' tags.
func docsOf(t reflect.Type) string {
	switch {
	case t.Name() != "":
		return path.Base(t.PkgPath()) + "." + t.Name()
	case t.Kind() == reflect.Struct && t.NumField() > 0:
		return t.Field(0).Tag.Get("of")
	default:
		return ""
	}
}

// typeName is a type of the inner packages as the schema calls it.
func (w *writer) typeName(docs string) string {
	folder, name, _ := strings.Cut(docs, ".")
	switch docs {
	case "program.Spec":
		return "Program"
	case "alarms.Alarm":
		return "Alarm"
	}
	switch folder {
	case "polyglot", "part":
		return name
	case "program":
		return "Program" + name
	case "alarms":
		return "Alarm" + name
	default:
		return w.kinds[folder] + name
	}
}

// choice is a text of which only some values are taken, as a type of the schema.
func (w *writer) choice(docs string) string {
	name := token(w.typeName(docs))
	w.types[name] = map[string]any{"type": "string", "description": w.Docs[docs], "enum": w.Values[docs]}
	return "#/types/" + name
}

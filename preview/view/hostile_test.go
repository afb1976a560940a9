package view

import (
	"bytes"
	"io"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/preview"
	"github.com/rung-dev/rung/preview/terminal"
	"github.com/rung-dev/rung/resource/token"
	"github.com/rung-dev/rung/stacks/ladder"
)

// hostile is what a resource may be called, or a cloud may say.
const hostile = "a\x1b]0;owned\x07b\u009bc\u202ed\u2066\u200be\nSTOPPED f\rg`h|i\U000e0041j\x9bk![x](https://evil)<script>"

// ours are the colours, the only thing that a terminal is told.
var ours = regexp.MustCompile(`\x1b\[[0-9;]*m`)

// poison puts the hostile text into every text of a value.
func poison(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		if v.Type() == reflect.TypeFor[string]() {
			v.SetString(hostile)
		}
	case reflect.Pointer:
		if v.CanSet() && v.Type().Elem().Kind() == reflect.Struct {
			v.Set(reflect.New(v.Type().Elem()))
			poison(v.Elem())
		}
	case reflect.Interface:
		if v.NumMethod() == 0 {
			v.Set(reflect.ValueOf(hostile))
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 4, 4)) // enough to be folded
		for i := range v.Len() {
			poison(v.Index(i))
		}
	case reflect.Map:
		m := reflect.MakeMap(v.Type())
		value := reflect.New(v.Type().Elem()).Elem()
		poison(value)
		m.SetMapIndex(reflect.ValueOf(hostile).Convert(v.Type().Key()), value)
		v.Set(m)
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				poison(v.Field(i))
			}
		}
	}
}

type document interface {
	Table(io.Writer, terminal.Style) error
	JSON(io.Writer) error
	Markdown(io.Writer) error
	HTML(io.Writer) error
}

// inCode is where Markdown has no meaning.
var inCode = regexp.MustCompile("`[^`\n]*`")

// forbidden are the ways out of a format: a line of one's own, a link or a
// picture, an element.
var forbidden = map[string][]*regexp.Regexp{
	"table":    {regexp.MustCompile("(?m)^STOPPED f")},
	"colours":  {regexp.MustCompile("(?m)^STOPPED f")},
	"markdown": {regexp.MustCompile("(?m)^STOPPED f"), regexp.MustCompile(`!\[x\]\(`), regexp.MustCompile("(?m)^[^`]*<script>")},
	"html":     {regexp.MustCompile(`\)<script>`)},
}

// documents are one of each kind, with the hostile text wherever text can be.
func documents() map[string]document {
	var r preview.Report
	var b preview.Bill
	var d preview.Drifts
	var o Outputs
	var p Prices
	var k Keys
	var c Checks
	var g Growth
	var v Advice
	for _, x := range []any{&r, &b, &d, &o, &p, &k, &c, &g, &v} {
		poison(reflect.ValueOf(x).Elem())
	}
	for i := range r.Resources.Changes {
		r.Resources.Changes[i].Op = preview.Create
	}
	l := Ladder{Stages: []ladder.Stage{{Number: 1, Name: hostile, Adds: hostile, Until: hostile}}}
	bill := preview.NewBill(hostile, cost.NewEstimator(&cost.Catalogue{}, cost.Options{}).Estimate([]cost.Resource{
		{URN: hostile, Type: hostile, Name: hostile, Component: hostile, Region: hostile},
		{URN: "urn:x", Type: token.EBSVolume, Name: hostile, Component: hostile, Region: hostile, Props: map[string]any{"size": 5.0, "type": hostile}},
	}), 0, ladder.Traffic{}, cost.NewEstimator(&cost.Catalogue{}, cost.Options{}).Estimate(nil).Expected)
	return map[string]document{"report": Report(r), "bill": Bill(b), "drift": Drifts(d), "outputs": o, "prices": p,
		"keys": k, "checks": c, "ladder": l, "growth": g, "advice": v, "estimate": Bill(bill)}
}

// Whatever text a file, a state, an event or a cloud holds, no renderer lets it
// act on who reads: neither on a terminal nor on the direction of writing.
func TestNoTextActsInAnyFormat(t *testing.T) {
	for name, d := range documents() {
		for format, render := range map[string]func(io.Writer) error{
			"table":    func(w io.Writer) error { return d.Table(w, terminal.Style{Width: 100}) },
			"colours":  func(w io.Writer) error { return d.Table(w, terminal.Style{Width: 100, Color: true}) },
			"markdown": d.Markdown, "html": d.HTML, "json": d.JSON,
		} {
			t.Run(name+"/"+format, func(t *testing.T) {
				var out bytes.Buffer
				require.NoError(t, render(&out))
				require.True(t, strings.Contains(out.String(), "owned"), "the text is in it")
				text := ours.ReplaceAllString(out.String(), "")
				for _, r := range text {
					if r != '\n' && r != '\t' && !unicode.IsPrint(r) && !unicode.Is(unicode.Zs, r) {
						t.Fatalf("%U in the output", r)
					}
				}
				if format == "markdown" {
					text = inCode.ReplaceAllString(text, "code")
				}
				for _, bad := range forbidden[format] {
					if at := bad.FindStringIndex(text); at != nil {
						t.Errorf("%s: %q", bad, text[max(0, at[0]-100):min(len(text), at[1]+50)])
					}
				}
			})
		}
	}
}

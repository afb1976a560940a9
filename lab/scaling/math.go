package scaling

import (
	"fmt"
	"math"
	"regexp"

	"github.com/dop251/goja"
)

// metric is an expression of CloudWatch's metric math over series, by their ids.
type metric struct {
	expression string
	terms      map[string]Series
}

// words of metric math that JavaScript spells otherwise.
var (
	and = regexp.MustCompile(`\bAND\b`)
	or  = regexp.MustCompile(`\bOR\b`)
	not = regexp.MustCompile(`\bNOT\b`)
)

// functions are those of metric math that scaling uses. FILL gives what nobody has
// measured a value.
const functions = `function FILL(m, v) { return m === undefined ? v : m }
function IF(is, then, other) { return is ? then : other }
const MAX = Math.max, MIN = Math.min, ABS = Math.abs, CEIL = Math.ceil, FLOOR = Math.floor;
`

// value is what an expression comes to; false where it needs what nobody has measured.
func (m metric) value(r Readings) (v float64, ok bool, err error) {
	if s, single := m.terms[m.expression]; single {
		v, ok = r[s]
		return v, ok, nil
	}
	vm := goja.New()
	for id, s := range m.terms {
		value := goja.Undefined()
		if measured, known := r[s]; known {
			value = vm.ToValue(measured)
		}
		if err := vm.Set(id, value); err != nil {
			return 0, false, fmt.Errorf("read the metric %s: %w", id, err)
		}
	}
	text := or.ReplaceAllString(and.ReplaceAllString(m.expression, "&&"), "||")
	got, err := vm.RunString(functions + "+(" + text + ")")
	if err != nil {
		return 0, false, fmt.Errorf("work out %q: %w", m.expression, err)
	}
	v = got.ToFloat()
	return v, !math.IsNaN(v) && !math.IsInf(v, 0), nil
}

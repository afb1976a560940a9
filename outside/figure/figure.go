// Package figure reads numbers that come from outside: settings, files, price
// lists, properties of foreign resources.
//
// A number is cheap to write and may be dear to work with: adding 1 to
// "1e1000000000" asks for a gigabyte of digits. So length and magnitude are
// looked at before anything is computed, and what no cloud has is refused. It
// is the only place that turns outside text into a decimal; a test of the
// house holds the others to it.
package figure

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"strings"

	"github.com/shopspring/decimal"
)

// The bounds. They lie far beyond every price, size and count that there is,
// and arithmetic within them takes no time.
const (
	// MaxLength is how many characters a number may have.
	MaxLength = 128
	// MaxDigits is how many digits may stand before the point.
	MaxDigits = 30
	// MaxPlaces is how many digits may stand behind the point.
	MaxPlaces = 100
)

// Errors of Parse. Their texts end a sentence that names the value.
var (
	ErrNone = errors.New("it is not a number")
	ErrSize = fmt.Errorf("it is a number beyond all bounds: want at most %d digits before the point and %d behind it",
		MaxDigits, MaxPlaces)
)

// form is how a number looks, whatever its size.
var form = regexp.MustCompile(`^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$`)

// Parse reads a decimal: digits with a sign, a point and an exponent where
// there are any. It fails with ErrNone or ErrSize.
func Parse(s string) (decimal.Decimal, error) {
	if strings.Trim(s, "0123456789+-.eE") != "" { // the cheap look first: most texts of a file are none
		return decimal.Zero, ErrNone
	}
	if len(s) > MaxLength {
		return decimal.Zero, ErrSize
	}
	if !form.MatchString(s) {
		return decimal.Zero, ErrNone
	}
	d, err := decimal.NewFromString(s)
	if err != nil { // an exponent that no integer holds
		return decimal.Zero, ErrSize
	}
	return bounded(d)
}

// bounded looks at the places of a number without computing with it.
func bounded(d decimal.Decimal) (decimal.Decimal, error) {
	if d.IsZero() {
		return decimal.Zero, nil
	}
	if exp := int64(d.Exponent()); exp < -MaxPlaces || exp+int64(d.NumDigits()) > MaxDigits {
		return decimal.Zero, ErrSize
	}
	return d, nil
}

// FromFloat makes a decimal of a number that a file held. It fails with
// ErrNone for infinity and what is no number, and with ErrSize.
func FromFloat(f float64) (decimal.Decimal, error) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return decimal.Zero, ErrNone
	}
	if math.Abs(f) >= 1e30 || f != 0 && math.Abs(f) < 1e-80 {
		return decimal.Zero, ErrSize
	}
	return decimal.NewFromFloat(f), nil
}

// Absurd reports whether a value of a file is a number beyond all bounds: one
// that is there, and that nothing can be done with.
func Absurd(v any) bool {
	var err error
	switch v := v.(type) {
	case string:
		_, err = Parse(v)
		return errors.Is(err, ErrSize)
	case float64:
		_, err = FromFloat(v)
		return err != nil
	}
	return false
}

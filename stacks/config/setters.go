package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/mail"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"
	"golang.org/x/net/idna"

	"github.com/rung-dev/rung/outside/figure"
)

// setter turns text into a field of the configuration, or says what is allowed.
type setter struct {
	typ, allowed string
	set          func(c *Config, value string) error
	// choices are the values, or the items of a list, where only these are taken.
	choices []string
	// low and high bound a number; both are nil where nothing does.
	low, high *float64
}

// between is the setter of a number with its bounds.
func (s setter) between(low, high float64) setter {
	s.low, s.high = &low, &high
	return s
}

// among is a setter of these values only.
func (s setter) among(choices []string) setter {
	s.choices = choices
	return s
}

type moneyValue = decimal.Decimal

// want is what a setter answers to a value that it does not take.
func want(allowed string) error { return errors.New("want " + allowed) }

func text(put func(*Config, string)) setter {
	return setter{typ: "text", allowed: "any text", set: func(c *Config, v string) error {
		put(c, v)
		return nil
	}}
}

func whole(low, high int, put func(*Config, int)) setter {
	allowed := fmt.Sprintf("a whole number from %d to %d", low, high)
	return setter{typ: "whole number", allowed: allowed, set: func(c *Config, v string) error {
		n, err := strconv.Atoi(v)
		if err != nil || n < low || n > high {
			return want(allowed)
		}
		put(c, n)
		return nil
	}}.between(float64(low), float64(high))
}

// zeroOr takes 0, which switches off, or a number in bounds.
func zeroOr(low, high int, put func(*Config, int)) setter {
	allowed := fmt.Sprintf("0, or a whole number from %d to %d", low, high)
	return setter{typ: "whole number", allowed: allowed, set: func(c *Config, v string) error {
		n, err := strconv.Atoi(v)
		if err != nil || n != 0 && (n < low || n > high) {
			return want(allowed)
		}
		put(c, n)
		return nil
	}}.between(0, float64(high))
}

func number(low, high float64, put func(*Config, float64)) setter {
	allowed := fmt.Sprintf("a number from %v to %s", low, strconv.FormatFloat(high, 'f', -1, 64))
	return setter{typ: "number", allowed: allowed, set: func(c *Config, v string) error {
		n, err := strconv.ParseFloat(v, 64)
		if err != nil || !(n >= low && n <= high) { // also refuses NaN
			return want(allowed)
		}
		put(c, n)
		return nil
	}}.between(low, high)
}

func flag(put func(*Config, bool)) setter {
	const allowed = "true or false"
	return setter{typ: "flag", allowed: allowed, set: func(c *Config, v string) error {
		if v != "true" && v != "false" {
			return want(allowed)
		}
		put(c, v == "true")
		return nil
	}}
}

func oneOf[T ~string](choices []T, put func(*Config, T)) setter {
	names := make([]string, len(choices))
	for i, c := range choices {
		names[i] = string(c)
	}
	allowed := "one of " + strings.Join(names, ", ")
	return setter{typ: "choice", allowed: allowed, set: func(c *Config, v string) error {
		if !slices.Contains(choices, T(v)) {
			return want(allowed)
		}
		put(c, T(v))
		return nil
	}}.among(names)
}

func pattern(expr, allowed string, put func(*Config, string)) setter {
	re := regexp.MustCompile(expr)
	return setter{typ: "text", allowed: allowed, set: func(c *Config, v string) error {
		if !re.MatchString(v) {
			return want(allowed)
		}
		put(c, v)
		return nil
	}}
}

// domainLabel is one part of a host name: RFC 1035, as registrars take it.
var domainLabel = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)

func domain(put func(*Config, string)) setter {
	const allowed = "a domain in lower case without https:// or a path, example.com say"
	return setter{typ: "domain", allowed: allowed, set: func(c *Config, v string) error {
		if !isDomain(v) {
			if ascii := punycode(v); ascii != "" {
				return fmt.Errorf("want %s, which is how DNS writes it", ascii)
			}
			return want(allowed)
		}
		put(c, v)
		return nil
	}}
}

func isDomain(v string) bool {
	labels := strings.Split(v, ".")
	bad := slices.ContainsFunc(labels, func(l string) bool { return !domainLabel.MatchString(l) })
	return !bad && len(labels) >= 2 && len(v) <= 253 && topLevel.MatchString(labels[len(labels)-1])
}

// topLevel is the last label of a public name: two letters or more, or one in
// another script as DNS writes it. ACM takes no certificate for a shorter one.
var topLevel = regexp.MustCompile(`^([a-z]{2,63}|xn--[a-z0-9-]{1,58}[a-z0-9])$`)

// punycode is a domain in letters of any script as DNS writes it; empty for what
// is none.
func punycode(v string) string {
	if len(v) > 253 {
		return ""
	}
	ascii, err := idna.Lookup.ToASCII(strings.TrimSuffix(v, "."))
	if err != nil || ascii == v || !isDomain(ascii) {
		return ""
	}
	return ascii
}

// maxEmail is the longest address that mail can be sent to (RFC 5321, errata 1690).
const maxEmail = 254

func email(put func(*Config, string)) setter {
	const allowed = "an e-mail address, ops@example.com say"
	return setter{typ: "e-mail", allowed: allowed, set: func(c *Config, v string) error {
		a, err := mail.ParseAddress(v)
		if err != nil || len(v) > maxEmail || a.Address != v || !strings.Contains(v[strings.LastIndex(v, "@"):], ".") {
			return want(allowed)
		}
		put(c, v)
		return nil
	}}
}

func money(put func(*Config, moneyValue)) setter {
	const allowed = "an amount of USD above 0 with at most two decimals, 450 or 99.50 say"
	return setter{typ: "money", allowed: allowed, set: func(c *Config, v string) error {
		d, err := figure.Parse(v)
		if err != nil || !d.IsPositive() || d.Exponent() < -2 || d.GreaterThan(decimal.New(1, 9)) {
			return want(allowed)
		}
		put(c, d)
		return nil
	}}
}

// listOf takes a list; choices of nil allow any item.
func listOf(choices []string, put func(*Config, []string)) setter {
	allowed := "a list of names: one,two or [\"one\",\"two\"]"
	if choices != nil {
		allowed = "a list of " + strings.Join(choices, ", ")
	}
	return setter{typ: "list", allowed: allowed, set: func(c *Config, v string) error {
		items, err := splitList(v)
		if err != nil || choices != nil && len(items) == 0 {
			return want(allowed)
		}
		var wrong []string
		if dup := duplicate(items); dup != "" {
			wrong = append(wrong, fmt.Sprintf("%q stands twice", dup))
		}
		for _, item := range items {
			if choices != nil && !slices.Contains(choices, item) {
				wrong = append(wrong, fmt.Sprintf("%q is unknown: want %s", item, allowed))
				break // the list of what is known tells of the others
			}
		}
		if len(wrong) > 0 {
			return errors.New(strings.Join(wrong, "; "))
		}
		put(c, items)
		return nil
	}}.among(choices)
}

// splitPairs reads a=b,c=d or a JSON object of texts.
func splitPairs(v string) (map[string]string, error) {
	m := map[string]string{}
	if strings.HasPrefix(v, "{") {
		return m, json.Unmarshal([]byte(v), &m)
	}
	for _, pair := range strings.Split(v, ",") {
		name, value, ok := strings.Cut(strings.TrimSpace(pair), "=")
		if _, twice := m[name]; !ok || twice {
			return nil, errors.New("want pairs")
		}
		m[name] = value
	}
	return m, nil
}

// object takes a JSON object that somebody else reads.
func object(put func(*Config, string)) setter {
	const allowed = `an object: {"rds-multi-az":"mandatory"}`
	return setter{typ: "object", allowed: allowed, set: func(c *Config, v string) error {
		if !strings.HasPrefix(v, "{") || json.Unmarshal([]byte(v), &map[string]any{}) != nil {
			return want(allowed)
		}
		put(c, v)
		return nil
	}}
}

// splitList reads "a,b" or ["a","b"].
func splitList(v string) ([]string, error) {
	var items []string
	if strings.HasPrefix(v, "[") {
		if err := json.Unmarshal([]byte(v), &items); err != nil {
			return nil, err
		}
	} else {
		items = strings.Split(v, ",")
	}
	for i, item := range items {
		items[i] = strings.TrimSpace(item)
		if items[i] == "" {
			return nil, errors.New("empty item")
		}
	}
	return items, nil
}

func duplicate(items []string) string {
	seen := make(map[string]bool, len(items))
	for _, item := range items {
		if seen[item] {
			return item
		}
		seen[item] = true
	}
	return ""
}

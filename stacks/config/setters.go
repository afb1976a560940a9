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

	"github.com/rung-dev/rung/outside/figure"
)

// setter turns text into a field of the configuration, or says what is allowed.
type setter struct {
	typ, allowed string
	set          func(c *Config, value string) error
}

type moneyValue = decimal.Decimal

// want is what a setter answers to a value that it does not take.
func want(allowed string) error { return errors.New("want " + allowed) }

func text(put func(*Config, string)) setter {
	return setter{"text", "any text", func(c *Config, v string) error {
		put(c, v)
		return nil
	}}
}

func whole(low, high int, put func(*Config, int)) setter {
	allowed := fmt.Sprintf("a whole number from %d to %d", low, high)
	return setter{"whole number", allowed, func(c *Config, v string) error {
		n, err := strconv.Atoi(v)
		if err != nil || n < low || n > high {
			return want(allowed)
		}
		put(c, n)
		return nil
	}}
}

// zeroOr takes 0, which switches off, or a number in bounds.
func zeroOr(low, high int, put func(*Config, int)) setter {
	allowed := fmt.Sprintf("0, or a whole number from %d to %d", low, high)
	return setter{"whole number", allowed, func(c *Config, v string) error {
		n, err := strconv.Atoi(v)
		if err != nil || n != 0 && (n < low || n > high) {
			return want(allowed)
		}
		put(c, n)
		return nil
	}}
}

func number(low, high float64, put func(*Config, float64)) setter {
	allowed := fmt.Sprintf("a number from %v to %s", low, strconv.FormatFloat(high, 'f', -1, 64))
	return setter{"number", allowed, func(c *Config, v string) error {
		n, err := strconv.ParseFloat(v, 64)
		if err != nil || !(n >= low && n <= high) { // also refuses NaN
			return want(allowed)
		}
		put(c, n)
		return nil
	}}
}

func flag(put func(*Config, bool)) setter {
	const allowed = "true or false"
	return setter{"flag", allowed, func(c *Config, v string) error {
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
	return setter{"choice", allowed, func(c *Config, v string) error {
		if !slices.Contains(choices, T(v)) {
			return want(allowed)
		}
		put(c, T(v))
		return nil
	}}
}

func pattern(expr, allowed string, put func(*Config, string)) setter {
	re := regexp.MustCompile(expr)
	return setter{"text", allowed, func(c *Config, v string) error {
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
	return setter{"domain", allowed, func(c *Config, v string) error {
		labels := strings.Split(v, ".")
		bad := slices.ContainsFunc(labels, func(l string) bool { return !domainLabel.MatchString(l) })
		if bad || len(labels) < 2 || len(v) > 253 || isDigits(labels[len(labels)-1]) {
			return want(allowed)
		}
		put(c, v)
		return nil
	}}
}

func isDigits(s string) bool {
	_, err := strconv.Atoi(s)
	return err == nil
}

func email(put func(*Config, string)) setter {
	const allowed = "an e-mail address, ops@example.com say"
	return setter{"e-mail", allowed, func(c *Config, v string) error {
		a, err := mail.ParseAddress(v)
		if err != nil || a.Address != v || !strings.Contains(v[strings.LastIndex(v, "@"):], ".") {
			return want(allowed)
		}
		put(c, v)
		return nil
	}}
}

func money(put func(*Config, moneyValue)) setter {
	const allowed = "an amount of USD above 0 with at most two decimals, 450 or 99.50 say"
	return setter{"money", allowed, func(c *Config, v string) error {
		d, err := figure.Parse(v)
		if err != nil || !d.IsPositive() || d.Exponent() < -2 || d.GreaterThan(decimal.New(1, 9)) {
			return want(allowed)
		}
		put(c, d)
		return nil
	}}
}

// graviton types carry a g behind the generation: t4g.small, c7gn.large.
var gravitonType = regexp.MustCompile(`^[a-z]+[0-9]+g[a-z]*\.[a-z0-9]+$`)

const gravitonAllowed = "a Graviton (arm64) machine type, t4g.small or c7g.medium say"

func graviton(put func(*Config, string)) setter {
	return pattern(gravitonType.String(), gravitonAllowed, put)
}

func gravitons(put func(*Config, []string)) setter {
	const allowed = "a list of Graviton (arm64) machine types, c7g.medium,c6g.medium say"
	return setter{"list", allowed, func(c *Config, v string) error {
		items, err := splitList(v)
		if err != nil || len(items) == 0 {
			return want(allowed)
		}
		for _, item := range items {
			if !gravitonType.MatchString(item) {
				return fmt.Errorf("%q is none: want %s", item, allowed)
			}
		}
		if dup := duplicate(items); dup != "" {
			return fmt.Errorf("%q stands twice", dup)
		}
		put(c, items)
		return nil
	}}
}

// listOf takes a list; choices of nil allow any item.
func listOf(choices []string, put func(*Config, []string)) setter {
	allowed := "a list of names: one,two or [\"one\",\"two\"]"
	if choices != nil {
		allowed = "a list of " + strings.Join(choices, ", ")
	}
	return setter{"list", allowed, func(c *Config, v string) error {
		items, err := splitList(v)
		if err != nil {
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
	}}
}

// counts takes type=count pairs, as text or as a JSON object.
func counts(put func(*Config, map[string]int)) setter {
	const allowed = "counts by machine type, c7g.medium=2,db.m7g.large=1 say"
	return setter{"counts", allowed, func(c *Config, v string) error {
		m := map[string]int{}
		if strings.HasPrefix(v, "{") {
			if json.Unmarshal([]byte(v), &m) != nil {
				return want(allowed)
			}
		} else if !splitCounts(v, m) {
			return want(allowed)
		}
		for name, n := range m {
			if n < 0 || !strings.Contains(name, ".") {
				return want(allowed)
			}
		}
		put(c, m)
		return nil
	}}
}

func splitCounts(v string, into map[string]int) bool {
	for _, pair := range strings.Split(v, ",") {
		name, count, ok := strings.Cut(strings.TrimSpace(pair), "=")
		n, err := strconv.Atoi(count)
		if !ok || err != nil {
			return false
		}
		into[name] = n
	}
	return true
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
	return setter{"object", allowed, func(c *Config, v string) error {
		if json.Unmarshal([]byte(v), &map[string]any{}) != nil {
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

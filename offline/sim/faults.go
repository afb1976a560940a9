package sim

import (
	"errors"
	"fmt"
	"path"
	"strconv"
	"strings"
)

// Faults are failures to inject, read from the environment variable
// RUNG_OFFLINE_FAULTS. Faults are separated by ";", the words of one by blanks:
//
//	create aws:ec2/subnet:Subnet nth=2 fail=InsufficientFreeAddressesInSubnet
//	create aws:rds/* name=database-* throttle
//	update * crash=before
//
// The first word is create, update or delete, the second a type token with "*"
// and "?" as wildcards. "name=" narrows it to logical names, "nth=" to the nth
// matching operation (1 when absent; "every" for each). What happens is one of
// fail=CODE, throttle (the service's rate limit), crash=before and crash=after
// (the provider process ends before or after the state is written). Counts are
// kept in the state file, so that a fault is over after it has struck, even when
// the process died of it.
type Faults []fault

type fault struct {
	text        string
	verb        Verb
	token, name string
	nth         int // 0 means every
	code        string
	crash       string // "", "before" or "after"
}

// ParseFaults reads a list of faults and reports every one it cannot read.
func ParseFaults(text string) (Faults, error) {
	var faults Faults
	var errs []error
	for part := range strings.SplitSeq(text, ";") {
		if strings.TrimSpace(part) == "" {
			continue
		}
		f, err := parseFault(strings.Join(strings.Fields(part), " "))
		if err != nil {
			errs = append(errs, fmt.Errorf("fault %q: %w", strings.TrimSpace(part), err))
		}
		faults = append(faults, f)
	}
	return faults, errors.Join(errs...)
}

func parseFault(text string) (fault, error) {
	words := strings.Fields(text)
	if len(words) < 3 {
		return fault{}, errors.New("want: create|update|delete TYPE [name=PATTERN] [nth=N|every] " +
			"fail=CODE|throttle|crash=before|crash=after")
	}
	f := fault{text: text, nth: 1, token: words[1], name: "*"}
	f.verb = map[string]Verb{"create": Create, "update": Update, "delete": Delete}[words[0]]
	if f.verb == 0 {
		return f, fmt.Errorf("operation %q, want create, update or delete", words[0])
	}
	for _, word := range words[2:] {
		if err := f.option(word); err != nil {
			return f, err
		}
	}
	if f.code == "" && f.crash == "" {
		return f, errors.New("nothing happens: want fail=CODE, throttle, crash=before or crash=after")
	}
	return f, nil
}

func (f *fault) option(word string) error {
	key, value, _ := strings.Cut(word, "=")
	switch key {
	case "name":
		f.name = value
	case "throttle":
		f.code = "RequestLimitExceeded"
	case "fail":
		f.code = value
	case "crash":
		if value != "before" && value != "after" {
			return fmt.Errorf("crash=%s, want before or after", value)
		}
		f.crash = value
	case "nth":
		if value == "every" {
			f.nth = 0
			return nil
		}
		n, err := strconv.Atoi(value)
		if err != nil || n < 1 {
			return fmt.Errorf("nth=%s, want a number from 1 or every", value)
		}
		f.nth = n
	default:
		return fmt.Errorf("unknown word %q", word)
	}
	return nil
}

func (f *fault) matches(o *Op) bool {
	return f.verb == o.Verb && wildcard(f.token, o.Kind.Token) && wildcard(f.name, o.Name)
}

// wildcard is path.Match without the meaning of slashes.
func wildcard(pattern, text string) bool {
	flat := strings.NewReplacer("/", "|")
	ok, err := path.Match(flat.Replace(pattern), flat.Replace(text))
	return ok && err == nil
}

// inject counts the operation against every fault and gives the first that
// strikes now, nil when none does.
func (fs Faults) inject(store *Store, o *Op) (*fault, error) {
	var hit *fault
	if !fs.concerns(o) {
		return nil, nil
	}
	err := store.Change(func(c *Cloud) error {
		for i := range fs {
			f := &fs[i]
			if !f.matches(o) {
				continue
			}
			c.Faults[f.text]++
			if hit == nil && (f.nth == 0 || c.Faults[f.text] == f.nth) {
				hit = f
			}
		}
		return nil
	})
	return hit, err
}

func (fs Faults) concerns(o *Op) bool {
	for i := range fs {
		if fs[i].matches(o) {
			return true
		}
	}
	return false
}

func (f *fault) refusal() error {
	if f.code == "RequestLimitExceeded" {
		return Refuse(f.code, "Rate exceeded", "Run it again (injected by RUNG_OFFLINE_FAULTS).")
	}
	return Refuse(f.code, "The request failed", "Run it again (injected by RUNG_OFFLINE_FAULTS).")
}

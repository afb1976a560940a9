package sim

import (
	"errors"
	"fmt"
	"path"
	"slices"
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
// matching operation (1 when absent; "every" for all; "each" for the first on each
// resource). What happens is one of fail=CODE, throttle (the service's rate limit),
// crash=before and crash=after (the provider process ends before or after the state
// is written), and crash=engine (whoever started the provider is killed after it).
// Counts are kept in the state file, so that a fault is over after it has struck,
// even when the process died of it. What strikes after an operation counts those that
// are done, the others those that are tried.
type Faults []fault

type fault struct {
	text        string
	verb        Verb
	token, name string
	nth         int // or nthEvery, nthEach
	code        string
	crash       string // "", "before", "after" or "engine"
}

// What nth may be beside a number.
const (
	nthEvery = 0
	nthEach  = -1
)

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
		return fault{}, errors.New("want: create|update|delete TYPE [name=PATTERN] [nth=N|every|each] " +
			"fail=CODE|throttle|crash=before|crash=after|crash=engine")
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
		return f, errors.New("nothing happens: want fail=CODE, throttle, crash=before, crash=after or crash=engine")
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
		if value != "before" && value != "after" && value != "engine" {
			return fmt.Errorf("crash=%s, want before, after or engine", value)
		}
		f.crash = value
	case "nth":
		return f.counts(value)
	default:
		return fmt.Errorf("unknown word %q", word)
	}
	return nil
}

// counts reads which of the matching operations the fault strikes.
func (f *fault) counts(nth string) error {
	switch nth {
	case "every":
		f.nth = nthEvery
	case "each":
		f.nth = nthEach
	default:
		n, err := strconv.Atoi(nth)
		if err != nil || n < 1 {
			return fmt.Errorf("nth=%s, want a number from 1, every or each", nth)
		}
		f.nth = n
	}
	return nil
}

func (f *fault) matches(o *Op) bool {
	return f.verb == o.Verb && wildcard(f.token, o.Kind.Token) && wildcard(f.name, o.Name)
}

// wildcard is path.Match without the meaning of slashes.
func wildcard(pattern, text string) bool {
	if !strings.ContainsAny(pattern, `*?[\`) {
		return pattern == text
	}
	flat := strings.NewReplacer("/", "|")
	ok, err := path.Match(flat.Replace(pattern), flat.Replace(text))
	return ok && err == nil
}

// inject counts the operation against every fault that strikes before it and gives
// the first that does so now, nil when none does.
func (fs Faults) inject(store *Store, o *Op) (*fault, error) {
	var hit *fault
	if !fs.concerns(o) {
		return nil, nil
	}
	err := store.Change(func(c *Cloud) error {
		for i := range fs {
			f := &fs[i]
			if f.matches(o) && !f.deadly() && f.meets(c, o) && hit == nil {
				hit = f
			}
		}
		return nil
	})
	return hit, err
}

// death is inject for the faults that strike when the operation is done, within the
// change that does it.
func (fs Faults) death(c *Cloud, o *Op) (hit *fault) {
	for i := range fs {
		f := &fs[i]
		if f.matches(o) && f.deadly() && f.meets(c, o) && hit == nil {
			hit = f
		}
	}
	return hit
}

// Deadly reports whether one of them ends the process of the provider.
func (fs Faults) Deadly() bool {
	return slices.ContainsFunc(fs, func(f fault) bool { return f.crash != "" })
}

// deadly reports whether the fault strikes after the state is written.
func (f *fault) deadly() bool { return f.crash == "after" || f.crash == "engine" }

// meets counts the operation and reports whether the fault strikes it.
func (f *fault) meets(c *Cloud, o *Op) bool {
	key, nth := f.text, f.nth
	if nth == nthEach {
		key, nth = f.text+" on "+o.URN, 1
	}
	c.Faults[key]++
	return nth == nthEvery || c.Faults[key] == nth
}

func (fs Faults) concerns(o *Op) bool {
	for i := range fs {
		if fs[i].matches(o) && !fs[i].deadly() {
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

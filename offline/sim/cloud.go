package sim

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// stateVersion is the version of the state file's format.
const stateVersion = 1

var accountID = regexp.MustCompile(`^[0-9]{12}$`)

// Cloud is the state file in memory.
type Cloud struct {
	// Account is the account that the file stands for; empty for a file in which
	// nothing was made yet, and the one of [Package] then.
	Account string
	// Quotas overrides service quotas, by the keys of [Quota].
	Quotas map[string]int
	// Incarnations counts how often each URN was created.
	Incarnations map[string]int
	// Faults counts how often each fault of [Faults] met its operation.
	Faults map[string]int
	// Delegated are the domains whose registrar names the name servers of the zone
	// that this cloud holds; "*" stands for all.
	Delegated []string
	// Shelves holds what outlives its resource, by the keys of [Op.Keep].
	Shelves map[Shelf]map[string]Props

	raw     map[string]json.RawMessage
	entries map[string]*Entry          // parsed as needed
	types   map[string]map[string]bool // keys of raw by what typeOf says; nil until somebody asks
}

// Entry is one resource in the state file. Editing Properties by hand is drift;
// removing the entry is a resource that somebody deleted.
type Entry struct {
	Provider   string `json:"provider"`
	Account    string `json:"account"`
	Region     string `json:"region"`
	Type       string `json:"type"`
	ID         string `json:"id"`
	Name       string `json:"name"`
	URN        string `json:"urn"`
	Number     int    `json:"incarnation"`
	Properties Props  `json:"properties"`
}

type header struct {
	Version      int                        `json:"version"`
	Account      string                     `json:"account,omitempty"`
	Quotas       map[string]int             `json:"quotas"`
	Incarnations map[string]int             `json:"incarnations"`
	Faults       map[string]int             `json:"faults,omitempty"`
	Delegated    []string                   `json:"delegated,omitempty"`
	Snapshots    map[string]Props           `json:"snapshots,omitempty"`
	Recoverable  map[string]Props           `json:"recoverable,omitempty"`
	Resources    map[string]json.RawMessage `json:"resources,omitempty"`
}

func newCloud() *Cloud {
	return &Cloud{
		Quotas: map[string]int{}, Incarnations: map[string]int{}, Faults: map[string]int{},
		Shelves: map[Shelf]map[string]Props{}, raw: map[string]json.RawMessage{}, entries: map[string]*Entry{},
	}
}

func decode(data []byte) (*Cloud, error) {
	c := newCloud()
	h := header{Quotas: c.Quotas, Incarnations: c.Incarnations, Faults: c.Faults, Resources: c.raw}
	if err := json.Unmarshal(data, &h); err != nil {
		return nil, fmt.Errorf("not valid JSON: %w", err)
	}
	c.Account, c.Delegated = h.Account, h.Delegated
	c.Shelves = map[Shelf]map[string]Props{Snapshots: h.Snapshots, Recoverable: h.Recoverable}
	if h.Account != "" && !accountID.MatchString(h.Account) {
		return nil, fmt.Errorf("account %q, want the 12 digits of an AWS account", h.Account)
	}
	if h.Version != stateVersion {
		return nil, fmt.Errorf("format version %d, this rung reads %d", h.Version, stateVersion)
	}
	return c, nil
}

// inherit takes over what an earlier reading has parsed of entries that are the
// same still: another process changes one entry at a time. The earlier one may be nil.
func (c *Cloud) inherit(earlier *Cloud) {
	if earlier == nil {
		return
	}
	for key, e := range earlier.entries {
		if bytes.Equal(c.raw[key], earlier.raw[key]) {
			c.entries[key] = e
		}
	}
}

// write writes the file, indented for people; entries that nobody touched are copied as
// they stood. It goes through a small buffer: the whole of a large stack's cloud, made
// anew in memory for each change, was a tenth of what a run cost.
func (c *Cloud) write(file io.Writer) error {
	head, err := json.MarshalIndent(header{
		Version: stateVersion, Account: c.Account, Quotas: c.Quotas, Incarnations: c.Incarnations, Faults: c.Faults,
		Delegated: c.Delegated, Snapshots: c.Shelves[Snapshots], Recoverable: c.Shelves[Recoverable],
	}, "", "  ")
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(file, 1<<16) // what fails in it, Flush says
	_, _ = w.Write(bytes.TrimSuffix(head, []byte("\n}")))
	_, _ = w.WriteString(",\n  \"resources\": {")
	for i, key := range slices.Sorted(maps.Keys(c.raw)) {
		if i > 0 {
			_ = w.WriteByte(',')
		}
		name, _ := json.Marshal(key) // a text: cannot fail
		_, _ = w.WriteString("\n    ")
		_, _ = w.Write(name)
		_, _ = w.WriteString(": ")
		_, _ = w.Write(c.raw[key])
	}
	_, _ = w.WriteString("\n  }\n}\n")
	return w.Flush()
}

// try does a change. One of a resource is the last thing that an operation does, so
// that the resources of one that failed are as they were; what rules put onto shelves
// is taken back.
func (c *Cloud) try(change func(*Cloud) error) error {
	shelves := map[Shelf]map[string]Props{}
	for shelf, kept := range c.Shelves {
		shelves[shelf] = maps.Clone(kept)
	}
	err := change(c)
	if err != nil {
		c.Shelves = shelves
	}
	return err
}

// Delegate marks a domain as delegated: its registrar names the name servers of
// the zone that this cloud holds. "*" marks all.
func (c *Cloud) Delegate(domain string) {
	if !slices.Contains(c.Delegated, domain) {
		c.Delegated = append(c.Delegated, domain)
	}
}

// IsDelegated reports whether a domain is marked, or one above it.
func (c *Cloud) IsDelegated(domain string) bool {
	return slices.ContainsFunc(c.Delegated,
		func(d string) bool { return d == "*" || d == domain || strings.HasSuffix(domain, "."+d) })
}

// entryKey orders the file by provider, account, region, type and id.
func entryKey(provider, account, region, token, id string) string {
	return strings.Join([]string{provider, account, region, token, id}, " ")
}

func (e *Entry) key() string { return entryKey(e.Provider, e.Account, e.Region, e.Type, e.ID) }

// get gives an entry, nil when there is none.
func (c *Cloud) get(key string) (*Entry, error) {
	if e := c.entries[key]; e != nil {
		return e, nil
	}
	raw, ok := c.raw[key]
	if !ok {
		return nil, nil
	}
	e := &Entry{}
	if err := json.Unmarshal(raw, e); err != nil {
		return nil, fmt.Errorf("entry %q of the offline cloud: %w", key, err)
	}
	c.entries[key] = e
	return e, nil
}

func (c *Cloud) put(e *Entry) error {
	raw, err := json.MarshalIndent(e, "    ", "  ")
	if err != nil {
		return fmt.Errorf("write %s: %w", e.key(), err)
	}
	c.raw[e.key()], c.entries[e.key()] = raw, e
	if c.types != nil {
		c.file(e.key())
	}
	return nil
}

func (c *Cloud) remove(key string) {
	delete(c.raw, key)
	delete(c.entries, key)
	delete(c.types[typeOf(key)], key)
}

// typeOf is what a key says but for region and id.
func typeOf(key string) string {
	parts := strings.SplitN(key, " ", 5)
	if len(parts) != 5 {
		return ""
	}
	return parts[0] + " " + parts[1] + " " + parts[3]
}

func (c *Cloud) file(key string) {
	typ := typeOf(key)
	if c.types[typ] == nil {
		c.types[typ] = map[string]bool{}
	}
	c.types[typ][key] = true
}

// ofType are the keys of a type's resources.
func (c *Cloud) ofType(provider, account, token string) map[string]bool {
	if c.types == nil {
		c.types = map[string]map[string]bool{}
		for key := range c.raw {
			c.file(key)
		}
	}
	return c.types[provider+" "+account+" "+token]
}

// list gives the resources of one type in id order; an empty region means all.
// An entry that cannot be read is left out: its own refresh reports it.
func (c *Cloud) list(provider, account, region, token string) []Found {
	within := provider + " " + account + " " + region + " "
	var out []Found
	for key := range c.ofType(provider, account, token) {
		if region != "" && !strings.HasPrefix(key, within) {
			continue
		}
		if e, err := c.get(key); err == nil && e != nil {
			out = append(out, Found{Token: token, ID: e.ID, Region: e.Region, URN: e.URN, Props: e.Properties})
		}
	}
	slices.SortFunc(out, func(a, b Found) int {
		return cmp.Or(strings.Compare(a.Region, b.Region), strings.Compare(a.ID, b.ID))
	})
	return out
}

// Alter changes resources of a type by hand, as somebody does in a cloud's console: no
// program knows of it. The function says whether it has changed one.
func (c *Cloud) Alter(token string, change func(*Entry) bool) error {
	for _, key := range slices.Sorted(maps.Keys(c.raw)) {
		if !strings.HasSuffix(typeOf(key), " "+token) {
			continue
		}
		e, err := c.get(key)
		if err != nil {
			return err
		}
		if change(e) {
			if err := c.put(e); err != nil {
				return err
			}
		}
	}
	return nil
}

// Of gives the resources whose URN begins with a prefix, in the order of the file.
func (c *Cloud) Of(prefix string) ([]*Entry, error) {
	var out []*Entry
	for _, key := range slices.Sorted(maps.Keys(c.raw)) {
		e, err := c.get(key)
		if err != nil {
			return nil, err
		}
		if strings.HasPrefix(e.URN, prefix) {
			out = append(out, e)
		}
	}
	return out, nil
}

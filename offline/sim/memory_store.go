package sim

import "maps"

// MemoryStore is a store without a file, for runs within one process.
func MemoryStore() *Store { return &Store{memory: newCloud()} }

// With is a copy of the cloud, in memory, that holds only the resources whose URN
// is wanted: what stands while the others are not made yet.
func (s *Store) With(wanted func(urn string) bool) (*Store, error) {
	part := newCloud()
	err := s.View(func(c *Cloud) error {
		maps.Copy(part.Quotas, c.Quotas)
		part.Account, part.Delegated = c.Account, c.Delegated
		for key, raw := range c.raw {
			e, err := c.get(key)
			if err != nil {
				return err
			}
			if wanted(e.URN) {
				part.raw[key], part.entries[key] = raw, e
			}
		}
		return nil
	})
	return &Store{memory: part}, err
}

// On is the provider with its settings on another store.
func (p *Provider) On(store *Store) *Provider {
	other := *p
	other.store = store
	return &other
}

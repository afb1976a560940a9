package edge

import "sync"

// Shares lets so many in at a time, and of one client no more than a part: who
// opens many slow requests waits for themselves alone.
type Shares struct {
	all, each int

	mu     sync.Mutex
	under  int
	client map[string]int
}

// NewShares is for all at a time, of whom one client may be each.
func NewShares(all, each int) *Shares {
	return &Shares{all: all, each: max(each, 1), client: map[string]int{}}
}

// Enter lets a client in, who must leave again; false means that there is no
// room, for anybody or for this client.
func (s *Shares) Enter(client string) (leave func(), ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.under >= s.all || s.client[client] >= s.each {
		return nil, false
	}
	s.under++
	s.client[client]++
	return func() { s.leave(client) }, true
}

func (s *Shares) leave(client string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.under--
	if s.client[client]--; s.client[client] == 0 {
		delete(s.client, client) // so that there are never more than are under way
	}
}

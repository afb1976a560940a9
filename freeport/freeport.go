// Package freeport finds a port for a server of another process.
//
// Whoever asks the kernel for any port, closes it and hands its number on may find
// somebody else there: the kernel gives the same number to the next program that
// asks, and to connections that go out. So these are of a range that no system's
// kernel gives away by itself: Linux' begins at 32768, macOS' and Windows' at 49152.
package freeport

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
	"sync"
)

// First and Last are the range's ends, below all that kernels give away.
const (
	First = 20000
	Last  = 31999
)

// tries is how many ports are tried before none is found: far more than one machine's
// servers take of the range.
const tries = 500

// given are the ports that this process was told of: none is told of twice before all
// were, since a server may not listen yet.
var given = struct {
	sync.Mutex
	ports map[int]bool
}{ports: map[int]bool{}}

// On is a TCP port, from First to Last, at which nobody listens at an address of this
// machine ("127.0.0.1" say) now, and of which this process has not been told. The
// error is ErrNone, with why the last one would not do.
func On(address string) (int, error) {
	given.Lock()
	defer given.Unlock()
	if len(given.ports) > (Last-First)/2 {
		clear(given.ports)
	}
	var last error
	for range tries {
		port := First + rand.IntN(Last-First+1) //nolint:gosec // no secret
		if given.ports[port] {
			continue
		}
		l, err := net.Listen("tcp", net.JoinHostPort(address, strconv.Itoa(port)))
		if err != nil {
			last = err
			continue
		}
		given.ports[port] = true
		return port, l.Close()
	}
	return 0, fmt.Errorf("%w at %s: of %d ports from %d to %d none can be listened on: %w", ErrNone, address, tries,
		First, Last, last)
}

// ErrNone is that no port is free.
var ErrNone = errors.New("no port is free")

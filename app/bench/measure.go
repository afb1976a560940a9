package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"net"
	"slices"
	"sync"
	"time"
)

// timed are durations of the same thing.
type timed []time.Duration

// mean is zero for nothing measured, like the others.
func (t timed) mean() time.Duration {
	if len(t) == 0 {
		return 0
	}
	var sum time.Duration
	for _, d := range t {
		sum += d
	}
	return sum / time.Duration(len(t))
}

// percentile is the smallest duration that p per cent do not exceed.
func (t timed) percentile(p float64) time.Duration {
	if len(t) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(t))
	rank := int(math.Ceil(float64(len(sorted))*p/100 - 1e-9)) // 99.9 % of 1,000 are 999, whatever floats say
	return sorted[max(rank-1, 0)]
}

// times measures n runs of fn, one after the other.
func times(n int, fn func(i int) error) (timed, error) {
	out := make(timed, 0, n)
	for i := range n {
		begin := time.Now()
		if err := fn(i); err != nil {
			return nil, err
		}
		out = append(out, time.Since(begin))
	}
	return out, nil
}

// rate runs fn from many goroutines for a while and returns how many runs
// ended in a second.
func rate(ctx context.Context, parallel int, d time.Duration, fn func(ctx context.Context) error) (float64, error) {
	var mu sync.Mutex
	var all int
	var failed error
	var under sync.WaitGroup
	begin := time.Now()
	for range parallel {
		under.Go(func() {
			n := 0
			var err error
			for err == nil && time.Since(begin) < d {
				if err = fn(ctx); err == nil {
					n++
				}
			}
			mu.Lock()
			defer mu.Unlock()
			all += n
			if err != nil {
				failed = err
			}
		})
	}
	under.Wait()
	return float64(all) / time.Since(begin).Seconds(), failed
}

// far passes connections on to an address as if it were a round trip away. It
// delays the first bytes of each turn, and the connection itself, by one round
// trip: what a client that waits for each answer notices of distance.
func far(address string, trip time.Duration) (net.Listener, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen for a far client: %w", err)
	}
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return // closed
			}
			go carry(client, address, trip)
		}
	}()
	return l, nil
}

func carry(client net.Conn, address string, trip time.Duration) {
	defer client.Close()
	time.Sleep(trip) // the handshake of TCP
	server, err := net.DialTimeout("tcp", address, 2*time.Second)
	if err != nil {
		return // the client sees that the connection ended
	}
	defer server.Close()
	go func() {
		defer client.Close()
		io.Copy(client, server) //nolint:errcheck // the end of either ends both
	}()
	buffer := make([]byte, 64<<10)
	for {
		n, err := client.Read(buffer)
		if err != nil {
			return
		}
		time.Sleep(trip)
		if _, err := server.Write(buffer[:n]); err != nil {
			return
		}
	}
}

package tests

import (
	"fmt"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// load asks for pages at a constant rate, whether answers come or not.
type load struct {
	asked  atomic.Int64
	begun  time.Time
	stop   chan struct{}
	done   sync.WaitGroup
	access sync.Mutex
	failed map[string]int
}

// clients is how many addresses the load comes from: the app bounds what one may ask.
const clients = 50

func begin(url string, perSecond int) *load { return beginOf(perSecond, url) }

// beginOf asks for each of the URLs in turn.
func beginOf(perSecond int, urls ...string) *load {
	l := &load{begun: time.Now(), stop: make(chan struct{}), failed: map[string]int{}}
	var all []*http.Client
	for n := range clients {
		from := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 6, 1, byte(1+n))}}
		all = append(all, &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{DialContext: from.DialContext}})
	}
	l.done.Go(func() {
		tick := time.NewTicker(time.Second / time.Duration(perSecond))
		defer tick.Stop()
		for n := 0; ; n++ {
			select {
			case <-l.stop:
				return
			case <-tick.C:
			}
			l.done.Go(func() { l.ask(all[n%clients], urls[n%len(urls)]) })
		}
	})
	return l
}

func (l *load) ask(client *http.Client, url string) {
	l.asked.Add(1)
	second := int(time.Since(l.begun).Seconds())
	answer, err := client.Get(url)
	if err != nil {
		l.fails(second, err.Error())
		return
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		l.fails(second, answer.Status)
	}
}

// fails notes what was wrong with a page that was asked for in a second of the load.
func (l *load) fails(second int, why string) {
	l.access.Lock()
	defer l.access.Unlock()
	l.failed[fmt.Sprintf("in second %d: %s", second, why)]++
}

// end ends the load: how many pages were asked for, and how many failed when and why.
func (l *load) end() (asked int64, failed map[string]int) {
	close(l.stop)
	l.done.Wait()
	return l.asked.Load(), l.failed
}

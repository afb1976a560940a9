package distance

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	toxiproxy "github.com/Shopify/toxiproxy/v2"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
)

// Word is the argument by which an executable of rung is the relays.
const Word = "distance"

// every is how often the relays look for another list.
const every = 200 * time.Millisecond

// Serve relays by a list of links in a file until the context is done. Whenever the file is
// another, it takes that: links that stay keep their connections, for a stage that comes up
// adds to them again and again.
func Serve(ctx context.Context, path string, out io.Writer) error {
	log := zerolog.New(out).Level(zerolog.WarnLevel)
	r := relays{server: toxiproxy.NewServer(toxiproxy.NewMetricsContainer(prometheus.NewRegistry()), log),
		has: map[string]Link{}}
	defer r.server.Collection.Clear() //nolint:errcheck // the process ends
	tick := time.NewTicker(every)
	defer tick.Stop()
	for last := (time.Time{}); ; {
		if now := changed(path); !now.Equal(last) {
			if err := r.read(path); err != nil {
				return err
			}
			last = now
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// changed is when a file became what it is; a moment that no file has where there is none.
func changed(path string) time.Time {
	info, err := os.Stat(path)
	if err != nil {
		return time.Unix(1, 0)
	}
	return info.ModTime()
}

// relays are the links that are open, by where they listen.
type relays struct {
	server *toxiproxy.ApiServer
	has    map[string]Link
}

// read makes the links those of a file.
func (r relays) read(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("read the ways between regions: %w", err)
	}
	var links []Link
	if err := json.Unmarshal(text, &links); err != nil {
		return fmt.Errorf("read the ways between regions, %s: %w", path, err)
	}
	return r.be(links)
}

// be closes links that are no more, and opens those that are new.
func (r relays) be(links []Link) error {
	stays := map[string]Link{}
	for _, l := range links {
		stays[l.Listen] = l
	}
	var errs []error
	for listen, l := range r.has {
		if stays[listen] != l {
			errs = append(errs, r.server.Collection.Remove(listen))
			delete(r.has, listen)
		}
	}
	for _, l := range links {
		if r.has[l.Listen] == l {
			continue
		}
		errs = append(errs, relay(r.server, l))
		r.has[l.Listen] = l
	}
	return errors.Join(errs...)
}

// relay starts one link, which is slow both ways.
func relay(server *toxiproxy.ApiServer, l Link) error {
	proxy := toxiproxy.NewProxy(server, l.Listen, l.Listen, l.To)
	if err := server.Collection.Add(proxy, true); err != nil {
		return fmt.Errorf("relay %s to %s: %w", l.Listen, l.To, err)
	}
	for _, stream := range []string{"upstream", "downstream"} {
		toxic := fmt.Sprintf(`{"name":%q,"type":"latency","stream":%q,"attributes":{"latency":%d}}`, stream, stream, l.OneWay)
		if _, err := proxy.Toxics.AddToxicJson(strings.NewReader(toxic)); err != nil {
			return fmt.Errorf("slow down the way from %s to %s: %w", l.Listen, l.To, err)
		}
	}
	return nil
}

package distance

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	toxiproxy "github.com/Shopify/toxiproxy/v2"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
)

// Word is the argument by which an executable of rung is the relays.
const Word = "distance"

// Serve relays by a list of links in a file until the context is done.
func Serve(ctx context.Context, path string, out io.Writer) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("read the ways between regions: %w", err)
	}
	var links []Link
	if err := json.Unmarshal(text, &links); err != nil {
		return fmt.Errorf("read the ways between regions, %s: %w", path, err)
	}
	log := zerolog.New(out).Level(zerolog.WarnLevel)
	server := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(prometheus.NewRegistry()), log)
	var errs []error
	for _, l := range links {
		errs = append(errs, relay(server, l))
	}
	defer server.Collection.Clear() //nolint:errcheck // the process ends
	if err := errors.Join(errs...); err != nil {
		return err
	}
	<-ctx.Done()
	return nil
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

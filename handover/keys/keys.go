// Package keys copies what is in Redis, such as sessions and the counters of rate
// limits, with the time that each key has to live. It reads by SCAN and DUMP and
// writes by RESTORE, which managed servers allow; the new server must be of the same
// version or a newer one.
//
// What is in Redis can be made again or asked for again, by logging in: a copy is a
// kindness to users, and not what keeps their data.
//
// Either side may be a cluster: it is asked whether it is one, its primaries are listed one
// after the other, and each key goes to the node that has its slot.
package keys

import (
	"context"
	"crypto/x509"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/redis/rueidis"
)

// Copied is what a pass did.
type Copied struct {
	// Keys were copied; Gone were not there any more when it was their turn.
	Keys, Gone int
	// Whole says that all were seen; false is a pass whose time was over.
	Whole bool
}

// Options are how to copy.
type Options struct {
	// Within bounds the pass; zero lets it take its time.
	Within time.Duration
	// Keep leaves keys that the other side has already as they are.
	Keep bool
	// Match are patterns of Redis, such as session:*; a key that fits one is copied. None
	// copies all.
	Match []string
	// CA is a file of the authorities that a server with TLS is believed by, in PEM; empty
	// means the system's.
	CA string
}

// batch is how many keys are asked for at a time.
const batch = 500

// Copy makes a pass from one server to the other.
func Copy(ctx context.Context, fromURL, toURL string, o Options) (Copied, error) {
	from, err := open(ctx, fromURL, o.CA)
	if err != nil {
		return Copied{}, fmt.Errorf("connect to the old Redis: %w", err)
	}
	defer from.Close()
	to, err := open(ctx, toURL, o.CA)
	if err != nil {
		return Copied{}, fmt.Errorf("connect to the new Redis: %w", err)
	}
	defer to.Close()
	patterns := o.Match
	if len(patterns) == 0 {
		patterns = []string{"*"}
	}
	done, end := Copied{Whole: true}, time.Now().Add(o.Within)
	nodes, err := primaries(ctx, from)
	if err != nil {
		return Copied{}, fmt.Errorf("list the nodes of the old Redis: %w", err)
	}
	for _, node := range nodes {
		for _, pattern := range patterns {
			if err := pass(ctx, node, to, pattern, end, o, &done); err != nil || !done.Whole {
				return done, err
			}
		}
	}
	return done, nil
}

func open(ctx context.Context, url, ca string) (rueidis.Client, error) {
	option, err := rueidis.ParseURL(url)
	if err != nil {
		return nil, err
	}
	if ca != "" && option.TLSConfig != nil {
		text, err := os.ReadFile(ca)
		if err != nil {
			return nil, fmt.Errorf("read the authorities: %w", err)
		}
		option.TLSConfig.RootCAs = x509.NewCertPool()
		if !option.TLSConfig.RootCAs.AppendCertsFromPEM(text) {
			return nil, fmt.Errorf("read the authorities: %s has no certificate in PEM", ca)
		}
	}
	option.DisableCache, option.ForceSingleClient = true, true
	one, err := rueidis.NewClient(option)
	if err != nil {
		return nil, err
	}
	about, err := one.Do(ctx, one.B().Info().Section("cluster").Build()).ToString()
	if err != nil || !strings.Contains(about, "cluster_enabled:1") {
		if err != nil {
			one.Close()
		}
		return one, err
	}
	one.Close()
	option.ForceSingleClient = false
	if option.TLSConfig != nil { // each node shows a certificate for its own name
		option.TLSConfig.ServerName = ""
	}
	return rueidis.NewClient(option)
}

// primaries are the nodes that have keys of their own: one where there is no cluster.
func primaries(ctx context.Context, c rueidis.Client) (all []rueidis.Client, err error) {
	nodes := c.Nodes()
	for _, address := range slices.Sorted(maps.Keys(nodes)) {
		role, err := nodes[address].Do(ctx, nodes[address].B().Role().Build()).ToArray()
		if err != nil || len(role) == 0 {
			return nil, fmt.Errorf("ask %s for its role: %w", address, err)
		}
		if is, _ := role[0].ToString(); is == "master" {
			all = append(all, nodes[address])
		}
	}
	return all, nil
}

// pass copies the keys that fit a pattern.
func pass(ctx context.Context, from, to rueidis.Client, pattern string, end time.Time, o Options, done *Copied) error {
	for cursor := uint64(0); ; {
		scan := from.B().Scan().Cursor(cursor).Match(pattern).Count(batch).Build()
		page, err := from.Do(ctx, scan).AsScanEntry()
		if err != nil {
			return fmt.Errorf("list the keys of the old Redis: %w", err)
		}
		if err := copyKeys(ctx, from, to, page.Elements, o, done); err != nil {
			return err
		}
		if cursor = page.Cursor; cursor == 0 {
			return nil
		}
		if o.Within > 0 && time.Now().After(end) {
			done.Whole = false
			return nil
		}
	}
}

func copyKeys(ctx context.Context, from, to rueidis.Client, keys []string, o Options, done *Copied) error {
	if len(keys) == 0 {
		return nil
	}
	var ask rueidis.Commands
	for _, key := range keys {
		ask = append(ask, from.B().Dump().Key(key).Build(), from.B().Pttl().Key(key).Build())
	}
	answers := from.DoMulti(ctx, ask...)
	var write rueidis.Commands
	for i, key := range keys {
		dump, err := answers[2*i].ToString()
		if rueidis.IsRedisNil(err) {
			done.Gone++
			continue
		}
		if err != nil {
			return fmt.Errorf("read the key %q: %w", key, err)
		}
		left, err := answers[2*i+1].AsInt64()
		if err != nil {
			return fmt.Errorf("read how long the key %q lives: %w", key, err)
		}
		if left == -2 || left == 0 { // it has died between the two questions
			done.Gone++
			continue
		}
		write = append(write, restore(to, key, max(left, 0), dump, o.Keep))
	}
	for _, answer := range to.DoMulti(ctx, write...) {
		if err := answer.Error(); err != nil && !isBusy(err) {
			return fmt.Errorf("write a key to the new Redis: %w", err)
		}
		done.Keys++
	}
	return nil
}

func restore(to rueidis.Client, key string, left int64, dump string, keep bool) rueidis.Completed {
	command := to.B().Restore().Key(key).Ttl(left).SerializedValue(dump)
	if keep {
		return command.Build()
	}
	return command.Replace().Build()
}

// isBusy says that the key is there already.
func isBusy(err error) bool { return strings.HasPrefix(err.Error(), "BUSYKEY") }

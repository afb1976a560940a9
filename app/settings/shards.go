package settings

import (
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/rung-dev/rung/app/contract"
)

// maxShards is how many databases there may be: each has a slot at least.
const maxShards = 1024

// shards reads the further databases. A complete URL is never quoted: it may
// hold a password.
func (d *decoder) shards(home Database) []Shard {
	var out []Shard
	secrets := d.list(contract.EnvShardSecrets)
	for i, at := range d.list(contract.EnvShards) {
		s := Shard{Primary: d.server(contract.EnvShards, at, home.Port), Secret: home.Secret}
		if i < len(secrets) {
			s.Secret = secrets[i]
		}
		if s.Primary != "" && !strings.Contains(s.Primary, "://") && (home.Name == "" || s.Secret == "") {
			d.missing(contract.EnvShards,
				fmt.Sprintf("%s and a secret because shard %d is named by its host", contract.EnvDatabaseName, i+2))
		}
		out = append(out, s)
	}
	if len(out) >= maxShards {
		d.wrong(contract.EnvShards, fmt.Sprint(len(out), " shards"), fmt.Sprintf("fewer than %d", maxShards))
	}
	if len(secrets) > 0 && len(secrets) != len(out) {
		d.wrong(contract.EnvShardSecrets, fmt.Sprint(len(secrets), " secrets"),
			fmt.Sprintf("%d, one for each of %s, or none", len(out), contract.EnvShards))
	}
	for _, pair := range d.list(contract.EnvShardReaders) {
		number, at, _ := strings.Cut(pair, "=")
		n, err := strconv.Atoi(number)
		if err != nil || n < 2 || n > len(out)+1 {
			d.errs = append(d.errs,
				fmt.Errorf("%s: want 2=host with the number of a shard in %s, several with commas between",
					contract.EnvShardReaders, contract.EnvShards))
			continue
		}
		if at = d.server(contract.EnvShardReaders, at, home.Port); at != "" {
			out[n-2].Readers = append(out[n-2].Readers, at)
		}
	}
	return out
}

// server reads host, host:port or a complete URL.
func (d *decoder) server(name, at string, port int) string {
	if strings.Contains(at, "://") {
		u, err := url.Parse(at)
		if err == nil && (u.Scheme == "postgres" || u.Scheme == "postgresql") {
			return at
		}
	} else if host, given, err := net.SplitHostPort(at); err == nil && host != "" {
		if _, err := strconv.ParseUint(given, 10, 16); err == nil {
			return at
		}
	} else if at != "" && !strings.ContainsAny(at, ":/@ ") {
		return net.JoinHostPort(at, strconv.Itoa(port))
	}
	d.errs = append(d.errs,
		fmt.Errorf("%s: want host, host:port or postgres://user@host:port/name, several with commas between", name))
	return ""
}

// placement reads "hash", "geo:" with regions or "range:" with days.
func (d *decoder) placement() (p Placement) {
	v := d.text(contract.EnvPlacement, "hash")
	kind, rest, _ := strings.Cut(v, ":")
	list := strings.FieldsFunc(rest, func(r rune) bool { return r == ',' || r == ' ' })
	const want = "hash, geo:region,region or range:2026-01-01,2027-01-01 with ascending days"
	switch {
	case v == "hash":
	case kind == "geo" && len(list) > 0 && len(list) <= maxShards:
		p.Regions = list
	case kind == "range" && len(list) > 0 && len(list) < maxShards:
		for i, text := range list {
			day, err := time.Parse(time.DateOnly, text)
			if err != nil || i > 0 && !day.After(p.Days[i-1]) {
				d.wrong(contract.EnvPlacement, v, want)
				return Placement{}
			}
			p.Days = append(p.Days, day)
		}
	default:
		d.wrong(contract.EnvPlacement, v, want)
	}
	return p
}

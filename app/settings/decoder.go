package settings

import (
	"cmp"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// decoder reads variables and collects what is wrong with them. A value is
// never quoted in a message when it may hold a password.
type decoder struct {
	getenv func(string) string
	errs   []error
}

func (d *decoder) wrong(name, got, want string) {
	if len(got) > 200 {
		got = got[:200] + "…"
	}
	d.errs = append(d.errs, fmt.Errorf("%s: got %q, want %s", name, got, want))
}

func (d *decoder) missing(name, want string) {
	d.errs = append(d.errs, fmt.Errorf("%s: missing, want %s", name, want))
}

func (d *decoder) err() error { return errors.Join(d.errs...) }

func (d *decoder) text(name, fallback string) string {
	if v := strings.TrimSpace(d.getenv(name)); v != "" {
		return v
	}
	return fallback
}

// list splits at commas and leaves out what is empty.
func (d *decoder) list(name string) []string {
	var out []string
	for v := range strings.SplitSeq(d.getenv(name), ",") {
		if v = strings.TrimSpace(v); v != "" {
			out = append(out, v)
		}
	}
	return out
}

func (d *decoder) number(name string, fallback, low, high int) int {
	return within(d, name, fallback, low, high, strconv.Atoi, "a whole number from %v to %v")
}

func (d *decoder) duration(name string, fallback, low, high time.Duration) time.Duration {
	return within(d, name, fallback, low, high, time.ParseDuration, "a duration from %v to %v, such as 30s")
}

// within reads a value that has bounds, which want says.
func within[T cmp.Ordered](d *decoder, name string, fallback, low, high T, parse func(string) (T, error),
	want string) T {
	text := d.text(name, "")
	if text == "" {
		return fallback
	}
	v, err := parse(text)
	if err != nil || v < low || v > high {
		d.wrong(name, text, fmt.Sprintf(want, low, high))
		return fallback
	}
	return v
}

func (d *decoder) flag(name string) bool { return d.choice(name, "false", "true", "false") == "true" }

func (d *decoder) choice(name, fallback string, allowed ...string) string {
	v := d.text(name, fallback)
	if v != fallback && !slices.Contains(allowed, v) {
		d.wrong(name, v, "one of "+strings.Join(allowed, ", "))
	}
	return v
}

func (d *decoder) level(name string) slog.Level {
	var level slog.Level
	v := d.choice(name, "info", "debug", "info", "warn", "error")
	if err := level.UnmarshalText([]byte(v)); err != nil {
		return slog.LevelInfo // choice has reported it
	}
	return level
}

func (d *decoder) address(name, fallback string) string {
	v := d.text(name, fallback)
	_, port, err := net.SplitHostPort(v)
	if _, bad := strconv.ParseUint(port, 10, 16); err != nil || bad != nil {
		d.wrong(name, v, "an address such as "+fallback)
	}
	return v
}

// certificates reads the path of a file that has at least one.
func (d *decoder) certificates(name string) string {
	path := d.text(name, "")
	if path == "" {
		return ""
	}
	content, err := os.ReadFile(path)
	if err != nil || !x509.NewCertPool().AppendCertsFromPEM(content) {
		d.wrong(name, path, "the path of a file with certificates as PEM")
		return ""
	}
	return path
}

// link reads a URL with one of the schemes and a host. The message leaves the
// value out: it may hold a password.
func (d *decoder) link(name string, schemes ...string) string {
	v := d.text(name, "")
	if v == "" {
		return ""
	}
	u, err := url.Parse(v)
	if err != nil || !slices.Contains(schemes, u.Scheme) || (u.Host == "" && u.Query().Get("host") == "") {
		d.errs = append(d.errs, fmt.Errorf("%s: want %s://host…", name, strings.Join(schemes, ":// or ")))
		return ""
	}
	return v
}

package settings

import (
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
	v := d.text(name, "")
	if v == "" {
		return fallback
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < low || n > high {
		d.wrong(name, v, fmt.Sprintf("a whole number from %d to %d", low, high))
		return fallback
	}
	return n
}

func (d *decoder) flag(name string) bool {
	switch v := d.text(name, "false"); v {
	case "true":
		return true
	case "false":
		return false
	default:
		d.wrong(name, v, "true or false")
		return false
	}
}

func (d *decoder) choice(name, fallback string, allowed ...string) string {
	v := d.text(name, fallback)
	if v != fallback && !slices.Contains(allowed, v) {
		d.wrong(name, v, "one of "+strings.Join(allowed, ", "))
	}
	return v
}

func (d *decoder) duration(name string, fallback, low, high time.Duration) time.Duration {
	v := d.text(name, "")
	if v == "" {
		return fallback
	}
	t, err := time.ParseDuration(v)
	if err != nil || t < low || t > high {
		d.wrong(name, v, fmt.Sprintf("a duration from %v to %v, such as 30s", low, high))
		return fallback
	}
	return t
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

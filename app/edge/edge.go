// Package edge bounds what a client chooses. A method, a path, a header or a
// name may be as long and as many as a client likes; what the app keeps of it,
// as a metric's label, a key in Redis, an entry in memory or a field of the
// log, may not. It also says who a client is, and holds one of them to a share.
package edge

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"log/slog"
	"net/http"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/rung-dev/rung/app/contract"
)

const (
	// maxKey is the longest part of a key that stands as it is.
	maxKey = 64
	// maxField is the longest field of the log, in bytes. A stack fits.
	maxField = 8 << 10
	// maxName is how much of a name or a path a message repeats.
	maxName = 200
	// maxAddress is the longest that an IP address is written.
	maxAddress = 64
	// maxShown is the longest proof of a proxy that is looked at: a secret's most.
	maxShown = 128
)

// Key is text as a part of a key: what is long becomes a hash of itself.
func Key(text string) string {
	if len(text) <= maxKey {
		return text
	}
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + hex.EncodeToString(sum[:])
}

// Brief is the beginning of text, for a message or the log.
func Brief(text string) string { return cut(text, maxName) }

func cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	for most > 0 && !utf8.RuneStart(text[most]) {
		most--
	}
	return text[:most] + "…"
}

// Attr bounds the log's fields; it is a ReplaceAttr of [slog.HandlerOptions].
func Attr(_ []string, a slog.Attr) slog.Attr {
	switch v := a.Value.Any().(type) {
	case string:
		if len(v) > maxField {
			a.Value = slog.StringValue(cut(v, maxField))
		}
	case error:
		a.Value = slog.StringValue(cut(v.Error(), maxField))
	}
	return a
}

// idForm is that of the ids that proxies give, such as Root=1-67891233-abcdef.
var idForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9=:;._-]{0,127}$`)

// A request's id is worth no call of the kernel: randomness is had for several at a time.
func init() { uuid.EnableRandPool() }

// RequestID is the proxy's when it has one, so that logs agree.
func RequestID(h http.Header) string {
	for _, name := range []string{"X-Request-Id", "X-Amzn-Trace-Id", "Cf-Ray"} {
		if v := h.Get(name); v != "" && idForm.MatchString(v) {
			return v
		}
	}
	return uuid.NewString()
}

// Way is what requests pass on their way here. The zero value is nothing: who asks is who
// has connected.
type Way struct {
	// Proxies is how many of our own each request has passed. Each of them appends to
	// X-Forwarded-For whom it has seen.
	Proxies int
	// Proof is the SHA-256, in hexadecimal digits, of what a further proxy puts into the
	// header Shown of each request that it hands on. Empty is no such proxy.
	Proof, Shown string
	// Says is the header in which that proxy may say how many of our own a request passes
	// in all, itself among them, 1 to contract.MostProxies: it knows where it sends each. Where it
	// does not say, it is one more than Proxies.
	Says string
}

// Past is the way of requests that must show the secret: who shows it is among w's proxies.
func (w Way) Past(secret string) Way {
	w.Proxies, w.Proof = max(0, w.Proxies-1), digest(secret)
	return w
}

func digest(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// Address is the client's: what the outermost of our own proxies has seen.
// What stands further left in X-Forwarded-For anybody can write. Where fewer have written
// there than there are, it is what the first of them has seen; who comes past all of them
// could write as many entries as there should be.
func (w Way) Address(r *http.Request) netip.Addr {
	if v, ok := forwarded(r.Header.Values("X-Forwarded-For"), w.passed(r.Header)); ok {
		if a, err := netip.ParseAddr(v); err == nil {
			return a.WithZone("")
		}
	}
	a, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return a.Addr()
}

// passed is how many of our own proxies a request has passed.
func (w Way) passed(h http.Header) int {
	if !w.proven(h) {
		return w.Proxies
	}
	if n, err := strconv.Atoi(h.Get(w.Says)); err == nil && n >= 1 && n <= contract.MostProxies {
		return n
	}
	return w.Proxies + 1
}

// proven reports whether a request has come past the proxy that shows the proof.
func (w Way) proven(h http.Header) bool {
	shown := h.Get(w.Shown)
	if w.Proof == "" || shown == "" || len(shown) > maxShown {
		return false
	}
	return subtle.ConstantTimeCompare([]byte(digest(shown)), []byte(w.Proof)) == 1
}

// forwarded is the nth entry from the right, which counts on over headers, or the first
// one where there are fewer.
func forwarded(headers []string, n int) (v string, ok bool) {
	for i := len(headers) - 1; i >= 0 && n > 0; i-- {
		rest := headers[i]
		for more := true; more && n > 0; n-- {
			at := strings.LastIndexByte(rest, ',')
			if v, ok = strings.TrimSpace(rest[at+1:]), true; at >= 0 {
				rest = rest[:at]
			}
			more = at >= 0
		}
	}
	return v, ok && len(v) <= maxAddress
}

// AddressKey is by what an address is counted: one IPv4 address, or the /64
// network that one subscriber of IPv6 has.
func AddressKey(a netip.Addr) string {
	a = a.Unmap().WithZone("")
	if !a.IsValid() {
		return "unknown"
	}
	if a.Is4() {
		return a.String()
	}
	return netip.PrefixFrom(a, 64).Masked().String()
}

package load

import (
	"fmt"
	"net/http"
	"strings"
)

// failures are what a part of an error's text means; the first that fits counts.
var failures = []struct{ part, name string }{
	{"refused", "connection refused"},
	{"reset by peer", "connection reset"},
	{"broken pipe", "connection reset"},
	{"Timeout exceeded", "no answer in time"},
	{"deadline exceeded", "no answer in time"},
	{"timeout", "no answer in time"},
	{"EOF", "connection closed without an answer"},
	{"server closed", "connection closed without an answer"},
	{"certificate", "certificate not trusted"},
	{"no such host", "name not found"},
	{"cannot assign", "no address or port left on this machine"},
	{"too many open files", "no file handles left on this machine"},
	{"network is unreachable", "network unreachable"},
}

// failureOf names what went wrong with a request; empty is nothing. The load
// asks for nothing that is not there, so whatever is refused is a failure.
func failureOf(code int, message string) string {
	if code == http.StatusTooManyRequests {
		return "429: too many requests of one client"
	}
	if code >= http.StatusBadRequest {
		return fmt.Sprintf("%d: %s", code, strings.ToLower(http.StatusText(code)))
	}
	if message == "" || code >= http.StatusOK {
		return ""
	}
	for _, known := range failures {
		if strings.Contains(message, known.part) {
			return known.name
		}
	}
	return "no connection"
}

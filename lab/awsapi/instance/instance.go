// Package instance is what a machine of EC2 is told of itself: the metadata
// service (IMDSv2), with notices of the machine's end and the keys of its role.
// The lab gives each machine one of its own, at an address that the machine's
// environment names in AWS_EC2_METADATA_SERVICE_ENDPOINT.
package instance

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Metadata answers for one machine. The zero value knows nothing.
type Metadata struct {
	mu     sync.RWMutex
	values map[string]string
}

// Set says what stands under a path below /latest/meta-data/, such as
// "spot/instance-action"; an empty value takes it away.
func (m *Metadata) Set(path, value string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.values == nil {
		m.values = map[string]string{}
	}
	if value == "" {
		delete(m.values, path)
		return
	}
	m.values[path] = value
}

// Role gives the machine a role and its keys, which AWS's SDK then finds by
// itself. They are said to end in a day, and are asked for again before.
func (m *Metadata) Role(name, key, secret, token string) error {
	text, err := json.Marshal(map[string]string{"Code": "Success", "Type": "AWS-HMAC", "AccessKeyId": key,
		"SecretAccessKey": secret, "Token": token,
		"LastUpdated": time.Now().UTC().Format(time.RFC3339),
		"Expiration":  time.Now().Add(24 * time.Hour).UTC().Format(time.RFC3339)})
	if err != nil {
		return err
	}
	m.Set("iam/security-credentials/", name)
	m.Set("iam/security-credentials/"+name, string(text))
	return nil
}

const (
	tokenPath   = "/latest/api/token"
	tokenTTL    = "X-Aws-Ec2-Metadata-Token-Ttl-Seconds"
	tokenHeader = "X-Aws-Ec2-Metadata-Token"
	// token is the same for all: it keeps nobody out who can reach the address.
	token = "lab"
)

// ServeHTTP answers as IMDSv2 does: without a token nothing.
func (m *Metadata) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == tokenPath {
		giveToken(w, r)
		return
	}
	if r.Header.Get(tokenHeader) != token {
		http.Error(w, "401 - Unauthorized", http.StatusUnauthorized)
		return
	}
	m.mu.RLock()
	value, ok := m.values[strings.TrimPrefix(r.URL.Path, "/latest/meta-data/")]
	m.mu.RUnlock()
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "text/plain")
	io.WriteString(w, value) //nolint:errcheck // who asked has gone
}

func giveToken(w http.ResponseWriter, r *http.Request) {
	seconds, err := strconv.Atoi(r.Header.Get(tokenTTL))
	if r.Method != http.MethodPut || err != nil || seconds < 1 || seconds > 21600 {
		http.Error(w, "400 - Bad Request", http.StatusBadRequest)
		return
	}
	w.Header().Set(tokenTTL, strconv.Itoa(seconds))
	io.WriteString(w, token) //nolint:errcheck // who asked has gone
}

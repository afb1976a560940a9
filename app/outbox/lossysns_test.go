package outbox_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/rung-dev/rung/lab/awsapi/awsapitest"
)

// lossySNS stands before SNS and is as bad as a network may be: a tenth of the
// calls fail before and a tenth after the messages went out, and in a tenth the
// first entry is one that SNS refuses.
type lossySNS struct {
	t     *testing.T
	cloud *awsapitest.Cloud
	calls atomic.Int64
	// sound turns the faults off.
	sound atomic.Bool
}

func newLossySNS(t *testing.T, cloud *awsapitest.Cloud) (*lossySNS, aws.Config) {
	l := &lossySNS{t: t, cloud: cloud}
	server := httptest.NewServer(l)
	t.Cleanup(server.Close)
	config := cloud.Config()
	config.BaseEndpoint = aws.String(server.URL)
	config.RetryMaxAttempts = 1 // the relay is what is tested
	return l, config
}

// The faults, of ten kinds of fortune.
const (
	failsBefore = iota
	failsAfter
	refusesOne
	fortunes = 10
)

const firstEntry = "PublishBatchRequestEntries.member.1."

func (l *lossySNS) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.calls.Add(1)
	body, err := io.ReadAll(r.Body)
	form, formErr := url.ParseQuery(string(body))
	if err != nil || formErr != nil || form.Get(firstEntry+"MessageAttributes.entry.1.Value.StringValue") == "" {
		http.Error(w, "no attribute", http.StatusBadRequest)
		return
	}
	fortune := rand.IntN(fortunes)
	if l.sound.Load() {
		fortune = fortunes
	}
	switch fortune {
	case failsBefore:
		http.Error(w, "away", http.StatusServiceUnavailable)
		return
	case refusesOne:
		form.Set(firstEntry+"Message", "")
		body = []byte(form.Encode())
	}
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	l.sign(r, body)
	if fortune == failsAfter {
		l.cloud.ServeHTTP(httptest.NewRecorder(), r)
		http.Error(w, "the answer got lost", http.StatusServiceUnavailable)
		return
	}
	l.cloud.ServeHTTP(w, r)
}

// sign signs a call whose body may have changed.
func (l *lossySNS) sign(r *http.Request, body []byte) {
	keys, err := l.cloud.Config().Credentials.Retrieve(r.Context())
	if err != nil {
		l.t.Error(err)
	}
	sum := sha256.Sum256(body)
	r.Header.Set("Content-Length", strconv.Itoa(len(body)))
	r.URL.Host, r.URL.Scheme = r.Host, "http"
	err = v4.NewSigner().SignHTTP(r.Context(), keys, r, hex.EncodeToString(sum[:]), "sns", awsapitest.Region, time.Now())
	if err != nil {
		l.t.Error(err)
	}
}

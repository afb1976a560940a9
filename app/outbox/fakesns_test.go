package outbox_test

import (
	"encoding/xml"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/rung-dev/rung/app/apptest/fakeaws"
)

// fakeSNS speaks PublishBatch to the SDK and puts messages into queues of
// fakeaws. It is as bad as a network may be: a tenth of the calls fail before
// and a tenth after the messages went out, and some entries are refused.
type fakeSNS struct {
	cloud *fakeaws.Cloud
	// queues are URLs by topic.
	queues map[string][]string
	calls  atomic.Int64
	// sound turns the faults off.
	sound atomic.Bool
}

func newSNS(t *testing.T, cloud *fakeaws.Cloud, queues map[string][]string) (*fakeSNS, aws.Config) {
	f := &fakeSNS{cloud: cloud, queues: queues}
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	config := cloud.Config()
	config.BaseEndpoint = aws.String(server.URL)
	config.RetryMaxAttempts = 1 // the relay is what is tested
	return f, config
}

type snsEntry struct {
	ID        string `xml:"Id"`
	MessageID string `xml:"MessageId,omitempty"`
	Code      string `xml:"Code,omitempty"`
}

type snsAnswer struct {
	XMLName    xml.Name   `xml:"PublishBatchResponse"`
	Successful []snsEntry `xml:"PublishBatchResult>Successful>member"`
	Failed     []snsEntry `xml:"PublishBatchResult>Failed>member"`
}

func (f *fakeSNS) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.calls.Add(1)
	if err := r.ParseForm(); err != nil || r.Form.Get("Action") != "PublishBatch" {
		http.Error(w, "not part of this cloud", http.StatusBadRequest)
		return
	}
	fault := rand.IntN(10)
	if f.sound.Load() {
		fault = 9
	}
	if fault == 0 {
		http.Error(w, "away", http.StatusServiceUnavailable)
		return
	}
	var out snsAnswer
	for i := 1; ; i++ {
		at := fmt.Sprintf("PublishBatchRequestEntries.member.%d.", i)
		id, text := r.Form.Get(at+"Id"), r.Form.Get(at+"Message")
		if id == "" {
			break
		}
		if r.Form.Get(at+"MessageAttributes.entry.1.Value.StringValue") == "" {
			http.Error(w, "no attribute", http.StatusBadRequest)
			return
		}
		if fault == 2 && i == 1 {
			out.Failed = append(out.Failed, snsEntry{ID: id, Code: "InternalError"})
			continue
		}
		for _, url := range f.queues[r.Form.Get("TopicArn")] {
			f.cloud.Send(url, text)
		}
		out.Successful = append(out.Successful, snsEntry{ID: id, MessageID: id})
	}
	if fault == 1 {
		http.Error(w, "the answer got lost", http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "text/xml")
	xml.NewEncoder(w).Encode(out) //nolint:errcheck // the test went away
}

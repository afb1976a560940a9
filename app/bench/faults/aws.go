package faults

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"time"

	"github.com/rung-dev/rung/app/apptest"
	"github.com/rung-dev/rung/lab/awsapi/awsapitest"
)

// The services, by the names that signatures carry.
const (
	queues  = "sqs"
	buckets = "s3"
)

// faultyAWS is SQS, SNS and S3 as the lab has them, which may be made to answer as AWS
// does on a bad day.
type faultyAWS struct {
	*awsapitest.Cloud
	url   string
	fault atomic.Pointer[awsFault]
}

// awsFault is what is wrong with a service.
type awsFault struct {
	service string
	// share is the part of the calls that are refused, of 1; of the others each is
	// answered after delay.
	share float64
	delay time.Duration
	calls atomic.Int64
}

func newFaultyAWS(r *run) *faultyAWS {
	a := &faultyAWS{Cloud: awsapitest.New(r)}
	server := httptest.NewServer(a)
	r.Cleanup(func() { server.CloseClientConnections(); server.Close() })
	a.url = server.URL
	return a
}

func (a *faultyAWS) environ() apptest.Env {
	env := apptest.Env(maps.Clone(a.Environ()))
	env["AWS_ENDPOINT_URL"] = a.url
	return env
}

// ServeHTTP answers as AWS, or as the fault has it.
func (a *faultyAWS) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f := a.fault.Load()
	if f == nil || !strings.Contains(r.Header.Get("Authorization")+r.URL.Query().Get("X-Amz-Credential"),
		"/"+f.service+"/") {
		a.Cloud.ServeHTTP(w, r)
		return
	}
	if n := float64(f.calls.Add(1)); int(n*f.share) > int((n-1)*f.share) {
		f.refuse(w)
		return
	}
	time.Sleep(f.delay)
	a.Cloud.ServeHTTP(w, r)
}

// refuse answers as the service does that is asked for more than it has: S3 by 503 Slow
// Down, SQS by a throttling exception.
func (f *awsFault) refuse(w http.ResponseWriter) {
	if f.service == buckets {
		w.Header().Set("Content-Type", "application/xml")
		w.WriteHeader(http.StatusServiceUnavailable)
		fmt.Fprint(w, "<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>")
		return
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	w.WriteHeader(http.StatusBadRequest)
	fmt.Fprint(w, `{"__type":"com.amazonaws.sqs#RequestThrottled","message":"The request was throttled."}`)
}

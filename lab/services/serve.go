package services

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/rung-dev/rung/lab/awsapi"
	"github.com/rung-dev/rung/lab/dns"
)

// Serve is the server: it answers until the context is done, and reads its plan anew
// whenever the file is another.
func Serve(ctx context.Context, path string, out io.Writer) error {
	f, err := load(path)
	if err != nil {
		return err
	}
	s, err := awsapi.New(awsapi.Options{Dir: filepath.Join(filepath.Dir(path), "kept"), Account: f.Account})
	if err != nil {
		return err
	}
	defer s.Close() //nolint:errcheck // the process ends
	names, err := dns.Start(dns.Options{Listen: f.Names, Table: f.Table})
	if err != nil {
		return err
	}
	defer names.Close() //nolint:errcheck // the process ends
	t := told{server: s, names: names, put: map[string]string{}}
	if err := t.declare(f); err != nil {
		return err
	}
	go t.follow(ctx, path, out)
	failed := make(chan error, 2)
	for address, handler := range map[string]http.Handler{f.Listen: s, f.Origin: http.HandlerFunc(t.origin)} {
		go func() { failed <- serve(ctx, address, handler) }()
	}
	return <-failed
}

func serve(ctx context.Context, address string, handler http.Handler) error {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return fmt.Errorf("listen for the lab's AWS: %w", err)
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	go func() {
		<-ctx.Done()
		server.Close() //nolint:errcheck // the process ends
	}()
	if err := server.Serve(listener); ctx.Err() == nil {
		return err
	}
	return nil
}

// told is the server with what it was told last.
type told struct {
	server *awsapi.Server
	names  *dns.Server
	put    map[string]string // the file of each object that was put
}

// MetricsPath is where the server says, at OriginPort, how its queues are: no bucket has
// such a name.
const MetricsPath = "/-/metrics"

// origin shows a bucket's objects to the CDN.
func (t told) origin(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == MetricsPath {
		t.server.Metrics().ServeHTTP(w, r)
		return
	}
	bucket, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	http.StripPrefix("/"+bucket, t.server.Origin(bucket)).ServeHTTP(w, r)
}

func load(path string) (f file, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return f, fmt.Errorf("read what the lab's AWS holds: %w", err)
	}
	return f, json.Unmarshal(text, &f)
}

// declare takes a plan, and puts those objects that are new or others.
func (t told) declare(f file) error {
	if err := t.server.Declare(f.Plan); err != nil {
		return fmt.Errorf("take what the lab's AWS holds: %w", err)
	}
	var errs []error
	for _, o := range f.Objects {
		name := o.Bucket + "/" + o.Key
		if t.put[name] == o.File {
			continue
		}
		content, err := os.Open(o.File)
		if err == nil {
			err = errors.Join(t.server.Put(o.Bucket, o.Key, o.Header, content), content.Close())
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("put %s: %w", name, err))
			continue
		}
		t.put[name] = o.File
	}
	return errors.Join(errs...)
}

// every is how often the server looks for another plan.
const every = 200 * time.Millisecond

func (t told) follow(ctx context.Context, path string, out io.Writer) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	var last time.Time
	if info, err := os.Stat(path); err == nil {
		last = info.ModTime()
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		info, err := os.Stat(path)
		if err != nil || info.ModTime().Equal(last) {
			continue
		}
		last = info.ModTime()
		f, err := load(path)
		if err == nil {
			t.names.Swap(f.Table)
			err = t.declare(f)
		}
		if err != nil {
			fmt.Fprintln(out, err) //nolint:errcheck // the log
		}
	}
}

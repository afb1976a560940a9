// Package services turns what the plan has of SQS, SNS, S3, Secrets Manager and SSM
// into one server of the lab that speaks their API. It is a process of its own, so that
// it outlives the supervisor; its plan is a file, which it reads anew when told.
package services

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/rung-dev/rung/lab/awsapi"
	"github.com/rung-dev/rung/lab/awsapi/buckets"
	"github.com/rung-dev/rung/lab/awsapi/queues"
	"github.com/rung-dev/rung/lab/awsapi/topics"
	"github.com/rung-dev/rung/lab/awsapi/values"
	"github.com/rung-dev/rung/lab/cloud"
	"github.com/rung-dev/rung/lab/dns"
	"github.com/rung-dev/rung/lab/site"
	"github.com/rung-dev/rung/lab/unit"
	"github.com/rung-dev/rung/resource/token"
)

// Port is where the server listens; at OriginPort it shows buckets to the CDN, which
// has the right to read them: /BUCKET/KEY. At NamesPort it answers for the cloud's names.
const (
	Port       = 4566
	OriginPort = 4567
	NamesPort  = 53
)

// Word is the argument by which an executable of rung is this server.
const Word = "services"

// file is what the server is told.
type file struct {
	Account        string
	Listen, Origin string
	// Names is where it listens for questions about names, Table what it answers.
	Names string
	Table dns.Table
	Plan  awsapi.Plan
	// Objects are what buckets hold by the plan itself.
	Objects []object
}

// object is one of the plan's own objects; File is where its content lies.
type object struct {
	Bucket, Key, File string
	Header            map[string]string
}

// address is the server's place among machines.
const machine = "aws"

// Unit is the name of the server.
const Unit = machine

// Identity is the access key of the lab's machines.
func Identity(secret func(string) string) [2]string {
	return [2]string{"AKIALAB", secret("aws-key")}
}

// Bucket is where the CDN finds a bucket: an address with a port, and the path.
func Bucket(at site.Site, name string) (place, path string, err error) {
	address, err := at.Address(machine, Port, OriginPort)
	return net.JoinHostPort(address, strconv.Itoa(OriginPort)), "/" + name, err
}

// objects are what the plan itself puts into buckets: files that were kept by their
// hash. Programs are none of them: machines find those without a bucket.
func objects(c cloud.Cloud, at site.Site) (all []object) {
	for _, r := range c.All(token.S3BucketObjectv2) {
		sum := cmp.Or(r.Str("sourceHash"), r.Str("source.hash"))
		if sum == "" || strings.HasPrefix(r.Str("key"), "app/") {
			continue
		}
		header := map[string]string{}
		for name, key := range map[string]string{"Content-Type": "contentType", "Cache-Control": "cacheControl",
			"Content-Encoding": "contentEncoding"} {
			if value := r.Str(key); value != "" {
				header[name] = value
			}
		}
		all = append(all, object{Bucket: r.Str("bucket"), Key: r.Str("key"), File: at.Object(sum), Header: header})
	}
	return all
}

// Endpoint is the server's URL.
func Endpoint(at site.Site) (string, error) {
	address, err := at.Address(machine, Port, OriginPort)
	return fmt.Sprintf("http://%s:%d", address, Port), err
}

// Server is the unit, which answers for names by a table; there is none for a cloud that
// has nothing to hold.
func Server(c cloud.Cloud, at site.Site, executable string, secret func(string) string, names dns.Table) (unit.Part,
	error) {
	plan := read(c)
	if len(plan.Plan.Queues)+len(plan.Plan.Topics)+len(plan.Plan.Buckets)+len(plan.Plan.Secrets) == 0 {
		return unit.Part{}, nil
	}
	address, err := at.Address(machine, Port, OriginPort)
	if err != nil {
		return unit.Part{}, err
	}
	key := Identity(secret)
	plan.Plan.Keys = []awsapi.Key{{ID: key[0], Secret: key[1], Principal: "machine"}}
	plan.Listen = net.JoinHostPort(address, strconv.Itoa(Port))
	plan.Origin = net.JoinHostPort(address, strconv.Itoa(OriginPort))
	plan.Names, plan.Table = net.JoinHostPort(address, strconv.Itoa(at.Public(NamesPort))), names
	plan.Objects = objects(c, at)
	text, err := json.MarshalIndent(plan, "", " ")
	if err != nil {
		return unit.Part{}, fmt.Errorf("write what the lab's AWS holds: %w", err)
	}
	dir := at.Data("aws")
	config := filepath.Join(dir, "plan.json")
	return unit.Part{
		Units: []unit.Unit{{
			Name: Unit, What: "SQS, SNS, S3, Secrets Manager, SSM, names", Address: address,
			Ports:   []int{Port, OriginPort, at.Public(NamesPort)},
			Dir:     dir,
			Program: []string{executable, "lab", Word, config},
			Files:   []unit.File{{Path: config, Content: string(text), Reload: true}},
			Health:  unit.Health{Kind: unit.TCP, Port: Port},
		}},
		Keep: []unit.Kept{{Dir: dir}},
	}, nil
}

// read is what the cloud has of the services.
func read(c cloud.Cloud) file {
	var f file
	for _, r := range c.All(token.SQSQueue) {
		f.Account = account(r.Str("arn"))
		f.Plan.Queues = append(f.Plan.Queues, queue(r))
	}
	for _, r := range c.All(token.SNSTopic) {
		f.Account = account(r.Str("arn"))
		t := topics.Topic{ARN: r.Str("arn")}
		for _, s := range c.Where(token.SNSTopicSubscription, "topic", r.Str("arn")) {
			if s.Str("protocol") == "sqs" {
				t.Subscriptions = append(t.Subscriptions, topics.Subscription{
					Queue: s.Str("endpoint"), Raw: s.Bool("rawMessageDelivery"), Filter: s.Str("filterPolicy"),
					DeadLetters: target(s.Str("redrivePolicy")),
				})
			}
		}
		f.Plan.Topics = append(f.Plan.Topics, t)
	}
	for _, r := range c.All(token.S3BucketV2) {
		f.Plan.Buckets = append(f.Plan.Buckets, buckets.Bucket{Name: r.ID, Region: r.Region, Replicas: replicas(c, r.ID),
			Origins: []string{"*"}})
	}
	for _, r := range c.All(token.SecretsManagerSecret) {
		if v, ok := c.First(token.SecretsManagerSecretVersion, "secretId", r.Str("arn")); ok {
			f.Plan.Secrets = append(f.Plan.Secrets, everywhere(r, v.Str("secretString"))...)
		}
	}
	for _, r := range c.All(token.SSMParameter) {
		f.Plan.Parameters = append(f.Plan.Parameters, values.Parameter{Name: r.Str("name"), ARN: r.Str("arn"),
			Type: r.Str("type"), Value: r.Str("value")})
	}
	for _, r := range c.All(token.CloudFrontDistribution) {
		f.Plan.Distributions = append(f.Plan.Distributions, r.ID)
	}
	return f
}

// everywhere are a secret and its copies in other regions, which differ in their ARN.
func everywhere(r cloud.Resource, value string) []values.Secret {
	all := []values.Secret{{ARN: r.Str("arn"), Name: r.Str("name"), Value: value}}
	for _, copied := range r.Maps("replicas") {
		arn := strings.Replace(r.Str("arn"), ":"+r.Region+":", ":"+copied.Str("region")+":", 1)
		all = append(all, values.Secret{ARN: arn, Name: r.Str("name"), Value: value})
	}
	return all
}

func account(arn string) string {
	const at = 4
	if parts := strings.Split(arn, ":"); len(parts) > at {
		return parts[at]
	}
	return ""
}

func queue(r cloud.Resource) queues.Queue {
	seconds := func(key string) time.Duration { return time.Duration(r.Int(key)) * time.Second }
	q := queues.Queue{ARN: r.Str("arn"), Visibility: seconds("visibilityTimeoutSeconds"),
		Retention: seconds("messageRetentionSeconds"), Delay: seconds("delaySeconds"), Wait: seconds("receiveWaitTimeSeconds"),
		MaxBytes: r.Int("maxMessageSize")}
	var redrive struct {
		DeadLetterTargetArn string
		MaxReceiveCount     json.Number
	}
	if json.Unmarshal([]byte(r.Str("redrivePolicy")), &redrive) == nil {
		q.DeadLetters = redrive.DeadLetterTargetArn
		n, _ := redrive.MaxReceiveCount.Int64()
		q.MaxReceives = int(n)
	}
	return q
}

func target(policy string) string {
	var redrive struct{ DeadLetterTargetArn string }
	_ = json.Unmarshal([]byte(policy), &redrive) // none is none
	return redrive.DeadLetterTargetArn
}

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

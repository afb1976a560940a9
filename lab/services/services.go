// Package services turns what the plan has of SQS, SNS, S3, Secrets Manager and SSM
// into one server of the lab that speaks their API. It is a process of its own, so that
// it outlives the supervisor; its plan is a file, which it reads anew when told.
package services

import (
	"context"
	"encoding/json"
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
	"github.com/rung-dev/rung/lab/site"
	"github.com/rung-dev/rung/lab/unit"
	"github.com/rung-dev/rung/resource/token"
)

// Port is where the server listens.
const Port = 4566

// Word is the argument by which an executable of rung is this server.
const Word = "services"

// file is what the server is told.
type file struct {
	Account string
	Listen  string
	Plan    awsapi.Plan
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

// Identity is the access key of the lab's machines.
func Identity(secret func(string) string) [2]string {
	return [2]string{"AKIALAB", secret("aws-key")}
}

// Endpoint is the server's URL.
func Endpoint(at site.Site) (string, error) {
	address, err := at.Address(machine, Port)
	return fmt.Sprintf("http://%s:%d", address, Port), err
}

// Server is the unit; there is none for a cloud that has nothing to hold.
func Server(c cloud.Cloud, at site.Site, executable string, secret func(string) string) (unit.Part, error) {
	plan := read(c)
	if len(plan.Plan.Queues)+len(plan.Plan.Topics)+len(plan.Plan.Buckets)+len(plan.Plan.Secrets) == 0 {
		return unit.Part{}, nil
	}
	address, err := at.Address(machine, Port)
	if err != nil {
		return unit.Part{}, err
	}
	key := Identity(secret)
	plan.Plan.Keys = []awsapi.Key{{ID: key[0], Secret: key[1], Principal: "machine"}}
	plan.Listen = net.JoinHostPort(address, strconv.Itoa(Port))
	text, err := json.MarshalIndent(plan, "", " ")
	if err != nil {
		return unit.Part{}, fmt.Errorf("write what the lab's AWS holds: %w", err)
	}
	dir := at.Data("aws")
	config := filepath.Join(dir, "plan.json")
	return unit.Part{
		Units: []unit.Unit{{
			Name: "aws", What: "SQS, SNS, S3, Secrets Manager, SSM", Address: address, Ports: []int{Port}, Dir: dir,
			Program: []string{executable, "lab", Word, config}, Environment: []string{"GOMEMLIMIT=64MiB"},
			Files:  []unit.File{{Path: config, Content: string(text), Reload: true}},
			Health: unit.Health{Kind: unit.TCP, Port: Port},
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
				t.Subscriptions = append(t.Subscriptions, topics.Subscription{Queue: s.Str("endpoint"),
					Raw: s.Bool("rawMessageDelivery"), Filter: s.Str("filterPolicy"), DeadLetters: target(s.Str("redrivePolicy"))})
			}
		}
		f.Plan.Topics = append(f.Plan.Topics, t)
	}
	for _, r := range c.All(token.S3BucketV2) {
		f.Plan.Buckets = append(f.Plan.Buckets, buckets.Bucket{Name: r.ID, Region: r.Region, Origins: []string{"*"}})
	}
	for _, r := range c.All(token.SecretsManagerSecret) {
		if v, ok := c.First(token.SecretsManagerSecretVersion, "secretId", r.Str("arn")); ok {
			f.Plan.Secrets = append(f.Plan.Secrets, values.Secret{ARN: r.Str("arn"), Name: r.Str("name"), Value: v.Str("secretString")})
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
	if err := declare(s, f); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", f.Listen)
	if err != nil {
		return fmt.Errorf("listen for the lab's AWS: %w", err)
	}
	go follow(ctx, s, path, out)
	server := &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}
	go func() {
		<-ctx.Done()
		server.Close() //nolint:errcheck // the process ends
	}()
	if err := server.Serve(listener); ctx.Err() == nil {
		return err
	}
	return nil
}

func load(path string) (f file, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return f, fmt.Errorf("read what the lab's AWS holds: %w", err)
	}
	return f, json.Unmarshal(text, &f)
}

func declare(s *awsapi.Server, f file) error {
	if err := s.Declare(f.Plan); err != nil {
		return fmt.Errorf("take what the lab's AWS holds: %w", err)
	}
	return nil
}

// every is how often the server looks for another plan.
const every = 200 * time.Millisecond

func follow(ctx context.Context, s *awsapi.Server, path string, out io.Writer) {
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
			err = declare(s, f)
		}
		if err != nil {
			fmt.Fprintln(out, err) //nolint:errcheck // the log
		}
	}
}

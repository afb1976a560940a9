package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/rung-dev/rung/access"
)

// guarded is AWS in this process, which judges each call by policies and answers what they
// allow from a table.
type guarded struct {
	mu       sync.Mutex
	policies []access.Document
	stack    string
	answers  map[string]string
	// made are the actions that were asked for, refused those that no statement allows.
	made    map[string]bool
	refused []string
}

const theAccount, home = "123456789012", "us-east-1"

// call is what a request asks for: an action on things.
type call struct {
	action string
	on     []string
}

var credential = regexp.MustCompile(`Credential=\w+/\d+/([\w-]+)/(\w+)/aws4_request`)

func (g *guarded) ServeHTTP(res http.ResponseWriter, req *http.Request) {
	text, _ := io.ReadAll(req.Body)
	m := credential.FindStringSubmatch(req.Header.Get("Authorization"))
	if m == nil {
		http.Error(res, "unsigned", http.StatusForbidden)
		return
	}
	c := asked(m[2], req, string(text))
	g.mu.Lock()
	defer g.mu.Unlock()
	g.made[c.action] = true
	res.Header().Set("Content-Type", "application/x-amz-json-1.1")
	if !g.allows(c) {
		g.refused = append(g.refused, fmt.Sprint(c))
		res.WriteHeader(http.StatusForbidden)
		fmt.Fprint(res, `{"__type":"AccessDeniedException","message":"no"}`)
		return
	}
	answer, known := g.answers[c.action]
	if !known {
		res.WriteHeader(http.StatusBadRequest)
		answer = `{"__type":"ResourceNotFoundException","message":"no such thing"}`
	}
	fmt.Fprint(res, strings.ReplaceAll(answer, "ASKED", askedFor(string(text))))
}

// askedFor is the one thing that a request of the Query protocol names.
func askedFor(text string) string {
	form, _ := url.ParseQuery(text)
	for _, key := range []string{"DBInstanceIdentifier", "DBClusterIdentifier"} {
		if v := form.Get(key); v != "" {
			return v
		}
	}
	return ""
}

// asked reads a request in each of the protocols.
func asked(service string, req *http.Request, text string) call {
	form, _ := url.ParseQuery(text)
	var body map[string]any
	_ = json.Unmarshal([]byte(text), &body) // or another protocol
	action := form.Get("Action")
	if _, named, ok := strings.Cut(req.Header.Get("X-Amz-Target"), "."); ok {
		action = named
	}
	service = strings.NewReplacer("monitoring", "cloudwatch").Replace(service)
	word := func(key string) string { s, _ := body[key].(string); return s }
	arn := func(service, rest string) string {
		return "arn:aws:" + service + ":" + home + ":" + theAccount + ":" + rest
	}
	switch service + " " + action {
	case "cloudfront ":
		return call{"cloudfront:GetDistribution", []string{"*"}}
	case "s3 ":
		verb := map[string]string{http.MethodGet: "s3:GetObject", http.MethodPut: "s3:PutObject"}[req.Method]
		return call{verb, []string{"arn:aws:s3:::" + strings.TrimPrefix(req.URL.Path, "/")}}
	case "ssm SendCommand":
		ids, _ := body["InstanceIds"].([]any)
		return call{"ssm:SendCommand", []string{arn("ec2", "instance/"+fmt.Sprint(ids[0])),
			ssmDocument(word("DocumentName"))}}
	case "ssm StartSession":
		used := arn("ssm", "document/SSM-SessionManagerRunShell")
		if name := word("DocumentName"); name != "" {
			used = ssmDocument(name)
		}
		return call{"ssm:StartSession", []string{arn("ec2", "instance/"+word("Target")), used}}
	case "ssm TerminateSession":
		return call{"ssm:TerminateSession", []string{arn("ssm", "session/"+word("SessionId"))}}
	case "logs FilterLogEvents":
		return call{"logs:FilterLogEvents", []string{arn("logs", "log-group:"+word("logGroupName")+":*")}}
	case "sqs GetQueueAttributes":
		return call{"sqs:GetQueueAttributes", []string{arn("sqs", path.Base(word("QueueUrl")))}}
	case "autoscaling StartInstanceRefresh":
		return call{"autoscaling:StartInstanceRefresh", []string{arn("autoscaling",
			"autoScalingGroup:1:autoScalingGroupName/"+form.Get("AutoScalingGroupName"))}}
	case "rds RestoreDBInstanceToPointInTime":
		return call{"rds:" + action, []string{arn("rds", "db:"+form.Get("TargetDBInstanceIdentifier"))}}
	}
	if id := word("SecretId") + word("Name"); service == "secretsmanager" && id != "" {
		if !strings.HasPrefix(id, "arn:") {
			id = arn(service, "secret:"+id+"-AbCdEf")
		}
		return call{service + ":" + action, []string{id}}
	}
	return call{service + ":" + action, []string{"*"}}
}

func ssmDocument(name string) string { return "arn:aws:ssm:" + home + "::document/" + name }

// allows reports whether a statement allows the call on each thing.
func (g *guarded) allows(c call) bool {
	for _, on := range c.on {
		if !slices.ContainsFunc(g.policies, func(d access.Document) bool {
			return slices.ContainsFunc(d.Policy.Statement, func(s access.Statement) bool { return g.fits(s, c.action, on) })
		}) {
			return false
		}
	}
	return true
}

func (g *guarded) fits(s access.Statement, action, on string) bool {
	if !slices.Contains(s.Action, action) || !slices.ContainsFunc(s.Resource, func(r string) bool { return glob(r, on) }) {
		return false
	}
	context := map[string]string{"ssm:resourceTag/rung:stack": g.stack, "aws:RequestedRegion": home,
		"ssm:resourceTag/aws:ssmmessages:session-id": "${aws:userid}"}
	for _, keys := range s.Condition {
		for key, want := range keys {
			if !slices.Contains(want, context[key]) {
				return false
			}
		}
	}
	return true
}

// glob is how IAM compares an ARN.
func glob(pattern, text string) bool {
	quoted := strings.ReplaceAll(regexp.QuoteMeta(pattern), `\*`, ".*")
	return regexp.MustCompile("^" + quoted + "$").MatchString(text)
}

// serve begins to answer.
func (g *guarded) serve(t *testing.T) string {
	t.Helper()
	g.made = map[string]bool{}
	server := httptest.NewServer(g)
	t.Cleanup(server.Close)
	return server.URL
}

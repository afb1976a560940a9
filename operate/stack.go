package operate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rung-dev/rung/outside/nearest"
	"github.com/rung-dev/rung/resource"
	"github.com/rung-dev/rung/resource/token"
)

// Kind is what a part is.
type Kind string

// The kinds of parts that a stack's days are about.
const (
	Server   Kind = "server"
	Fleet    Kind = "fleet"
	Balancer Kind = "load balancer"
	Database Kind = "database"
	Cluster  Kind = "database cluster"
	Cache    Kind = "cache"
	Queue    Kind = "queue"
	CDN      Kind = "CDN"
)

// Part is a part of a stack, as it stands.
type Part struct {
	// Name is the component's: "web", "database".
	Name string
	Kind Kind
	// Region is AWS's.
	Region string
	// IDs are what AWS calls it: the machine of a server, the group of a fleet, the
	// target groups of a balancer, the instances of a database, the URL of a queue.
	IDs []string
	// Metric is by what CloudWatch knows it where that is none of the IDs.
	Metric string
	// Classes are the instance classes of a database, by its IDs.
	Classes map[string]string
	// Nodes are the machines of a cache, as CloudWatch knows them.
	Nodes []string
	// Disk is the volume of a server's data.
	Disk string
	// LogGroup takes the app's log; empty where it stays on the machine.
	LogGroup string
}

// Runs reports whether the part has machines that run the app.
func (p Part) Runs() bool { return p.Kind == Server || p.Kind == Fleet }

// GivenUp reports whether the part is a queue of jobs that nobody tries any more.
func (p Part) GivenUp() bool { return p.Kind == Queue && strings.HasSuffix(p.Name, "-dead") }

// AlarmOf is an alarm by its region, as CloudWatch has it.
type AlarmOf struct{ Name, Region string }

// Stack is what stands.
type Stack struct {
	Name string
	// Parts come in the order in which a request meets them.
	Parts  []Part
	Alarms []AlarmOf
	// Stores are what a machine of the stack can reach.
	Stores    []Store
	following []Following
	// Artifacts is the bucket that machines fetch from, Region where the stack is at home.
	Artifacts, Region string
}

// order is that of parts on a screen.
var order = []Kind{CDN, Balancer, Server, Fleet, Cache, Database, Cluster, Queue}

// Of reads a stack from the resources of its state; home is its region.
func Of(name, home string, resources []resource.Resource) Stack {
	s := Stack{Name: name, Region: home}
	for _, r := range resources {
		if r.Region == "" {
			r.Region = home
		}
		s.add(r)
	}
	for i := range s.Parts {
		s.Parts[i].describe(resources)
	}
	s.Parts = slices.DeleteFunc(s.Parts, func(p Part) bool { return len(p.IDs) == 0 })
	s.Stores = storesOf(s, resources)
	s.following = followingOf(s, resources)
	slices.SortStableFunc(s.Parts, func(a, b Part) int {
		if d := slices.Index(order, a.Kind) - slices.Index(order, b.Kind); d != 0 {
			return d
		}
		return strings.Compare(a.Name, b.Name)
	})
	return s
}

// add takes a resource to its part.
func (s *Stack) add(r resource.Resource) {
	switch r.Type {
	case token.EC2Instance:
		if r.Name == r.Component { // and no NAT instance
			s.in(r, Server, r.Component, text(r, "id"))
		}
	case token.AutoScalingGroup:
		s.in(r, Fleet, r.Component, text(r, "name"))
	case token.LBTargetGroup:
		s.in(r, Balancer, r.Component, text(r, "arn"))
	case token.RDSInstance:
		s.in(r, Database, r.Component, text(r, "identifier"))
	case token.RDSCluster:
		s.in(r, Cluster, r.Component, text(r, "clusterIdentifier"))
	case token.ElastiCacheReplicationGroup:
		s.in(r, Cache, r.Component, text(r, "id"))
	case token.SQSQueue:
		s.in(r, Queue, r.Name, text(r, "url"))
	case token.CloudFrontDistribution:
		s.in(r, CDN, r.Component, text(r, "id"))
	case token.CloudWatchMetricAlarm:
		s.Alarms = append(s.Alarms, AlarmOf{text(r, "name"), r.Region})
	case token.S3Bucket, token.S3BucketV2:
		if r.Component == "artifacts" {
			s.Artifacts = text(r, "bucket")
		}
	}
}

// in adds an id to the part of that name and kind.
func (s *Stack) in(r resource.Resource, kind Kind, name, id string) {
	if id == "" {
		return
	}
	i := slices.IndexFunc(s.Parts, func(p Part) bool { return p.Name == name && p.Kind == kind })
	if i < 0 {
		i = len(s.Parts)
		s.Parts = append(s.Parts, Part{Name: name, Kind: kind, Region: r.Region})
	}
	s.Parts[i].IDs = append(s.Parts[i].IDs, id)
	slices.Sort(s.Parts[i].IDs)
}

// describe adds what other resources say of a part.
func (p *Part) describe(resources []resource.Resource) {
	for _, r := range resources {
		switch {
		case r.Component != p.Name:
		case r.Type == token.EBSVolume && p.Kind == Server:
			p.Disk = text(r, "id")
		case r.Type == token.CloudWatchLogGroup && p.Kind == Fleet && r.Name == p.Name+"-logs":
			p.LogGroup = text(r, "name")
		case r.Type == token.LBLoadBalancer && p.Kind == Balancer:
			p.Metric = text(r, "arnSuffix")
		case r.Type == token.RDSInstance && p.Kind == Database:
			p.class(text(r, "identifier"), text(r, "instanceClass"))
		case r.Type == token.ElastiCacheReplicationGroup && p.Kind == Cache:
			p.Nodes = append(p.Nodes, texts(r, "memberClusters")...)
		}
	}
}

// class notes that of an instance.
func (p *Part) class(id, name string) {
	if p.Classes == nil {
		p.Classes = map[string]string{}
	}
	p.Classes[id] = name
}

func texts(r resource.Resource, key string) (all []string) {
	list, _ := r.Props[key].([]any)
	for _, v := range list {
		if s, ok := v.(string); ok {
			all = append(all, s)
		}
	}
	return all
}

func text(r resource.Resource, key string) string {
	s, _ := r.Props[key].(string)
	return s
}

// Running are the names of the parts that run the app.
func (s Stack) Running() (names []string) {
	for _, p := range s.Parts {
		if p.Runs() {
			names = append(names, p.Name)
		}
	}
	return names
}

// Part is the part with machines that was asked for; an empty name is the only one, or
// the one that serves.
func (s Stack) Part(name string) (Part, error) {
	running := s.Running()
	for _, p := range s.Parts {
		if p.Runs() && (p.Name == name || name == "" && (len(running) == 1 || p.Name == "web" || p.Kind == Server)) {
			return p, nil
		}
	}
	if len(running) == 0 {
		return Part{}, fmt.Errorf("stack %s has no machines", s.Name)
	}
	return Part{}, fmt.Errorf("got %q, want a part with machines: %s%s", name, strings.Join(running, ", "),
		meant(name, running))
}

func meant(given string, choices []string) string {
	if q := nearest.Question(given, choices, ""); q != "" {
		return "; " + q
	}
	return ""
}

//go:build linux

package supervisor

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"runtime"
	"strings"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"github.com/rung-dev/rung/lab/balancer"
	"github.com/rung-dev/rung/lab/ledger"
	"github.com/rung-dev/rung/lab/machines"
	"github.com/rung-dev/rung/lab/scaling"
	"github.com/rung-dev/rung/lab/services"
	"github.com/rung-dev/rung/resource/token"
)

// scaleEvery is how often the lab looks whether its groups have the right size.
const scaleEvery = 5 * time.Second

// scaler is what the supervisor knows of the sizes of groups.
type scaler struct {
	judge scaling.Judge
	last  time.Time
	busy  map[string]time.Duration // processor time by unit, at the last look
	asked map[string]float64       // requests by backend, at the last look
	said  string                   // what could not be worked out
}

// scale lets the policies of the plan choose the sizes of groups, once in a while.
func (s *Supervisor) scale(ctx context.Context, has map[string]have) {
	now := time.Now()
	since := now.Sub(s.scaler.last)
	if s.ending || since < scaleEvery {
		return
	}
	policies := scaling.Policies(s.cloud)
	if len(policies) == 0 {
		return
	}
	s.mu.Lock()
	led := s.led.Copy()
	s.mu.Unlock()
	groups := machines.Groups(s.cloud, led.Desired)
	readings := s.readings(ctx, policies, groups, led, since)
	first := s.scaler.last.IsZero() || since > 3*scaleEvery // what was measured before says nothing
	s.scaler.last = now
	if first {
		return
	}
	sizes, err := s.scaler.judge.Sizes(policies, readings, sizesOf(groups, led, has))
	if text := fmt.Sprint(err); err != nil && text != s.scaler.said {
		s.scaler.said = text
		s.log("scale: %v", err)
	}
	s.resize(sizes, groups)
}

// sizesOf are the sizes of groups as they are.
func sizesOf(groups []machines.Group, led *ledger.Ledger, has map[string]have) map[string]scaling.Size {
	all := map[string]scaling.Size{}
	for _, g := range groups {
		size := scaling.Size{Min: g.Min, Max: g.Max, Now: g.Desired}
		for _, m := range led.Machines {
			if m.Group == g.Name && m.State == ledger.InService && has[machines.UnitOf(m)].well {
				size.Serving++
			}
		}
		all[g.Name] = size
	}
	return all
}

// resize notes the sizes that were chosen; those of groups that are gone are forgotten.
func (s *Supervisor) resize(sizes map[string]int, groups []machines.Group) {
	s.mu.Lock()
	defer s.mu.Unlock()
	next := map[string]int{}
	for _, g := range groups {
		if size, ok := s.led.Desired[g.Name]; ok {
			next[g.Name] = size
		}
		if size, ok := sizes[g.Name]; ok {
			s.log("scale: %s goes from %d to %d machines", g.Name, g.Desired, size)
			next[g.Name] = size
		}
	}
	if !maps.Equal(next, s.led.Desired) {
		s.led.Desired = next
		_ = s.led.Write(s.at.Ledger()) // the next note writes it
	}
}

// readings are what was measured since the last look.
func (s *Supervisor) readings(ctx context.Context, policies []scaling.Policy, groups []machines.Group,
	led *ledger.Ledger, since time.Duration) scaling.Readings {
	r := scaling.Readings{}
	s.readMachines(r, groups, led, since)
	s.readBalancers(r, groups, led, since)
	for _, p := range policies {
		if p.Wants(scaling.Queues) {
			s.readQueues(ctx, r)
			break
		}
	}
	return r
}

// leastShare is the least part of a processor that counts as a machine's: on two
// processors fifty machines would be busy with nothing.
const leastShare = 0.25

// readMachines are how busy machines are. Each has an equal part of this machine's
// processors, as many parts as the plan has machines that always run.
func (s *Supervisor) readMachines(r scaling.Readings, groups []machines.Group, led *ledger.Ledger,
	since time.Duration) {
	least := 0
	for _, g := range groups {
		least += g.Min
	}
	share := max(leastShare, float64(runtime.NumCPU())/float64(max(1, least)))
	busy, sums := map[string]time.Duration{}, map[string]float64{}
	for _, m := range led.Machines {
		name := machines.UnitOf(m)
		busy[name] = led.Processes[name].Busy()
		if m.State == ledger.InService {
			const percent = 100
			r[scaling.InService(m.Group)]++
			sums[m.Group] += percent * max(0, busy[name]-s.scaler.busy[name]).Seconds() / since.Seconds() / share
		}
	}
	for group, sum := range sums {
		r[scaling.CPU(group)] = sum / r[scaling.InService(group)]
	}
	s.scaler.busy = busy
}

// readBalancers are what each machine behind a balancer was asked.
func (s *Supervisor) readBalancers(r scaling.Readings, groups []machines.Group, led *ledger.Ledger,
	since time.Duration) {
	asked := map[string]float64{}
	for _, lb := range s.cloud.All(token.LBLoadBalancer) {
		all, err := balancer.StatisticsOf(balancer.Dir(lb, s.site))
		if err != nil {
			continue // it does not run, which the supervisor sees elsewhere
		}
		maps.Copy(asked, all.Requests)
	}
	for _, g := range groups {
		for _, arn := range g.TargetGroups {
			group, ok := s.cloud.First(token.LBTargetGroup, "arn", arn)
			name := balancer.Backend(group.Str("name"))
			before, known := s.scaler.asked[name]
			serving := r[scaling.InService(g.Name)]
			if count, is := asked[name]; ok && is && known && serving > 0 {
				if count < before { // it took another configuration, and counts anew
					before = 0
				}
				r[scaling.Requests(group.Str("name"))] = (count - before) / since.Minutes() / serving
			}
		}
	}
	s.scaler.asked = asked
}

// queueMetrics are CloudWatch's names of what the lab's AWS says of its queues.
var queueMetrics = map[string]string{
	"sqs_approximate_number_of_messages_visible":     "ApproximateNumberOfMessagesVisible",
	"sqs_approximate_number_of_messages_not_visible": "ApproximateNumberOfMessagesNotVisible",
	"sqs_approximate_age_of_oldest_message_seconds":  "ApproximateAgeOfOldestMessage",
}

// readQueues asks the lab's AWS how long its queues are.
func (s *Supervisor) readQueues(ctx context.Context, r scaling.Readings) {
	place, _, err := services.Bucket(s.site, "")
	if err != nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+place+services.MetricsPath, nil)
	if err != nil {
		return
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return // it does not run, which the supervisor sees elsewhere
	}
	defer answer.Body.Close()
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(answer.Body)
	if err != nil {
		return
	}
	for name, metric := range queueMetrics {
		for _, m := range families[name].GetMetric() {
			r[scaling.Series{Namespace: scaling.Queues, Name: metric, Of: queueOf(m)}] = m.GetGauge().GetValue()
		}
	}
}

// queueOf is the name of the queue that a metric is of.
func queueOf(m *dto.Metric) string {
	for _, label := range m.GetLabel() {
		if label.GetName() == "arn" {
			arn := label.GetValue()
			return arn[strings.LastIndex(arn, ":")+1:]
		}
	}
	return ""
}

//go:build linux

package supervisor

import (
	"context"
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

// readings are what was measured since the last look.
func (s *Supervisor) readings(ctx context.Context, groups []machines.Group, led *ledger.Ledger,
	since time.Duration) scaling.Readings {
	r := scaling.Readings{}
	s.readMachines(r, groups, led, since)
	s.readBalancers(r, groups, since)
	if len(s.cloud.All(token.SQSQueue)) > 0 {
		s.readQueues(ctx, r)
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

// readBalancers are what each machine behind a balancer was asked, and how it answered.
func (s *Supervisor) readBalancers(r scaling.Readings, groups []machines.Group, since time.Duration) {
	now, before := s.statistics(), s.scaler.seen
	s.scaler.seen = now
	for _, g := range groups {
		for _, arn := range g.TargetGroups {
			group, ok := s.cloud.First(token.LBTargetGroup, "arn", arn)
			name, target := balancer.Backend(group.Str("name")), group.Str("name")
			if !ok {
				continue
			}
			if down, is := now.Unhealthy[name]; is {
				r[scaling.Unhealthy(target)] = down
			}
			asked, known := more(now.Requests, before.Requests, name)
			if serving := r[scaling.InService(g.Name)]; known && serving > 0 {
				r[scaling.Requests(target)] = asked / since.Minutes() / serving
			}
			if errors, is := more(now.Errors, before.Errors, name); is {
				r[scaling.Errors(target)] = errors / since.Minutes()
			}
			if seconds, is := now.Slow(name, asked); is {
				r[scaling.Slowness(target)] = seconds
			}
		}
	}
}

// statistics are what all balancers say of themselves.
func (s *Supervisor) statistics() balancer.Statistics {
	sum := balancer.Statistics{Requests: map[string]float64{}, Errors: map[string]float64{},
		Slowness: map[string]float64{}, Unhealthy: map[string]float64{}}
	for _, lb := range s.cloud.All(token.LBLoadBalancer) {
		all, err := balancer.StatisticsOf(balancer.Dir(lb, s.site))
		if err != nil {
			continue // it does not run, which the supervisor sees elsewhere
		}
		maps.Copy(sum.Requests, all.Requests)
		maps.Copy(sum.Errors, all.Errors)
		maps.Copy(sum.Slowness, all.Slowness)
		maps.Copy(sum.Unhealthy, all.Unhealthy)
	}
	return sum
}

// more is how much a count has grown since the last look; one that shrank belongs to a
// balancer that took another configuration, and counts anew.
func more(now, before map[string]float64, name string) (by float64, known bool) {
	count, is := now[name]
	last, was := before[name]
	if count < last {
		last = 0
	}
	return count - last, is && was
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

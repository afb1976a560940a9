package aws

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/rung-dev/rung/awswire"
	"github.com/rung-dev/rung/operate"
)

// number reads a whole number of AWS's; zero for none.
func number(text string) int {
	n, _ := strconv.Atoi(text) // empty where there is none
	return n
}

// span is how far back is measured, and the period of one point of it. CloudWatch gives
// 1,440 points at most.
type span struct{ back, period time.Duration }

var (
	// day has every hour's load once; its points are what counts as a peak.
	day = span{24 * time.Hour, 5 * time.Minute}
	// week has working days and others.
	week = span{7 * 24 * time.Hour, time.Hour}
)

// point is one of CloudWatch's.
type point struct {
	at    time.Time
	value float64
}

// series is one of CloudWatch's metrics over a span, and what its points tell.
type series struct {
	namespace, name, statistic string
	dimensions                 [][2]string
	region                     string
	over                       span
	tells                      []telling
}

// telling makes a measure of the points of a series, of which there is at least one.
type telling struct {
	measure operate.Measure
	of      func(all []point) float64
}

func highest(all []point) float64 {
	return slices.MaxFunc(all, func(a, b point) int { return cmp.Compare(a.value, b.value) }).value
}

func sum(all []point) (total float64) {
	for _, p := range all {
		total += p.value
	}
	return total
}

func mean(all []point) float64 { return sum(all) / float64(len(all)) }

// peak is what was counted in the busiest period, by the second.
func (s span) peak(all []point) float64 { return highest(all) / s.period.Seconds() }

// rate is what was counted by the second from the first point to the end: what is younger
// than the span had no load before, and periods without any have no point.
func (s span) rate(now time.Time) func([]point) float64 {
	return func(all []point) float64 {
		first := slices.MinFunc(all, func(a, b point) int { return a.at.Compare(b.at) }).at
		return sum(all) / min(max(now.Sub(first), s.period), s.back).Seconds()
	}
}

// measures ask CloudWatch for the load of a part.
func (d *Driver) measures(p operate.Part) (all []question) {
	for _, s := range seriesOf(p, d.now().UTC()) {
		all = append(all, question{"measure the " + s.tells[0].measure.What, "cloudwatch:GetMetricStatistics",
			func(ctx context.Context) (func(*operate.Found), error) { return d.measure(ctx, s) }})
	}
	return all
}

func (d *Driver) measure(ctx context.Context, s series) (func(*operate.Found), error) {
	tree, err := d.Client.AskXML(ctx, awswire.Request{Service: awswire.CloudWatch, Region: s.region,
		Action: "GetMetricStatistics", Form: s.form(d.now().UTC())})
	if err != nil {
		return nil, err
	}
	var points []point
	for _, p := range tree.All("Datapoints") {
		if v, err := strconv.ParseFloat(p.Child(s.statistic), 64); err == nil {
			at, _ := time.Parse(time.RFC3339, p.Child("Timestamp")) // or as old as may be
			points = append(points, point{at, v})
		}
	}
	return func(f *operate.Found) {
		if len(points) == 0 { // nothing was measured, which is not zero
			return
		}
		for _, t := range s.tells {
			t.measure.Value = t.of(points)
			f.Load = append(f.Load, t.measure)
		}
	}, nil
}

func (s series) form(now time.Time) url.Values {
	form := url.Values{"Namespace": {s.namespace}, "MetricName": {s.name},
		"Period":              {strconv.Itoa(int(s.over.period.Seconds()))},
		"Statistics.member.1": {s.statistic}, "StartTime": {now.Add(-s.over.back).Format(time.RFC3339)},
		"EndTime": {now.Format(time.RFC3339)}}
	for i, dimension := range s.dimensions {
		form.Set(fmt.Sprintf("Dimensions.member.%d.Name", i+1), dimension[0])
		form.Set(fmt.Sprintf("Dimensions.member.%d.Value", i+1), dimension[1])
	}
	return form
}

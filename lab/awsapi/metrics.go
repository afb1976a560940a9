package awsapi

import (
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/rung-dev/rung/lab/awsapi/queues"
)

// figure is one of a queue's, by the name that CloudWatch gives it.
type figure struct {
	desc  *prometheus.Desc
	kind  prometheus.ValueType
	value func(queues.Depth) float64
}

func queueFigure(name, help string, kind prometheus.ValueType, value func(queues.Depth) float64) figure {
	return figure{prometheus.NewDesc(name, help, []string{"arn"}, nil), kind, value}
}

// figures are the metrics of CloudWatch's namespace AWS/SQS.
var figures = []figure{
	queueFigure("sqs_approximate_number_of_messages_visible", "Messages that wait.", prometheus.GaugeValue,
		func(d queues.Depth) float64 { return float64(d.Visible) }),
	queueFigure("sqs_approximate_number_of_messages_not_visible", "Messages that are worked on.", prometheus.GaugeValue,
		func(d queues.Depth) float64 { return float64(d.Hidden) }),
	queueFigure("sqs_approximate_number_of_messages_delayed", "Messages that are not due yet.", prometheus.GaugeValue,
		func(d queues.Depth) float64 { return float64(d.Delayed) }),
	queueFigure("sqs_approximate_age_of_oldest_message_seconds", "Age of the oldest message.", prometheus.GaugeValue,
		func(d queues.Depth) float64 { return d.Oldest.Seconds() }),
	queueFigure("sqs_number_of_messages_sent_total", "Messages that were sent.", prometheus.CounterValue,
		func(d queues.Depth) float64 { return float64(d.Counts.Sent) }),
	queueFigure("sqs_number_of_messages_received_total", "Messages that were received.", prometheus.CounterValue,
		func(d queues.Depth) float64 { return float64(d.Counts.Received) }),
	queueFigure("sqs_number_of_messages_deleted_total", "Messages that were deleted.", prometheus.CounterValue,
		func(d queues.Depth) float64 { return float64(d.Counts.Deleted) }),
	queueFigure("sqs_number_of_empty_receives_total", "Receivers that got nothing.", prometheus.CounterValue,
		func(d queues.Depth) float64 { return float64(d.Counts.EmptyReceives) }),
}

// collector is the server as Prometheus sees it.
type collector struct{ server *Server }

// Describe lists the figures.
func (c collector) Describe(to chan<- *prometheus.Desc) {
	for _, f := range figures {
		to <- f.desc
	}
}

// Collect reads them.
func (c collector) Collect(to chan<- prometheus.Metric) {
	for _, d := range c.server.Depths() {
		for _, f := range figures {
			to <- prometheus.MustNewConstMetric(f.desc, f.kind, f.value(d), d.ARN)
		}
	}
}

// Metrics serves what CloudWatch would know of the queues, in Prometheus' format
// and by the queue's ARN, for alarms and scaling by another process.
func (s *Server) Metrics() http.Handler {
	r := prometheus.NewRegistry()
	r.MustRegister(collector{s})
	return promhttp.HandlerFor(r, promhttp.HandlerOpts{})
}

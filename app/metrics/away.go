package metrics

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/rung-dev/rung/app/contract"
)

// Away adds the gauge of the needed dependencies that are away; count is asked at
// each scrape.
func (m *Metrics) Away(count func() int) {
	m.Registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: contract.MetricAway, Help: "Dependencies that are away without which nothing can be written.",
	}, func() float64 { return float64(count()) }))
}

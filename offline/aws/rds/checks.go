package rds

import (
	"github.com/rung-dev/rung/offline/aws/internal/check"
	"github.com/rung-dev/rung/offline/sim"
)

// insightsRetention: 7 days, 731, or whole months of 31 days up to 23.
func insightsRetention(in sim.Props) []sim.Failure {
	days := in.Int("performanceInsightsRetentionPeriod")
	if !in.Known("performanceInsightsRetentionPeriod") || days == 0 || days == 7 || days == 731 ||
		(days%31 == 0 && days <= 713) {
		return nil
	}
	return check.Wrong("performanceInsightsRetentionPeriod", "got %d, want 7, 731 or a multiple of 31 up to 713", days)
}

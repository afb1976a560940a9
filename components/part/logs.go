package part

import (
	"fmt"
	"slices"
)

// logRetentions are the periods, in days, that CloudWatch Logs offers up to a year.
var logRetentions = []int{1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365}

// CheckLogDays reports a LogDays for which CloudWatch Logs keeps no log, nil
// for one that it offers.
func CheckLogDays(days int) error {
	if slices.Contains(logRetentions, days) {
		return nil
	}
	return fmt.Errorf("LogDays: got %d, want one of %v", days, logRetentions)
}

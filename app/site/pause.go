package site

import (
	"net/http"
	"os"
	"time"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/problem"
)

// lookAgain is how often a request that waits looks whether it may go on.
const lookAgain = 10 * time.Millisecond

// holdWrite lets a request that writes wait while the file of contract.EnvPauseWrites
// is there: a move of the database changes sides. What waits for too long is refused,
// with nothing done, so that it can be sent again.
func (s *Site) holdWrite(r *http.Request) *problem.Problem {
	file := s.Settings.PauseWrites
	if file == "" || r.Method == http.MethodGet || r.Method == http.MethodHead || r.Method == http.MethodOptions {
		return nil
	}
	end := time.Now().Add(contract.PauseSeconds * time.Second)
	for {
		if _, err := os.Stat(file); err != nil {
			return nil
		}
		if time.Now().After(end) {
			return problem.New(http.StatusServiceUnavailable, "Nothing can be written for a moment. Nothing was changed; "+
				"send it again.")
		}
		select {
		case <-r.Context().Done():
			return problem.New(http.StatusServiceUnavailable, "The request was given up while it waited.")
		case <-time.After(lookAgain):
		}
	}
}

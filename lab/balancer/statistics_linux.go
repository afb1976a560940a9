package balancer

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// patience is how long HAProxy may take to say how it is.
const patience = time.Second

// Statistics are what a load balancer's server says of itself.
type Statistics struct {
	// Requests are how many each backend has had since the server began or took its last
	// configuration, by the backend's name.
	Requests map[string]float64
	// Errors are the answers of 5xx that a backend's machines gave since then, Slowness how
	// long they took for the last ones on average, in seconds, Unhealthy how many of them do
	// not pass their checks.
	Errors, Slowness, Unhealthy map[string]float64
	// Down are the machines that do not pass their health checks, each as a sentence.
	Down []string
}

// enough is how many answers since the last look say how long answers take now.
const enough = 50

// Slow is how long the machines of a backend take to answer, in seconds, given how many
// requests it has had since the last look. HAProxy knows the average of the last few
// hundred: where hardly anybody asks, that is what the first ones took, which came while all
// was starting, and nobody knows how long it takes now.
func (s Statistics) Slow(backend string, asked float64) (seconds float64, known bool) {
	seconds, known = s.Slowness[backend]
	return seconds, known && asked >= enough
}

// StatisticsOf asks the server that has its files in a directory.
func StatisticsOf(dir string) (Statistics, error) {
	at, err := os.Open(dir)
	if err != nil {
		return Statistics{}, fmt.Errorf("ask the load balancer: %w", err)
	}
	defer at.Close()
	// A socket's path is short; a directory's may be long.
	conn, err := net.DialTimeout("unix", fmt.Sprintf("/proc/self/fd/%d/admin.sock", at.Fd()), patience)
	if err != nil {
		return Statistics{}, fmt.Errorf("ask the load balancer: %w", err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(patience)) //nolint:errcheck // what follows fails instead
	if _, err := io.WriteString(conn, "show stat\n"); err != nil {
		return Statistics{}, fmt.Errorf("ask the load balancer: %w", err)
	}
	return readStatistics(conn)
}

// readStatistics reads HAProxy's table, whose first line names its columns.
func readStatistics(r io.Reader) (Statistics, error) {
	list := csv.NewReader(r)
	list.FieldsPerRecord = -1
	rows, err := list.ReadAll()
	if err != nil || len(rows) == 0 {
		return Statistics{}, fmt.Errorf("read the load balancer's statistics: %w", cmp.Or(err, io.ErrUnexpectedEOF))
	}
	rows[0][0] = strings.TrimPrefix(rows[0][0], "# ")
	all := Statistics{Requests: map[string]float64{}, Errors: map[string]float64{}, Slowness: map[string]float64{},
		Unhealthy: map[string]float64{}}
	for _, row := range rows[1:] {
		all.add(func(column string) string {
			if i := slices.Index(rows[0], column); i >= 0 && i < len(row) {
				return row[i]
			}
			return ""
		})
	}
	return all, nil
}

// add adds a row: a backend's, or that of a machine behind it.
func (s *Statistics) add(value func(column string) string) {
	group, machine := value("pxname"), value("svname")
	number := func(column string) float64 {
		n, _ := strconv.ParseFloat(value(column), 64) // empty where there is none
		return n
	}
	switch {
	case machine == "FRONTEND":
	case machine == "BACKEND":
		s.Requests[group] = number("stot")
		s.Slowness[group] = number("rtime") / 1000
	default: // what the balancer itself answers is no machine's error
		s.Errors[group] += number("hrsp_5xx")
	}
	if machine != "FRONTEND" && machine != "BACKEND" && strings.HasPrefix(value("status"), "DOWN") {
		s.Unhealthy[group]++
		s.Down = append(s.Down, fmt.Sprintf("%s does not pass the health check of %s: %s", machine, group,
			cmp.Or(value("last_chk"), value("check_status"))))
	}
}

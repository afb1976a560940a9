package balancer

import (
	"encoding/csv"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"time"
)

// patience is how long HAProxy may take to say how it is.
const patience = time.Second

// Requests are how many requests each backend of a load balancer's server has had since
// it began or took its last configuration, by the backend's name.
func Requests(dir string) (map[string]float64, error) {
	at, err := os.Open(dir)
	if err != nil {
		return nil, fmt.Errorf("ask the load balancer: %w", err)
	}
	defer at.Close()
	// A socket's path is short; a directory's may be long.
	conn, err := net.DialTimeout("unix", fmt.Sprintf("/proc/self/fd/%d/admin.sock", at.Fd()), patience)
	if err != nil {
		return nil, fmt.Errorf("ask the load balancer: %w", err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(patience)) //nolint:errcheck // what follows fails instead
	if _, err := io.WriteString(conn, "show stat\n"); err != nil {
		return nil, fmt.Errorf("ask the load balancer: %w", err)
	}
	return readStatistics(conn)
}

// readStatistics reads what HAProxy says of its backends.
func readStatistics(r io.Reader) (map[string]float64, error) {
	list := csv.NewReader(r)
	list.FieldsPerRecord = -1
	rows, err := list.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read the load balancer's statistics: %w", err)
	}
	all, at := map[string]float64{}, map[string]int{}
	for n, row := range rows {
		if n == 0 {
			for i, name := range row {
				at[strings.TrimPrefix(name, "# ")] = i
			}
			continue
		}
		value := func(name string) string {
			if i, ok := at[name]; ok && i < len(row) {
				return row[i]
			}
			return ""
		}
		if value("svname") != "BACKEND" {
			continue
		}
		if count, err := strconv.ParseFloat(value("stot"), 64); err == nil {
			all[value("pxname")] = count
		}
	}
	return all, nil
}

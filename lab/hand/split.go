package hand

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rung-dev/rung/lab/breaks"
	"github.com/rung-dev/rung/lab/machines"
	"github.com/rung-dev/rung/lab/postgres"
	"github.com/rung-dev/rung/lab/state"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// Split are the databases of a climb to services, and who tells the other services of
// what stays.
type Split struct {
	// From is the URL of the database that the one app has, To that of the users service,
	// both as their superuser. To is empty below stage 4.
	From, To string
	// Program is that of the posts service, and Environment what it was started with; empty
	// below stage 4.
	Program     string
	Environment []string
}

// The parts of the stack by whose names they are found.
const (
	usersDatabase = "users-database"
	postsService  = "posts-service"
)

// Split are those of this lab; an error where no database serves.
func (h *Hand) Split(ctx context.Context) (s Split, err error) {
	c, led, now, err := h.look()
	if err != nil {
		return s, err
	}
	serves := map[string]bool{}
	for _, u := range unitsOf(c, led, now) {
		serves[u.Name] = u.Role == breaks.RolePrimary && u.Serves
	}
	for _, m := range postgres.Members(c, led.Pairs) {
		if p, runs := led.Processes[m.Unit]; runs && serves[m.Unit] {
			name, err := databaseOf(ctx, p)
			if err != nil {
				return s, err
			}
			at, err := urlOf(p, name)
			if err != nil {
				return s, err
			}
			if strings.Contains(m.Unit, usersDatabase) {
				s.To = at
			} else if s.From == "" {
				s.From = at
			}
		}
	}
	if s.From == "" {
		return s, errors.New("find the database of the one app: none serves here")
	}
	for _, id := range slices.Sorted(maps.Keys(led.Machines)) {
		m := led.Machines[id]
		p, runs := led.Processes[machines.UnitOf(m)]
		if !runs || !p.Alive() || !strings.Contains(m.Group, postsService) || s.Program != "" {
			continue
		}
		if s.Program, s.Environment, err = startedAs(p.PID); err != nil {
			return s, fmt.Errorf("look how %s was started: %w", m.Group, err)
		}
	}
	return s, nil
}

// startedAs is the program of a process, and its environment.
func startedAs(pid int) (program string, env []string, err error) {
	at := filepath.Join("/proc", strconv.Itoa(pid))
	if program, err = os.Readlink(filepath.Join(at, "exe")); err != nil {
		return "", nil, err
	}
	text, err := os.ReadFile(filepath.Join(at, "environ"))
	return program, strings.Split(strings.TrimRight(string(text), "\x00"), "\x00"), err
}

// ledWithin is how long the lab may take to go by another cloud.
const ledWithin = 5 * time.Second

// Lead gives a service its share of the requests for its paths, in percent, as `aws elbv2
// modify-rule` does it on AWS: at once, and beside the program, which is to say the same
// afterwards. It returns when the lab goes by it.
func (h *Hand) Lead(ctx context.Context, service string, percent int) error {
	err := sim.OpenStore(h.at.Cloud()).Change(func(c *sim.Cloud) error {
		return c.Alter(token.LBListenerRule, func(e *sim.Entry) bool {
			return strings.HasPrefix(e.Name, "loadbalancer-"+service+"-route") && share(e.Properties, percent)
		})
	})
	if err != nil {
		return fmt.Errorf("lead people to the service %s: %w", service, err)
	}
	stamp := state.StampOf(h.at.Cloud())
	for end := time.Now().Add(ledWithin); time.Now().Before(end); {
		if now, err := state.Read(h.at.Status()); err == nil && now.Seen.Same(stamp) {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(watchEvery):
		}
	}
	return fmt.Errorf("lead people to the service %s: the lab has not seen it within %s", service, ledWithin)
}

// share gives the second of the two groups of a rule its percent; false is a rule that has
// no two, or has it so already.
func share(rule sim.Props, percent int) (changed bool) {
	actions, _ := rule["actions"].([]any)
	for _, a := range actions {
		action, _ := a.(map[string]any)
		forward, _ := action["forward"].(map[string]any)
		groups, _ := forward["targetGroups"].([]any)
		if len(groups) != 2 {
			continue
		}
		for i, weight := range []int{100 - percent, percent} {
			group, is := groups[i].(map[string]any)
			if is && group["weight"] != float64(weight) {
				group["weight"], changed = float64(weight), true
			}
		}
	}
	return changed
}

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/rung-dev/rung/handover/edge"
	"github.com/rung-dev/rung/handover/hosts"
	"github.com/rung-dev/rung/handover/rehearsal"
	"github.com/rung-dev/rung/lab/hand"
)

// usersMoved is the climb from stage 3 to 4: the people, to the users service.
type usersMoved struct {
	trial *stageTrial
	ups   *signUps
}

// people are made with rows of about a kilobyte, whom no password lets in.
const people = `INSERT INTO users (id, slot, email, name, password_hash) SELECT gen_random_uuid(), 0,
	'made-' || n || '@example.com', 'made-' || n, repeat(md5(n::text), 25)
	FROM generate_series((SELECT count(*) FROM users) + 1, (SELECT count(*) FROM users) + $1) n`

func (m *usersMoved) fill(ctx context.Context, h *hand.Hand) error {
	s, err := h.Split(ctx)
	if err != nil {
		return err
	}
	return m.trial.rows(ctx, s.From, "SELECT", people, "SELECT pg_total_relation_size('users')")
}

// usersService is its name in the balancer's rules and in rung:services.weights.
const usersService = "users"

// begin is the move of the users' table to the users service's database. The balancer
// leads people over in the pause.
func (m *usersMoved) begin(ctx context.Context, h *hand.Hand) (hosts.Spec, error) {
	s, err := h.Split(ctx)
	if err != nil {
		return hosts.Spec{}, err
	}
	if s.To == "" || s.Program == "" {
		return hosts.Spec{}, errors.New("look for the users' database and the posts service: stage 4 has none that serve")
	}
	replay, err := m.replay(s)
	if err != nil {
		return hosts.Spec{}, err
	}
	door, err := m.trial.door()
	if err != nil {
		return hosts.Spec{}, err
	}
	m.ups = beginSignUps(ctx, door)
	m.trial.app.say("Moving the users while people sign up.")
	lead := func(ctx context.Context, url string) error {
		if url == s.To {
			return h.Lead(ctx, usersService, 100)
		}
		return h.Lead(ctx, usersService, 0)
	}
	return hosts.Spec{Name: "rehearsal", From: s.From, To: s.To, MaxPause: m.trial.flags.pause, Tables: []string{"users"},
		FreeOld: true, After: replay, Edge: edge.Config{Lead: lead}}, nil
}

// replay is the command by which the posts service tells of all that is there, with its
// environment, in which secrets stand.
func (m *usersMoved) replay(s hand.Split) (string, error) {
	var b strings.Builder
	b.WriteString("exec env -i")
	for _, v := range s.Environment {
		b.WriteString(" " + quoted(v))
	}
	b.WriteString(" " + quoted(s.Program) + " events replay\n")
	file := filepath.Join(m.trial.dir, "replay.sh")
	if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
		return "", fmt.Errorf("write the command that tells of all posts: %w", err)
	}
	return "sh " + quoted(file), nil
}

// end lets the stack say what the balancer does, so that the next up changes nothing, and
// reads back who has signed up.
func (m *usersMoved) end(ctx context.Context, r *rehearsal.Result) error {
	if len(r.Changes) == 3 {
		m.trial.app.say("Letting the stack say what the balancer does.")
		if err := m.trial.rung(ctx, "up", "4", "--set", "services.weights="+usersService+"=100"); err != nil {
			return errors.Join(err, m.ups.end(ctx, r))
		}
	}
	return m.ups.end(ctx, r)
}

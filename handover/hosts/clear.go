package hosts

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/rung-dev/rung/handover"
	"github.com/rung-dev/rung/handover/postgres"
)

// clear lets go what the user has said may go: tables that an application has made on
// the new side. They are what checks have found there, for no stream has brought rows
// while no fence stands.
func (m *Move) clear() handover.Step {
	return handover.Step{Name: "clear", Says: "drop what an application has made on the new side, where that was accepted",
		Find: func(ctx context.Context) (handover.Found, error) {
			if !slices.Contains(m.spec.Accept, postgres.NotEmpty) {
				return handover.Found{Done: true, Text: "nothing to drop"}, nil
			}
			gate, err := m.to.Gate(ctx)
			if err != nil {
				return handover.Found{}, err
			}
			n, err := m.to.Copied(ctx)
			return handover.Found{Done: n == 0 || gate != postgres.Bare, Text: fmt.Sprintf("%d tables, the side is %s", n,
				gate)}, err
		},
		Do: func(ctx context.Context) (string, error) { return "", m.to.Empty(ctx, m.spec.Name) }}
}

// stillEmpty looks for rows that somebody has written to the new side after the checks
// and before it was closed: they would stand beside what the stream brings.
func (m *Move) stillEmpty() handover.Step {
	var filled []string
	return handover.Step{Name: "still-empty", Says: "look for rows that came to the new side before it was closed",
		Find: func(ctx context.Context) (handover.Found, error) {
			f, err := m.there.Flow(ctx)
			if err != nil || f.Subscribed {
				return handover.Found{Done: true, Text: "the stream brings rows"}, err
			}
			filled, err = m.to.Filled(ctx)
			return handover.Found{Done: len(filled) == 0, Text: fmt.Sprintf("%d tables have rows", len(filled))}, err
		},
		Do: func(ctx context.Context) (string, error) {
			if !slices.Contains(m.spec.Accept, postgres.NotEmpty) {
				return "", fmt.Errorf("somebody has written to %s on the new side since it was looked at: keep them from it, and "+
					"let the rows go by --accept %s", strings.Join(filled, ", "), postgres.NotEmpty)
			}
			return "the rows went", m.to.EmptyRows(ctx)
		}}
}

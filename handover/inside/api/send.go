package api

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/rung-dev/rung/awswire"
)

const (
	// most is the longest answer that is read: a journal of a move is far shorter.
	most = 64 << 20
	// answerTime bounds one request; a mover of some tens of MB is sent within it.
	answerTime = 2 * time.Minute
)

var ordinary = awswire.Through(answerTime)

// ask makes the call, again where AWS was too busy, and gives its answer.
func (c *Client) ask(ctx context.Context, r request) ([]byte, error) {
	if c.Dry != nil {
		c.Dry(Call{Action: r.permission(), On: r.on, With: r.with})
		return []byte(r.example), nil
	}
	wire := awswire.Client{Config: c.Config, HTTP: c.HTTP, Patience: c.Patience, Most: most}
	if wire.HTTP == nil {
		wire.HTTP = ordinary
	}
	r.Region = c.Region
	answer, err := wire.Ask(ctx, r.Request)
	var refused awswire.Error
	switch {
	case errors.As(err, &refused):
		return nil, Refusal{Action: r.permission(), On: r.on, Answer: refused}
	case err != nil:
		return nil, fmt.Errorf("%s on %s: %w", r.permission(), r.on, err)
	}
	return answer, nil
}

package session

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"time"
)

// Size is that of a terminal, in characters. The zero value is none.
type Size struct {
	Columns int `json:"cols"`
	Rows    int `json:"rows"`
}

// watchSize is how often a terminal's size is looked at.
const watchSize = 500 * time.Millisecond

// Shell is a terminal on the machine: what comes in goes there, what it says goes out. It
// ends when the shell does, or the context. size tells the terminal's size; nil for none.
func (c *Channel) Shell(ctx context.Context, in io.Reader, out io.Writer, size func() Size) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go c.typed(ctx, in)
	if size != nil {
		go c.resize(ctx, size)
	}
	return c.run(ctx, func(_ Type, data []byte) error {
		_, err := out.Write(data)
		return err
	})
}

// typed sends what comes in, once the session has begun. The end of the input is a ^D.
func (c *Channel) typed(ctx context.Context, in io.Reader) {
	select {
	case <-ctx.Done():
		return
	case <-c.ready:
	}
	piece := make([]byte, most)
	for ctx.Err() == nil {
		n, err := in.Read(piece)
		if n > 0 && c.write(piece[:n]) != nil {
			return
		}
		if errors.Is(err, io.EOF) {
			const endOfInput = 4
			_ = c.write([]byte{endOfInput}) // a session that is gone needs none
		}
		if err != nil {
			return
		}
	}
}

// resize tells the machine whenever the terminal's size is another.
func (c *Channel) resize(ctx context.Context, size func() Size) {
	var told Size
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(watchSize):
		}
		now := size()
		if now == told || now == (Size{}) {
			continue
		}
		text, err := json.Marshal(now)
		if err != nil || c.send(sizeOf, text) != nil {
			return
		}
		told = now
	}
}

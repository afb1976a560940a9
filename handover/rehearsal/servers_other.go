//go:build !linux

package rehearsal

import (
	"context"
	"errors"
)

type server struct{}

type servers []*server

func (*server) url() string { return "" }

func startServers(context.Context, string) (servers, error) {
	return nil, errors.New("rehearse a move: it starts servers on Linux only")
}

func (servers) stop() {}

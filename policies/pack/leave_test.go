package pack

import (
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
)

// A server that knows no health checks is an engine that lives.
func TestThePackLeavesWithItsEngine(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	engine := grpc.NewServer()
	served := make(chan error, 1)
	go func() { served <- engine.Serve(listener) }()

	var stopped atomic.Bool
	left := make(chan bool, 1)
	require.NoError(t, leaveWith([]string{listener.Addr().String()}, time.Millisecond, func() { left <- stopped.Load() }))
	time.Sleep(50 * time.Millisecond) // some checks; with fewer the test proves less, and still passes
	stopped.Store(true)
	engine.Stop()
	require.NoError(t, <-served)
	assert.True(t, <-left, "it leaves when the engine is gone, and not before")
}

func TestThePackAloneHasNoEngine(t *testing.T) {
	require.NoError(t, leaveWith(nil, time.Millisecond, func() { t.Error("left") }))
}

package freeport

import (
	"net"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// No port is told of twice, and each can be listened on.
func TestPortsAreFreeAndToldOfOnce(t *testing.T) {
	told := map[int]bool{}
	for range 200 {
		port, err := On("127.0.0.1")
		require.NoError(t, err)
		assert.False(t, told[port], port)
		told[port] = true
		l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		require.NoError(t, err)
		require.NoError(t, l.Close())
	}
}

// The kernel gives none of them to a program that asks for any.
func TestTheKernelGivesNoneOfThemAway(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the range stands in /proc")
	}
	text, err := os.ReadFile("/proc/sys/net/ipv4/ip_local_port_range")
	require.NoError(t, err)
	first, err := strconv.Atoi(strings.Fields(string(text))[0])
	require.NoError(t, err)
	assert.Less(t, Last, first)
}

func TestNoPortIsFree(t *testing.T) {
	_, err := On("192.0.2.1") // of no machine
	require.ErrorIs(t, err, ErrNone)
	assert.ErrorContains(t, err, "at 192.0.2.1: of 500 ports from 20000 to 31999")
}

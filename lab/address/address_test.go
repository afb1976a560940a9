package address

import (
	"errors"
	"fmt"
	"net"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAddressesAreLoopbackAndNotTheFirst(t *testing.T) {
	for i := range 2000 {
		a := nth("/home/a/.rung/lab", fmt.Sprint("i-", i), i%7)
		ip := net.ParseIP(a).To4()
		require.NotNil(t, ip, a)
		assert.EqualValues(t, 127, ip[0])
		assert.GreaterOrEqual(t, ip[1], byte(16), a)
		assert.LessOrEqual(t, ip[1], byte(239), a)
		assert.NotContains(t, []byte{0, 255}, ip[3], a)
	}
}

func TestAnAddressIsChosen(t *testing.T) {
	first, second := nth("lab", "i-1", 0), nth("lab", "i-1", 1)
	for name, tt := range map[string]struct {
		taken map[string]bool
		busy  string
		want  string
	}{
		"the first":                  {want: first},
		"not one that is taken":      {taken: map[string]bool{first: true}, want: second},
		"not one with a busy port":   {busy: first, want: second},
		"another lab's is elsewhere": {want: first},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Choose("lab", "i-1", tt.taken, func(a string) error {
				if a == tt.busy {
					return errors.New("busy")
				}
				return nil
			})
			require.NoError(t, err)
			assert.Equal(t, tt.want, got)
		})
	}
	assert.NotEqual(t, first, nth("lab 2", "i-1", 0))
	_, err := Choose("lab", "i-1", nil, func(string) error { return errors.New("port 5432 is taken") })
	require.ErrorIs(t, err, ErrNone)
	assert.ErrorContains(t, err, "port 5432 is taken")
}

func TestPortsThatAreTakenAreNamed(t *testing.T) {
	l, err := net.Listen("tcp", "127.77.1.2:0")
	require.NoError(t, err)
	defer l.Close()
	port := l.Addr().(*net.TCPAddr).Port
	assert.ErrorContains(t, Free("127.77.1.2", port), "taken by another program")
	assert.NoError(t, Free("127.77.1.3", port), "each machine has its own ports")
}

package distance

import (
	"encoding/json"
	"io"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/lab/site"
	"github.com/rung-dev/rung/lab/unit"
)

func at() site.Site {
	return site.Site{Dir: "/lab", Address: func(machine string, _ ...int) (string, error) { return "to " + machine, nil }}
}

func TestUnitsOfOtherRegionsAreReachedByRelays(t *testing.T) {
	units := []unit.Unit{
		{Name: "db", Region: "us-east-1", Address: "127.0.1.1", Ports: []int{5432}, Hosts: []string{"db"}},
		{Name: "web", Region: "us-east-1", Address: "127.0.2.1", Environment: []string{"DB=127.0.1.1"}},
		{Name: "web-eu", Region: "eu-west-1", Address: "127.0.3.1", Environment: []string{"DB=127.0.1.1:5432", "X=127.0.1.10", "Y=127.0.1.1,127.0.1.1"},
			Prepare: []unit.Command{{Program: []string{"ask", "host=127.0.1.1 port=1"}}}, After: []string{"db"}},
		{Name: "cdn", Address: "127.0.4.1", Files: []unit.File{{Content: "server 127.0.3.1;"}}},
	}
	far, relays, err := Between(units, at(), "/bin/rung")
	require.NoError(t, err)
	relay := "to distance/eu-west-1/127.0.1.1"
	assert.Equal(t, []string{"DB=" + relay + ":5432", "X=127.0.1.10", "Y=" + relay + "," + relay}, far[2].Environment)
	assert.Equal(t, "host="+relay+" port=1", far[2].Prepare[0].Program[1])
	assert.Equal(t, []string{"db", "distance"}, far[2].After)
	assert.Equal(t, []string{"db", relay}, far[0].Hosts, "its certificate is for the relay as well")
	assert.Equal(t, units[1], far[1], "who is in the same region goes straight there")
	assert.Equal(t, units[3], far[3], "what is everywhere is near")
	assert.Equal(t, []string{"db"}, units[0].Hosts, "what was given stays as it is")
	require.Len(t, relays.Units, 1)
	assert.Contains(t, relays.Units[0].Files[0].Content, `"OneWay": 36`)
}

// Where another server takes a place with its address, who asks from afar is told nothing.
func TestARelayStaysWhenAnotherTakesThePlace(t *testing.T) {
	web := unit.Unit{Name: "web", Region: "eu-west-1", Address: "127.0.3.1", Environment: []string{"DB=127.0.1.1"}}
	var said []string
	for _, name := range []string{"db", "db-2"} {
		far, _, err := Between([]unit.Unit{web, {Name: name, Region: "us-east-1", Address: "127.0.1.1", Ports: []int{5432}}},
			at(), "")
		require.NoError(t, err)
		said = append(said, far[0].Starting())
	}
	assert.Equal(t, said[0], said[1])
}

func TestOneRegionNeedsNoRelay(t *testing.T) {
	units := []unit.Unit{{Name: "a", Region: "us-east-1", Address: "127.0.0.2", Environment: []string{"127.0.0.3"}},
		{Name: "b", Region: "us-east-1", Address: "127.0.0.3"}}
	far, relays, err := Between(units, at(), "")
	require.NoError(t, err)
	assert.Equal(t, units, far)
	assert.Empty(t, relays.Units)
}

func TestTheWayIsAsLongAsOnTheGlobe(t *testing.T) {
	for pair, want := range map[[2]string]int{{"us-east-1", "eu-west-1"}: 36, {"eu-west-1", "eu-west-2"}: 3,
		{"us-east-1", "ap-southeast-2"}: 102, {"us-east-1", "moon-1"}: 75, {"us-east-1", "us-east-2"}: 3} {
		assert.InDelta(t, want, oneWay(pair[0], pair[1]), 1, "%v", pair)
		assert.Equal(t, oneWay(pair[0], pair[1]), oneWay(pair[1], pair[0]))
	}
	assert.Equal(t, "all are in one region", Farthest([]string{"us-east-1"}))
}

// echo answers everything with itself; it is its address.
func echo(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.77.5.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go io.Copy(c, c) //nolint:errcheck // it ends with the test
		}
	}()
	return l.Addr().String()
}

// free is an address at which nobody listens.
func free(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.77.5.1:0")
	require.NoError(t, err)
	defer l.Close()
	return l.Addr().String()
}

// tell replaces the list of links as the supervisor does.
func tell(t *testing.T, path string, links ...Link) {
	t.Helper()
	text, err := json.Marshal(links)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path+".new", text, 0o600))
	require.NoError(t, os.Rename(path+".new", path))
}

func reach(t *testing.T, address string) (c net.Conn) {
	t.Helper()
	require.Eventually(t, func() (ok bool) { var err error; c, err = net.Dial("tcp", address); return err == nil },
		time.Minute, 20*time.Millisecond)
	t.Cleanup(func() { c.Close() })
	return c
}

func says(t *testing.T, c net.Conn) {
	t.Helper()
	_, err := c.Write([]byte("hello"))
	require.NoError(t, err)
	answer := make([]byte, 5)
	_, err = io.ReadFull(c, answer)
	require.NoError(t, err)
	assert.Equal(t, "hello", string(answer))
}

// A relay answers, and takes its time both ways. Another way that is added later leaves the
// connections of the first as they are, and one that is taken away is closed.
func TestRelaysAreSlowAndStay(t *testing.T) {
	first, second := Link{Listen: free(t), To: echo(t), OneWay: 60}, Link{Listen: free(t), To: echo(t), OneWay: 1}
	path := filepath.Join(t.TempDir(), "links.json")
	tell(t, path, first)
	go Serve(t.Context(), path, io.Discard) //nolint:errcheck // it ends with the test
	c := reach(t, first.Listen)
	begun := time.Now()
	says(t, c)
	assert.GreaterOrEqual(t, time.Since(begun), 120*time.Millisecond)

	tell(t, path, first, second)
	says(t, reach(t, second.Listen))
	says(t, c)
	tell(t, path, second)
	require.Eventually(t, func() bool {
		again, err := net.Dial("tcp", first.Listen)
		if err == nil {
			again.Close()
		}
		return err != nil
	}, time.Minute, 20*time.Millisecond)
}

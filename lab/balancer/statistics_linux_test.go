package balancer

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestStatisticsSayWhatEachGroupWasAskedAndWhoIsDown(t *testing.T) {
	got, err := readStatistics(strings.NewReader("# pxname,svname,qcur,stot,status,last_chk,hrsp_5xx,rtime,\n" +
		"port-80,FRONTEND,,9,OPEN,,9,,\ntg-a,i-1,0,4,UP,,2,9,\ntg-a,i-2,0,4,DOWN 1/2,Connection refused,1,9,\n" +
		"tg-a,open-i-1,0,0,no check,,0,0,\ntg-a,BACKEND,0,7,UP,,5,250,\ntg-b,BACKEND,0,0,DOWN,,,,\n\n"))
	require.NoError(t, err)
	assert.Equal(t, Statistics{Requests: map[string]float64{"tg-a": 7, "tg-b": 0},
		Errors: map[string]float64{"tg-a": 3}, Slowness: map[string]float64{"tg-a": 0.25, "tg-b": 0},
		Unhealthy: map[string]float64{"tg-a": 1},
		Down:      []string{"i-2 does not pass the health check of tg-a: Connection refused"}}, got)
	seconds, known := got.Slow("tg-a", enough)
	assert.True(t, known)
	assert.InDelta(t, 0.25, seconds, 1e-9)
	_, known = got.Slow("tg-a", enough-1)
	assert.False(t, known, "nobody asks: it is what the first ones took")
	_, err = readStatistics(strings.NewReader(""))
	assert.ErrorContains(t, err, "read the load balancer's statistics")
	_, err = StatisticsOf(t.TempDir())
	assert.ErrorContains(t, err, "ask the load balancer")
}

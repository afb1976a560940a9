package balancer

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestStatisticsSayWhatEachGroupWasAsked(t *testing.T) {
	got, err := readStatistics(strings.NewReader("# pxname,svname,qcur,stot,\nport-80,FRONTEND,,9,\ntg-a,i-1,0,4,\n" +
		"tg-a,BACKEND,0,7,\ntg-b,BACKEND,0,0,\n\n"))
	require.NoError(t, err)
	assert.Equal(t, map[string]float64{"tg-a": 7, "tg-b": 0}, got)
	_, err = Requests(t.TempDir())
	assert.ErrorContains(t, err, "ask the load balancer")
}

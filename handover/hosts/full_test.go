package hosts_test

import (
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/rung-dev/rung/handover/hosts"
)

// The claim of the README, measured: 2 GB, 200 writes a second and reads beside them,
// there, back and there again. RUNG_HANDOVER_MB takes another size.
func TestTwoGigabytesUnderLoad(t *testing.T) {
	if !full {
		t.Skip("minutes: RUNG_HANDOVER=full go test ./handover/hosts -run TestTwoGigabytesUnderLoad -v -timeout 60m")
	}
	megabytes := 2048
	if n, err := strconv.Atoi(os.Getenv("RUNG_HANDOVER_MB")); err == nil {
		megabytes = n
	}
	w := newWorld(t, schema+`; CREATE TABLE bulk (id bigserial PRIMARY KEY, text text NOT NULL)`)
	began := time.Now()
	for range (megabytes + 63) / 64 { // rows of a kilobyte, which PostgreSQL does not compress
		w.execWithin(10*time.Minute, w.spec.From, `INSERT INTO bulk (text) SELECT repeat(md5(random()::text), 30)
			FROM generate_series(1, 62000)`)
	}
	mb := w.count(w.spec.From, "SELECT pg_total_relation_size('bulk') >> 20")
	t.Logf("filled %d MB in %s", mb, time.Since(began).Round(time.Second))
	w.spec.MaxPause = 2 * time.Second
	a := w.use(200, 200)
	copied := w.timed(hosts.CommandStart)
	t.Logf("start took %s: %.0f MB/s", copied, float64(mb)/copied.Seconds())
	for _, command := range []string{hosts.CommandSwitch, hosts.CommandBack, hosts.CommandSwitch} {
		time.Sleep(5 * time.Second)
		t.Logf("%s took %s with its comparison", command, w.timed(command))
	}
	time.Sleep(2 * time.Second)
	a.end()
	t.Logf("%d writes acknowledged, %d refused, %d failed; %d reads, %d failed; lost %d", len(a.acked), a.refused.Load(),
		len(a.failures), a.reads.Load(), a.badReads.Load(), len(a.lost(w.spec.To)))
	t.Logf("longest pause %s, longest wait of a write %s, longest time without an acknowledged write %s", w.paused(),
		a.longest, a.gap())
	assert.Empty(t, a.lost(w.spec.To))
	assert.Empty(t, a.failures)
	assert.Zero(t, a.badReads.Load())
	assert.LessOrEqual(t, w.paused(), 2*time.Second)
}

func (w *world) timed(command string) time.Duration {
	w.t.Helper()
	began := time.Now()
	w.doWithin(30*time.Minute, command)
	return time.Since(began).Round(10 * time.Millisecond)
}

package tests

import (
	"bufio"
	"bytes"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// mostAtStart is what a package of ours may put on the heap before a process does
// anything, in bytes: every command begins with it, and a sweep with thousands.
const mostAtStart = 400 << 10

// began is a line of the runtime's about a package that it made ready.
var began = regexp.MustCompile(`^init (\S+) @.* (\d+) bytes, \d+ allocs$`)

// Tables are read and patterns are compiled when somebody needs them, not at the
// start of every process. The heap that is never collected is there before the rest.
func TestLittleIsMadeAtTheStart(t *testing.T) {
	t.Parallel()
	cmd := exec.CommandContext(t.Context(), shared.bin, "version")
	cmd.Env = clean("GODEBUG=inittrace=1", "HOME="+t.TempDir())
	var said bytes.Buffer
	cmd.Stderr = &said
	require.NoError(t, cmd.Run())
	before, ballast := 0, false
	for lines := bufio.NewScanner(&said); lines.Scan(); {
		m := began.FindStringSubmatch(lines.Text())
		if m == nil {
			continue
		}
		size, err := strconv.Atoi(m[2])
		require.NoError(t, err)
		switch {
		case strings.HasSuffix(m[1], "/cmd/rung/ballast"):
			ballast = true
			assert.Less(t, before, 4<<20, "the ballast comes before the first collection")
		case strings.HasPrefix(m[1], "github.com/rung-dev/rung"), m[1] == "main":
			assert.LessOrEqual(t, size, mostAtStart, m[1])
		}
		before += size
	}
	assert.True(t, ballast, said.String())
}

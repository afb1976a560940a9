package tests

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// Where a stack lies is nobody's business: no character of the directory's name
// means anything.
func TestOddDirectories(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"100%", "%41 %zz", "a b", "#1", "why?x=1&y", "a:b", `quo"te's`, "[x]*", "back\\slash",
		"ümläut", "$HOME", "-rf", "new\nline", "com,ma;"} {
		t.Run(name, func(t *testing.T) {
			u := newUser(t)
			u.dir = filepath.Join(u.dir, name)
			require.NoError(t, os.Mkdir(u.dir, 0o755))
			u.does("up", "1")
			u.consistent()
			u.unchanged("1")
		})
	}
}

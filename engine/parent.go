package engine

import (
	"io"
	"os"
	"time"
)

// lastWords is how long a plugin whose engine is gone may take to end by itself.
const lastWords = 500 * time.Millisecond

// EndWithEngine ends this process when the engine that started it as a plugin or
// as a policy pack is gone, however it went: the engine holds the other end of the
// standard input, and the system closes that for it, after a kill -9 as well. Call it
// first thing in an executable that plays a plugin. Where the standard input is no
// pipe nobody started the process so, and nothing happens.
func EndWithEngine() {
	info, err := os.Stdin.Stat()
	if err != nil || info.Mode()&os.ModeNamedPipe == 0 {
		return
	}
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin) // an error is an end, too
		time.Sleep(lastWords)
		os.Exit(1)
	}()
}

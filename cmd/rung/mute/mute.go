// Package mute keeps the terminal from being asked for its colours, which a library of
// Pulumi's does when a process starts, of every command and whether it writes colours or not
// (bubbletea, by way of cmdutil). A terminal that does not know the question shows a part of
// it, and each command waits five seconds for the answer.
//
// It imports nothing but syscall, so that it is initialized before that library: to a dumb
// terminal it puts no question. The command calls Restore before anything else.
package mute

import "syscall"

var (
	term, known = syscall.Getenv("TERM")
	_           = syscall.Setenv("TERM", "dumb")
)

// Restore gives TERM back as it was.
func Restore() {
	if known {
		_ = syscall.Setenv("TERM", term) // the value was one a moment ago
		return
	}
	_ = syscall.Unsetenv("TERM")
}

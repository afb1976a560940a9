// Package unit says what a server of the lab is: a program with its files, its
// address, and how to tell that it is well. Units are plain data, decided from the
// cloud's resources without touching the machine, so that what a resource becomes is
// a table of a test. Carrying them out is the supervisor's.
package unit

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"syscall"
)

// User is whom a program runs as.
type User string

// The users. Database is an account without rights, because PostgreSQL refuses to run
// as root; where the lab itself is no root's, both are the same.
const (
	Self     User = ""
	Database User = "database"
)

// Unit is one server of the lab.
type Unit struct {
	// Name is unique in the lab and stays with the resource: "i-0abc/postgresql".
	Name string
	// What is what people call it: "PostgreSQL 15 for 17, primary".
	What string
	// Region is where it is; empty is everywhere.
	Region string
	// Address is the machine's, in 127.0.0.0/8; Ports are what the program listens on.
	Address string
	Ports   []int
	// Also are further addresses at which it listens on the same ports: those of endpoints
	// that go with the writes.
	Also []string
	// Dir is the directory of the unit's data and files, absolute. It is made where it
	// is missing, for User alone.
	Dir string
	// Program is the command line; nothing looks for the program on the PATH.
	Program []string
	// Environment is all that the program reads, "NAME=value".
	Environment []string
	User        User
	// Hosts are the names and addresses for which the unit has a certificate of the lab's
	// authority: Dir/server.crt, Dir/server.key, and both in Dir/server.pem.
	Hosts []string
	// Rereads is a program that takes another certificate when it is told by Reload: names
	// that are added do not start it anew.
	Rereads bool
	// Files are written before the program starts, and whenever they change.
	Files []File
	// Prepare runs before each start, in order; the program does not start when one fails.
	Prepare []Command
	// Ready runs once the unit is well, and again whenever it changes.
	Ready []Command
	// After are the units that must be well before this one starts.
	After []string
	// Health is how to tell that it is well. The zero value: while it runs.
	Health Health
	// Balances marks HAProxy with machines behind it: nothing is settled while one of them
	// does not pass its checks, though others may build on it.
	Balances bool
	Stop     Stop
	// Reload is sent when files with Reload change; without one, the program reads them
	// by itself.
	Reload syscall.Signal
	// Check says, before new files with Reload are put in place, whether the program
	// will take them: it looks at each under its name with Fresh at the end.
	Check []string
	// Once runs to its end instead of being kept running.
	Once bool
	// Processors is how many of the host's it may take at once, with all that it starts;
	// zero is any.
	Processors int

	sums *sums // see Sealed
}

// sums are a unit's hashes.
type sums struct{ starting, loaded, readied string }

// Sealed is the unit with its hashes computed, for whoever asks for them again and
// again. It must not be changed any more.
func (u Unit) Sealed() Unit {
	u.sums = &sums{u.Starting(), u.Loaded(), u.Readied()}
	return u
}

// Signals by Linux' numbers, which other systems' packages do not name.
const (
	HUP  = syscall.Signal(1)
	QUIT = syscall.Signal(3)
	USR1 = syscall.Signal(10)
	USR2 = syscall.Signal(12)
)

// Fresh ends the name of a file that is not in its place yet.
const Fresh = ".fresh"

// File is a file of a unit.
type File struct {
	Path, Content string // Path is absolute
	// Reload files change while the program runs; others start it anew.
	Reload bool
}

// Command is a program that runs to its end.
type Command struct {
	Program []string
	// Environment is added to the unit's.
	Environment []string
	// Input is what it reads.
	Input string
	// Mark is a file that is written when the command has succeeded; while it is there,
	// the command does not run again.
	Mark string
	// Into is a directory that the command fills: it is emptied before, because a
	// command that was killed in the middle leaves a half of it.
	Into string
}

// Kind is how a unit is asked whether it is well.
type Kind string

// The kinds of health.
const (
	Runs     Kind = ""
	TCP      Kind = "tcp"
	HTTP     Kind = "http"    // 200 at Path
	Answers  Kind = "answers" // anything but 5xx at Path: whoever stands behind it serves
	Postgres Kind = "postgres"
	Redis    Kind = "redis"
)

// Health is how to ask.
type Health struct {
	Kind Kind
	Port int
	Path string
	// TLS is spoken, without a look at the certificate.
	TLS bool
}

// Stop is how a unit ends: by a signal, and by SIGKILL when it takes longer. The
// zero value is SIGTERM and ten seconds.
type Stop struct {
	Signal  syscall.Signal
	Seconds int
	// Linger is for how many seconds it goes on when nothing wants it any more, as what AWS
	// takes minutes to take down, and people still come to; zero is not at all.
	Linger int
}

// WithDefaults fills in what was left out.
func (s Stop) WithDefaults() Stop {
	if s.Signal == 0 {
		s.Signal = syscall.SIGTERM
	}
	if s.Seconds == 0 {
		s.Seconds = 10
	}
	return s
}

// Starting is a hash of all that the program is started with: another one starts it
// anew.
func (u Unit) Starting() string {
	if u.sums != nil {
		return u.sums.starting
	}
	type fixed struct {
		Program, Environment, Hosts []string
		User                        User
		Prepare                     []Command
		Files                       []File
	}
	f := fixed{Program: u.Program, Environment: u.Environment, Hosts: u.Hosts, User: u.User, Prepare: u.Prepare}
	if u.Rereads {
		f.Hosts = []string{u.Address}
	}
	for _, file := range u.Files {
		if !file.Reload {
			f.Files = append(f.Files, file)
		}
	}
	return sum(f)
}

// Loaded is a hash of the files that the program reads while it runs, and of the names in
// its certificate where it takes another.
func (u Unit) Loaded() string {
	if u.sums != nil {
		return u.sums.loaded
	}
	var read struct {
		Files []File
		Hosts []string
	}
	for _, file := range u.Files {
		if file.Reload {
			read.Files = append(read.Files, file)
		}
	}
	if u.Rereads {
		read.Hosts = u.Hosts
	}
	return sum(read)
}

// Readied is a hash of what runs once the unit is well; empty where there is nothing.
func (u Unit) Readied() string {
	if u.sums != nil {
		return u.sums.readied
	}
	if len(u.Ready) == 0 {
		return ""
	}
	return sum(u.Ready)
}

func sum(v any) string {
	text, _ := json.Marshal(v) // plain values: cannot fail
	h := sha256.Sum256(text)
	return hex.EncodeToString(h[:8])
}

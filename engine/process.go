package engine

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// process is a process of this machine. Start tells it from a later one that got
// the same number: the machine's boot and the moment in it, which no change of the
// clock moves. It is empty where there is no /proc (macOS).
type process struct {
	PID   int    `json:"pid"`
	Start string `json:"start,omitempty"`
}

// identify is the process that has a number now.
func identify(pid int) process {
	p := process{PID: pid}
	fields := stat(pid)
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	const started = 19 // field 22 of the whole file
	if err == nil && len(fields) > started {
		p.Start = strings.TrimSpace(string(boot)) + "/" + string(fields[started])
	}
	return p
}

// runs reports whether it is that very process which runs.
func (p process) runs() bool {
	if !alive(p.PID) {
		return false
	}
	now := identify(p.PID)
	return p.Start == "" || now.Start == "" || p.Start == now.Start
}

// alive reports whether a process has that number. One that has ended and that
// nobody has asked for since does not count: in a container it stays for ever.
func alive(pid int) bool {
	if pid <= 0 {
		return false
	}
	if fields := stat(pid); len(fields) > 0 && (string(fields[0]) == "Z" || string(fields[0]) == "X") {
		return false
	}
	return exists(pid)
}

// programOf is the name of the program that a process runs, "" where it cannot
// be told.
func programOf(pid int) string {
	text, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "cmdline"))
	name, _, _ := bytes.Cut(text, []byte{0})
	if err != nil || len(name) == 0 {
		return ""
	}
	return filepath.Base(string(name))
}

// stat are the fields of a process behind its name, the state first; nil where
// there is no such process or no /proc.
func stat(pid int) [][]byte { return fieldsOf(filepath.Join("/proc", strconv.Itoa(pid), "stat")) }

// fieldsOf reads a stat file; the second field is a name in brackets that may
// hold anything.
func fieldsOf(stat string) [][]byte {
	text, err := os.ReadFile(stat)
	if err != nil {
		return nil
	}
	return bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
}

// descendants are the processes started by a process and by those, nearest first.
// Where there is no /proc (macOS) it finds none, and plugins end by themselves when
// they notice that their engine is gone.
func descendants(pid int) []int {
	children := map[int][]int{}
	files, _ := filepath.Glob("/proc/[0-9]*/stat") // the pattern is well-formed
	for _, f := range files {
		child, err := strconv.Atoi(filepath.Base(filepath.Dir(f)))
		if parent, ok := parentOf(f); ok && err == nil {
			children[parent] = append(children[parent], child)
		}
	}
	var all []int
	for next := children[pid]; len(next) > 0; {
		all = append(all, next[0])
		next = append(next[1:], children[next[0]]...)
	}
	return all
}

// parentOf reads the fourth field of a stat file.
func parentOf(stat string) (int, bool) {
	fields := fieldsOf(stat)
	if len(fields) < 2 {
		return 0, false
	}
	parent, err := strconv.Atoi(string(fields[1]))
	return parent, err == nil
}

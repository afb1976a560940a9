package tests

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"time"
)

// watchMemory follows a process and all that it starts until it is gone, and then
// gives the most memory that they took together, in KiB. What processes share
// counts once. It reads Linux's /proc; elsewhere the answer is zero.
func watchMemory(pid int) <-chan int {
	peak := make(chan int, 1)
	go func() {
		most := 0
		for now := 1; now > 0; time.Sleep(200 * time.Millisecond) {
			now = 0
			for _, p := range family(pid) {
				now += share(p)
			}
			most = max(most, now)
		}
		peak <- most
	}()
	return peak
}

// family is a process and all its descendants.
func family(pid int) []int {
	members := []int{pid}
	threads, _ := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid)) // none when it is gone by now
	for _, thread := range threads {
		text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%s/children", pid, thread.Name()))
		for field := range strings.FieldsSeq(string(text)) {
			var child int
			if _, err := fmt.Sscan(field, &child); err == nil {
				members = append(members, family(child)...)
			}
		}
	}
	return members
}

// share is a process's proportional share of memory in KiB; zero when it is gone.
func share(pid int) int {
	file, err := os.Open(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	if err != nil {
		return 0
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var kib int
		if _, err := fmt.Sscanf(lines.Text(), "Pss: %d kB", &kib); err == nil {
			return kib
		}
	}
	return 0
}

package main

import (
	"os"
	"time"

	"github.com/prometheus/procfs"
)

// tick is the unit of time in /proc/PID/stat: Linux tells programs 100 a
// second, whatever it counts in itself.
const tick = 10 * time.Millisecond

// cpuTime is how much processor time this process and the servers that it has
// started have used, with those of their children that have ended. Where there is
// no /proc it is 0.
func cpuTime() (all time.Duration) {
	processes, _ := procfs.AllProcs()
	used, children := map[int]time.Duration{}, map[int][]int{}
	for _, p := range processes {
		s, err := p.Stat()
		if err != nil {
			continue // it has ended
		}
		used[p.PID] = tick * time.Duration(int(s.UTime)+int(s.STime)+s.CUTime+s.CSTime)
		children[s.PPID] = append(children[s.PPID], p.PID)
	}
	for queue := []int{os.Getpid()}; len(queue) > 0; queue = queue[1:] {
		all += used[queue[0]]
		queue = append(queue, children[queue[0]]...)
	}
	return all
}

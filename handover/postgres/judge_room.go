package postgres

import (
	"fmt"
	"time"
)

// room asks for the disk that the copy needs on the new side, and for that of the
// log which the old side keeps while it lasts.
func (j *judge) room() {
	bytes := j.from.Bytes
	if len(j.from.Only) > 0 {
		bytes = allBytes(j.from)
	}
	need := int64(float64(bytes) * spare)
	j.disk("to", j.to.FreeBytes, j.o.ToFree, need, "for the copy")
	log := int64(float64(j.from.WALPerSecond) * CopyTime(j.from, j.o).Seconds() * spare)
	j.disk("from", j.from.FreeBytes, j.o.FromFree, log, fmt.Sprintf("for the log while the copy lasts, at %s/s",
		sized(j.from.WALPerSecond)))
}

func (j *judge) disk(side string, measured, said, need int64, what string) {
	free := measured
	if free < 0 || said > 0 && said < free { // a quota of which the server knows nothing
		free = said
	}
	switch {
	case free <= 0:
		j.add(Stops, "disk-unknown", fmt.Sprintf("nobody says how much disk is free on the side %q; wants %s %s", side,
			sized(need), what), fmt.Sprintf("look, and say it: --%s-free SIZE, such as 50GB", side))
	case free < need:
		j.add(Stops, "disk", fmt.Sprintf("%s of disk are free on the side %q, wants %s %s", sized(free), side, sized(need),
			what), "make the disk larger before the move")
	}
}

// CopyTime is about how long the copy takes: the rows at the rate of a copy.
func CopyTime(from Survey, o Options) time.Duration {
	rate := o.CopyBytesPerSecond
	if rate <= 0 {
		rate = CopyRate
	}
	return time.Duration(float64(allBytes(from)) / float64(rate) * float64(time.Second)).Round(time.Second)
}

// allBytes is the size of all tables that move, with their indexes.
func allBytes(v Survey) (all int64) {
	for _, t := range v.Tables {
		all += t.AllBytes
	}
	return all
}

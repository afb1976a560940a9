package database

import "github.com/rung-dev/rung/machine"

// Cores are the vCPUs of an instance class, "db.m7g.large" say, from which the
// app sizes its pools. It fails for the classes for which MemoryGiB does.
func Cores(class string) (int, error) {
	if _, err := MemoryGiB(class); err != nil {
		return 0, err
	}
	return machine.RDS.VCPUs(class), nil
}

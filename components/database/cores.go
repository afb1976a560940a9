package database

import "strings"

// burstableCores are the vCPUs of the burstable sizes (t3, t4g).
// Source: the RDS user guide's table of DB instance classes.
var burstableCores = map[string]int{"micro": 2, "small": 2, "medium": 2, "large": 2, "xlarge": 4, "2xlarge": 8}

// Cores are the vCPUs of an instance class, "db.m7g.large" say, from which the
// app sizes its pools. It fails for the classes for which MemoryGiB does.
func Cores(class string) (int, error) {
	if _, err := MemoryGiB(class); err != nil {
		return 0, err
	}
	parts := strings.Split(class, ".") // db, family and size: MemoryGiB knows them
	if strings.HasPrefix(parts[1], "t") {
		return burstableCores[parts[2]], nil
	}
	return vcpus[parts[2]], nil
}

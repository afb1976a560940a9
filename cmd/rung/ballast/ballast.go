// Package ballast is memory that nobody touches, so that the system never gives it,
// but which the garbage collector counts: rung, its plugins and its policy pack mostly
// live for a second or two, and without it spend a tenth of that on collecting a heap
// of a few MiB again and again (BenchmarkRatios in tests/).
//
// It imports nothing, so that it is made before most packages have put anything on the
// heap: made last, by the command, it took memory that was used before, which the
// runtime then cleared, all of it.
package ballast

// memory is kept by being a variable of a package.
var memory = make([]byte, 64<<20)

// Size is how much memory it stands for, in bytes.
func Size() int { return len(memory) }

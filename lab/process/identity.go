// Package process starts programs that outlive whoever started them, and finds them
// again by number and moment of start, never by name.
//
// A program does not begin before its starter says so: until then its place is held
// by a shell that waits, and that ends when its starter does. So whoever writes the
// number down first knows of every program that ever ran, also when it is killed at
// the worst moment.
package process

// Identity is one process of this machine, told from a later one of the same number
// by the machine's boot and the moment in it.
type Identity struct {
	PID   int    `json:"pid"`
	Start string `json:"start"`
}

// Package tests holds the tests of the whole system: the real Pulumi engine
// over the offline cloud, from the command line down to the state file.
//
// They need the Pulumi CLI, which is built once from tools/go.mod where it is
// missing; a run takes minutes. There is nothing in it to import.
package tests

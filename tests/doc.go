// Package tests holds the tests of the whole system: the real Pulumi engine
// over the offline cloud, from the command line down to the state file.
//
// A run takes minutes. There is nothing in it to import.
package tests

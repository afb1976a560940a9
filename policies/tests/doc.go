// Package tests holds the pack against whole programs: on the real engine, and
// every stage with every choice of its configuration against every rule. It
// compiles AWS's SDK, which nothing else under policies needs.
package tests

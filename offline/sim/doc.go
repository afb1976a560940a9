// Package sim is the core of the offline cloud: it turns a table of resource
// kinds into a Pulumi provider.
//
// A [Kind] says how one resource type behaves: what it needs, what it fills in,
// what forces a replacement, what it refers to and which of the real service's
// rules can refuse it. A [Package] is a set of kinds and invokes; a [Provider]
// serves it to the Pulumi engine and keeps what was created in a [Store], one
// JSON file that several provider processes share.
//
// It costs nothing and reaches no network. It refuses what it does not know: a
// type without a Kind, a property that the real provider lacks, an id that is
// not in the state. It answers at once where the real cloud makes one wait.
package sim

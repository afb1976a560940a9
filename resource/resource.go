// Package resource is rung's one model of a resource of a stack: its type, its
// place among components and regions, and its properties as plain values, in
// which what is not known and what is secret are marked.
//
// Estimates, reports and policies see resources through it, whichever source
// they come from: the engine's events, a state, a program that was recorded, or
// what the engine shows a policy pack. Each source has one reader; what they
// share is here, so that all of them give an estimate the same resources. The
// package knows no prices and no rules, and imports nothing of rung's.
package resource

// Resource is one resource of a stack.
type Resource struct {
	// URN identifies the resource within the stack.
	URN string
	// Type is the Pulumi type token, for example "aws:ec2/instance:Instance".
	Type string
	// Name is the logical name.
	Name string
	// Component is the name of the component that the resource belongs to, as
	// [Place] finds it; empty for a resource of its own.
	Component string
	// Region is the AWS region; empty means the stack's own.
	Region string
	// Group is true for what only holds resources together: components, stacks
	// and providers. It costs nothing.
	Group bool
	// External is true for a resource that the stack only reads.
	External bool
	// Props are the inputs merged with the outputs, by [Planned] or [Standing],
	// under Pulumi's property names: plain JSON values, Unknown{} or Secret. The id,
	// where there is one, is under "id".
	Props map[string]any
	// Dependencies are, per property, the URNs of the resources from whose
	// outputs it is made, as Pulumi records them. They resolve references that
	// are not known yet. May be nil where the source does not tell.
	Dependencies map[string][]string
}

package preview

import "slices"

// Violation is what a policy said of the plan.
type Violation struct {
	// ID is the rule's.
	ID string `json:"id"`
	// Level is "mandatory", which stops the plan, or "advisory".
	Level string `json:"level"`
	// URN is the resource's; the stack's for the stack as a whole.
	URN string `json:"urn"`
	// Message names the resource, the property, the value found and the fix.
	Message string `json:"message"`
	// Note is true for what is no finding: a value that is not known before
	// the deployment, say.
	Note bool `json:"note,omitempty"`
}

// Mandatory is the level that stops a plan.
const Mandatory = "mandatory"

// Stopping reports whether one of them stops the plan.
func Stopping(all []Violation) bool {
	return slices.ContainsFunc(all, func(v Violation) bool { return v.Level == Mandatory })
}

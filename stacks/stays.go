package stacks

import (
	"slices"

	"github.com/rung-dev/rung/resource/token"
)

// staying are the types of resources that stay in the account when they leave
// a stack: a role that an account has once for all its stacks, a function whose
// copies at the edge AWS takes hours to give up, and files for which pages and
// machines of before still ask, which go with their bucket.
var staying = []string{
	token.IAMServiceLinkedRole,
	token.LambdaFunction,
	token.S3BucketObjectv2,
}

// Stays reports whether a type is one of those that stay in the account when they
// leave a stack.
func Stays(typ string) bool { return slices.Contains(staying, typ) }

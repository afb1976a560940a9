// Package cloudfront simulates CloudFront: distributions, the policies of their behaviors, and what runs
// or is stored at the edge.
package cloudfront

import "github.com/rung-dev/rung/offline/sim"

// Kinds is the table of what CloudFront has.
func Kinds() []sim.Kind { return append(cloudFront(), storeKey()) }

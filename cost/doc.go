// Package cost estimates what the resources of a Pulumi stack cost in a month.
//
// It works on a type token and its properties, nothing else, so that the same
// code prices a preview, a state file and a policy check, of rung's own stacks
// and of any other. Usage that no property tells (requests, bytes, jobs) is
// derived from a traffic profile, or left out and said to be left out.
//
// Every resource ends as priced, free, usage-based or unpriced, each with its
// reason; nothing vanishes and nothing is guessed. Prices are dated facts with
// a source, embedded in the binary: an estimate needs no network and no
// account. Money is decimal, and every line is rounded to cents before it is
// added, so that the lines always add up to the total.
//
// What it refuses: a price for a type, a size or a region that the catalogue
// does not hold. It says so, or, if asked, takes the price of us-east-1 and
// says that.
package cost

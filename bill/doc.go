// Package bill reads what AWS billed for a month and sets it against an estimate.
//
// It takes the two forms in which AWS hands a bill over, FOCUS 1.x and the cost and
// usage report (CUR 2.0, and the older one with slashes in its columns), as CSV, packed
// with gzip, or as Parquet. Compare finds for each charge the resource of the stack and
// the line of the estimate that it belongs to, and names every deviation by its cause:
// usage, price, discount, or something that the estimate does not model. The parts add
// up to the difference, to the cent. Calibrate makes a file of usage of it.
//
// It reads files only; it asks no account for anything.
package bill

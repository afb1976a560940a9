// Package pricelist reads new prices from AWS's own Price List and writes them
// where the catalogue of package cost finds them.
//
// It reads the bulk offer files, which AWS publishes for everyone:
// https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/… They need no
// credentials and no SDK, can be mirrored, and each says when it was published.
// The Query API would send less, but asks for credentials and a permission to
// read what is public. A file is read as it arrives and never kept; the largest,
// of EC2, has about half a gigabyte for each region, of which the on-demand
// prices are the first half and the rest is not asked for.
//
// A filter says which product of the list a price of the catalogue is
// (filters.csv). What has no filter, what the list does not hold, what it holds
// twice at different prices and what came out of all proportion is left as it is
// and named with the reason. Nothing is written unless all files were read.
//
// What it refuses: a file in another form than AWS documents, and prices in
// another currency than USD.
package pricelist

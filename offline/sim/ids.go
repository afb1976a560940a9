package sim

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/big"
	"strings"
)

// hash is the root of everything generated for a resource: stable for account,
// region, URN and incarnation, so that a replacement gets new ids and nothing
// else changes.
func (o *Op) hash(salt string) []byte {
	sum := sha256.Sum256([]byte(strings.Join([]string{
		o.Account, o.home(), o.URN, fmt.Sprint(o.Incarnation), salt,
	}, "\x00")))
	return sum[:]
}

// Hex gives n (at most 64) hex digits, different for each salt.
func (o *Op) Hex(n int, salt string) string { return hex.EncodeToString(o.hash(salt))[:n] }

// HexID gives an id in EC2's form: prefix, dash, "0" and 16 hex digits.
func (o *Op) HexID(prefix string) string { return prefix + "-0" + o.Hex(16, prefix) }

// UUID gives a version 4 UUID.
func (o *Op) UUID(salt string) string {
	h := o.Hex(32, "uuid "+salt)
	return fmt.Sprintf("%s-%s-4%s-a%s-%s", h[:8], h[8:12], h[13:16], h[17:20], h[20:32])
}

// Upper gives n capital letters and digits, as CloudFront and Route 53 ids have.
func (o *Op) Upper(n int, salt string) string {
	return o.text(n, salt, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
}

// Lower gives n small letters and digits, as many DNS names have.
func (o *Op) Lower(n int, salt string) string {
	return o.text(n, salt, "abcdefghijklmnopqrstuvwxyz0123456789")
}

// Digits gives n decimal digits.
func (o *Op) Digits(n int, salt string) string { return o.text(n, salt, "0123456789") }

// Pick gives a number from 0 to n-1.
func (o *Op) Pick(n int, salt string) int {
	return int(new(big.Int).Mod(new(big.Int).SetBytes(o.hash(salt)), big.NewInt(int64(n))).Int64())
}

func (o *Op) text(n int, salt, alphabet string) string {
	var b strings.Builder
	for i := range n {
		b.WriteByte(alphabet[o.Pick(len(alphabet), fmt.Sprint(salt, i))])
	}
	return b.String()
}

// ARN gives an ARN of this account and region.
func (o *Op) ARN(service, resource string) string {
	return strings.Join([]string{"arn", o.Partition, service, o.Region, o.Account, resource}, ":")
}

// GlobalARN gives an ARN without a region, as IAM and CloudFront have.
func (o *Op) GlobalARN(service, resource string) string {
	return strings.Join([]string{"arn", o.Partition, service, "", o.Account, resource}, ":")
}

package main

import (
	"encoding/json"

	"github.com/shopspring/decimal"

	"github.com/rung-dev/rung/outside/figure"
)

// The copy has one price of Red Hat's Linux for a type, and for about half of the types
// it is the one with the High Availability add-on: what a type costs above Linux is,
// per vCPU, either of two amounts, in no order. AWS asks the lower one of each since
// July 2024 (its page on the prices of RHEL: c5.xlarge became 0.0024 an hour cheaper than
// 0.06, c5.4xlarge 0.0428 dearer than 0.13), falling with the number of vCPUs.
func redHatFee(cpus int64) decimal.Decimal {
	each := decimal.New(144, -4)
	switch {
	case cpus >= 128:
		each = decimal.New(96, -4)
	case cpus > 8:
		each = decimal.New(108, -4)
	}
	return each.Mul(decimal.NewFromInt(cpus))
}

// tolerance is how far a listed price may be from the one with the fee, as a part of the
// fee, because prices of older types are rounded.
var tolerance = decimal.New(5, -2)

// redHat is the price of a type with Red Hat's Linux: as it is listed where that is the
// one without the add-on, else Linux's with the fee.
func redHat(cpus int64, prices map[string]json.RawMessage) string {
	listed := column{engine: "rhel"}.of(prices)
	own, err := figure.Parse(listed)
	linux, err2 := figure.Parse(column{engine: "linux"}.of(prices))
	if err != nil || err2 != nil || cpus == 0 {
		return listed
	}
	fee := redHatFee(cpus)
	if own.Sub(linux).Sub(fee).Abs().LessThanOrEqual(fee.Mul(tolerance)) {
		return listed
	}
	return linux.Add(fee).String()
}

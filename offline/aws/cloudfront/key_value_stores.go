package cloudfront

import (
	"fmt"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// The bounds of a key-value store, in bytes (CloudFront developer guide,
// "Quotas on key value stores").
const (
	storeKeyBytes   = 512
	storeValueBytes = 1024
	storeBytes      = 5 * 1024 * 1024
)

func storeKey() sim.Kind {
	return sim.Kind{
		Token: token.CloudFrontKeyvaluestoreKey, Service: "CloudFront KeyValueStore", API: "Key", Global: true,
		Verbs:     map[sim.Verb]string{sim.Create: "PutKey", sim.Update: "PutKey"},
		ReplaceOn: []string{"key", "keyValueStoreArn"},
		ID:        func(o *sim.Op) string { return o.In.Str("keyValueStoreArn") + "," + o.In.Str("key") },
		Outputs: func(o *sim.Op) sim.Props {
			return sim.Props{"totalSizeInBytes": len(o.In.Str("key")) + len(o.In.Str("value"))}
		},
		Changing: func(o *sim.Op) []string { return []string{"totalSizeInBytes"} },
		Refs:     []sim.Ref{{Path: "keyValueStoreArn", To: []sim.Target{{Token: token.CloudFrontKeyValueStore, By: "arn"}}, Missing: "ResourceNotFoundException"}},
		Rules:    sim.Many(sim.Create|sim.Update, storeHasRoom),
	}
}

func storeHasRoom(o *sim.Op) error {
	key, value := len(o.In.Str("key")), len(o.In.Str("value"))
	total := key + value
	for _, other := range o.Others() {
		if other.Props.Str("keyValueStoreArn") == o.In.Str("keyValueStoreArn") {
			total += len(other.Props.Str("key")) + len(other.Props.Str("value"))
		}
	}
	switch {
	case key == 0 || key > storeKeyBytes:
		return sim.Refuse("ValidationException", fmt.Sprintf("The key has %d bytes, want 1 to %d", key, storeKeyBytes),
			"Shorten it.")
	case value > storeValueBytes:
		return sim.Refuse("ValidationException",
			fmt.Sprintf("The value of %s has %d bytes, at most %d are allowed", o.In.Str("key"), value,
				storeValueBytes), "Divide it over several keys.")
	case total > o.Quota("cloudfront.store-bytes", storeBytes):
		return sim.Refuse("ServiceQuotaExceededException", fmt.Sprintf("The key value store would have %d bytes", total),
			"Take keys away, or use a second store.")
	}
	return nil
}

// storeNeedsRuntime: only the second runtime reads a store, and only one.
func storeNeedsRuntime(o *sim.Op) error {
	stores := o.In.Strs("keyValueStoreAssociations")
	switch {
	case len(stores) > 1:
		return sim.Refuse("InvalidArgument", "A function can be associated with one key value store",
			fmt.Sprintf("Got %d.", len(stores)))
	case len(stores) == 1 && o.In.Str("runtime") != "cloudfront-js-2.0":
		return sim.Refuse("InvalidArgument", "Key value stores need the runtime cloudfront-js-2.0",
			"Got "+o.In.Str("runtime")+".")
	}
	return nil
}

package aws_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// table is a table that is paid by the request.
func table() sim.Props {
	return sim.Props{"billingMode": "PAY_PER_REQUEST", "hashKey": "id", "attributes": list{obj{"name": "id", "type": "S"}}}
}

func TestTableSettles(t *testing.T) {
	c := cloud(t, "us-east-1")
	in := with(table(), sim.Props{
		"name": "orders", "rangeKey": "at", "streamEnabled": true, "streamViewType": "NEW_IMAGE", "deletionProtectionEnabled": true,
		"attributes":             list{obj{"name": "id", "type": "S"}, obj{"name": "at", "type": "N"}},
		"globalSecondaryIndexes": list{obj{"name": "by-time", "hashKey": "at", "projectionType": "ALL"}},
	})
	o := c.Settled(token.DynamoDBTable, "orders", in)
	assert.Equal(t, "arn:aws:dynamodb:us-east-1:"+account+":table/orders", o.Str("arn"))
	assert.Contains(t, o.Str("streamArn"), o.Str("arn")+"/stream/20")
	replacedBy(t, c, o, in, map[string]sim.Props{
		"key": {"hashKey": "at", "rangeKey": "id"}, "name": {"name": "other"}, "billing": {"billingMode": "PROVISIONED", "readCapacity": 1.0, "writeCapacity": 1.0, "globalSecondaryIndexes": nil},
		"local": {"localSecondaryIndexes": list{obj{"name": "l", "rangeKey": "at", "projectionType": "ALL"}}}, "days": {"pointInTimeRecovery": obj{"enabled": true}},
	}, map[string]bool{"key": true, "name": true, "local": true})
	require.ErrorContains(t, c.Delete(o), "protected against deletion")
	open, err := c.Update(o, with(in, sim.Props{"deletionProtectionEnabled": false, "streamViewType": "KEYS_ONLY"}))
	require.NoError(t, err)
	assert.NotEqual(t, o.Str("streamArn"), open.Str("streamArn"), "another view is another stream")
	require.NoError(t, c.Delete(open))
}

func TestTableRefuses(t *testing.T) {
	c := cloud(t, "us-east-1")
	c.Must(token.DynamoDBTable, "taken", with(table(), sim.Props{"name": "taken"}))
	bad := func(changes sim.Props, want ...string) mistake {
		return mistake{token.DynamoDBTable, with(table(), changes), want}
	}
	allRefused(t, c, map[string]mistake{
		"taken":      bad(sim.Props{"name": "taken"}, "ResourceInUseException"),
		"short":      bad(sim.Props{"name": "ab"}, "at least 3"),
		"no key":     bad(sim.Props{"hashKey": nil}, "hashKey"),
		"unmatched":  bad(sim.Props{"rangeKey": "at"}, "Unmatched", `"at"`),
		"unused":     bad(sim.Props{"attributes": list{obj{"name": "id", "type": "S"}, obj{"name": "x", "type": "S"}}}, "Unused", `"x"`),
		"type":       bad(sim.Props{"attributes": list{obj{"name": "id", "type": "string"}}}, `"string"`),
		"capacity":   bad(sim.Props{"billingMode": nil}, "readCapacity", "writeCapacity"),
		"local":      bad(sim.Props{"localSecondaryIndexes": list{obj{"name": "l", "rangeKey": "id", "projectionType": "ALL"}}}, "rangeKey"),
		"view":       bad(sim.Props{"streamEnabled": true}, "streamViewType"),
		"projection": bad(sim.Props{"globalSecondaryIndexes": list{obj{"name": "g", "hashKey": "id", "projectionType": "SOME"}}}, "SOME"),
		"key":        bad(sim.Props{"serverSideEncryption": obj{"enabled": true, "kmsKeyArn": "arn:aws:kms:us-east-1:" + account + ":key/none"}}, "ValidationException"),
	})
}
